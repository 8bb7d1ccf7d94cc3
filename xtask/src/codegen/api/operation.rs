//! Operations, with everything that their builders need.

use super::{Home, Member, Rule};
use crate::codegen::spec::{BodyKind, IdempotencyClass, ResponseKind};

#[derive(Debug)]
pub(crate) struct Operation {
    /// The name in the API.
    pub(crate) wire: String,
    /// The name of the client's method.
    pub(crate) method: String,
    /// The name of the builder.
    pub(crate) name: String,
    pub(crate) home: Home,
    /// The name of its file.
    pub(crate) module: String,
    pub(crate) http_method: String,
    pub(crate) uri: String,
    pub(crate) const_query: Vec<(String, String)>,
    pub(crate) const_headers: Vec<(String, String)>,
    /// Headers of the service that it does not send, in lower case.
    pub(crate) without_headers: Vec<String>,
    pub(crate) body: BodyKind,
    /// The content type of its requests, if it differs from the service's.
    pub(crate) content_type: Option<String>,
    /// The setter that takes the whole body as text.
    pub(crate) raw_body: Option<String>,
    pub(crate) whole_body: Option<WholeBody>,
    pub(crate) members: Vec<Member>,
    pub(crate) rules: Vec<Rule>,
    /// Rust name of the response type.
    pub(crate) response: String,
    pub(crate) answer: Answer,
    /// The kind of a successful body that is not a document.
    pub(crate) content: Option<ResponseKind>,
    /// Statuses besides 2xx that are not errors.
    pub(crate) accepted: Vec<u16>,
    /// For a page of a list: how the list is read.
    pub(crate) listing: Option<Listing>,
    pub(crate) token: Option<Token>,
    /// The waits for states in its response.
    pub(crate) waits: Vec<Wait>,
    pub(crate) class: IdempotencyClass,
    pub(crate) blind_retry: bool,
    pub(crate) settlement: Option<Settlement>,
    /// Whether it settles another operation.
    pub(crate) settles: bool,
    pub(crate) docs: Vec<String>,
    pub(crate) aliases: Vec<String>,
}

/// The setter that takes the whole body as one value.
#[derive(Debug)]
pub(crate) struct WholeBody {
    pub(crate) setter: String,
    /// Rust name of the type.
    pub(crate) ty: String,
    /// The members of the body, each with its field of the type.
    pub(crate) members: Vec<(Member, Member)>,
}

/// The result of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A described type.
    Model,
    /// The whole response as JSON.
    Json,
    /// The response unchanged.
    Raw,
}

/// A parameter that makes a repeat harmless.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) member: Member,
    /// The effect of a repeat with it.
    pub(crate) class: IdempotencyClass,
    /// Whether one is generated for every call without one.
    pub(crate) is_made: bool,
}

/// A list that is read page by page.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) by: ListedBy,
    /// The parameter for the page size, and its default.
    pub(crate) size: Option<(Member, i64)>,
    pub(crate) items: Member,
    pub(crate) total: Option<Member>,
    /// The member of an item that identifies it.
    pub(crate) key: Option<Member>,
    pub(crate) may_repeat: bool,
}

#[derive(Debug)]
pub(crate) enum ListedBy {
    Number { page: Box<Member>, first: i64 },
    Marker(Box<Markers>),
}

#[derive(Debug)]
pub(crate) struct Markers {
    /// The parameter for the beginning of the page.
    pub(crate) marker: Member,
    /// The member of the response with the beginning of the next page.
    pub(crate) next: Member,
    /// The member of the response that tells whether there is a next page.
    pub(crate) more: Option<Member>,
}

/// A wait for a state.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) method: String,
    /// The name of the constant with the table of states.
    pub(crate) constant: String,
    /// The path of the state in the response, from the outside in.
    pub(crate) path: Vec<Member>,
    /// Whether an error may be the goal.
    pub(crate) may_be_gone: bool,
}

/// How to find out whether a change was made.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// The builder of the operation that reads the state.
    pub(crate) reader: String,
    /// The values for its required members, in order: members of the change, each with a setter of
    /// the builder unless it is an argument.
    pub(crate) arguments: Vec<(Option<String>, Member)>,
    /// The evidence: a state, or the values that were sent.
    pub(crate) by: SettledBy,
    /// Members of the response that are known without it, and the members of the change with their
    /// values.
    pub(crate) answer: Vec<(String, Member)>,
}

#[derive(Debug)]
pub(crate) enum SettledBy {
    State {
        member: Vec<String>,
        reached: Vec<String>,
        not_reached: Vec<String>,
        reached_errors: Vec<String>,
    },
    Values {
        member: Vec<String>,
        except: Vec<String>,
        /// Members, at any depth, whose own members are not named by the API.
        maps: Vec<String>,
    },
}
