//! Operations, with everything that their builders do.

use super::{Home, Member, Rule};
use crate::codegen::spec::{BodyKind, IdempotencyClass, ResponseKind};

#[derive(Debug)]
pub(crate) struct Operation {
    /// The API's name.
    pub(crate) wire: String,
    /// The client's method.
    pub(crate) method: String,
    /// The builder.
    pub(crate) name: String,
    pub(crate) home: Home,
    /// Its file.
    pub(crate) module: String,
    pub(crate) http_method: String,
    pub(crate) uri: String,
    pub(crate) const_query: Vec<(String, String)>,
    pub(crate) const_headers: Vec<(String, String)>,
    /// Headers of the service that it does not have, in small letters.
    pub(crate) without_headers: Vec<String>,
    pub(crate) body: BodyKind,
    /// The content type of its requests, if it is not the service's.
    pub(crate) content_type: Option<String>,
    /// The setter that takes the whole body as text.
    pub(crate) raw_body: Option<String>,
    pub(crate) whole_body: Option<WholeBody>,
    pub(crate) members: Vec<Member>,
    pub(crate) rules: Vec<Rule>,
    /// Rust name of the response type.
    pub(crate) response: String,
    pub(crate) answer: Answer,
    /// What the body of a success is, if it is no document.
    pub(crate) content: Option<ResponseKind>,
    /// Statuses beside 2xx that are values.
    pub(crate) accepted: Vec<u16>,
    /// How the list is read that it is a page of.
    pub(crate) listing: Option<Listing>,
    pub(crate) token: Option<Token>,
    /// The waits for a state that it reads.
    pub(crate) waits: Vec<Wait>,
    pub(crate) class: IdempotencyClass,
    pub(crate) blind_retry: bool,
    pub(crate) settlement: Option<Settlement>,
    /// Another operation is settled by it.
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
    /// The members of the body, each with the field of the type that it is.
    pub(crate) members: Vec<(Member, Member)>,
}

/// What an operation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A type of the description.
    Model,
    /// The whole answer as JSON.
    Json,
    /// The answer as it came.
    Raw,
}

/// A parameter that makes a repeat harmless.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) member: Member,
    /// What a repeat does with it.
    pub(crate) class: IdempotencyClass,
    /// One is made for every call that has none.
    pub(crate) is_made: bool,
}

/// A list that is read page by page.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) by: ListedBy,
    /// The parameter with the size of a page, and the size that is asked for when none is set.
    pub(crate) size: Option<(Member, i64)>,
    pub(crate) items: Member,
    pub(crate) total: Option<Member>,
    /// The member of an item that tells it from others.
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
    /// The parameter that says where the page begins.
    pub(crate) marker: Member,
    /// The member of the response that says where the next one begins.
    pub(crate) next: Member,
    /// The member of the response that says whether there is one.
    pub(crate) more: Option<Member>,
}

/// A wait for a state.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) method: String,
    /// The table with the states.
    pub(crate) constant: String,
    /// Where the state is in the response, from the outside in.
    pub(crate) path: Vec<Member>,
    /// An error may be what is waited for.
    pub(crate) may_be_gone: bool,
}

/// How it is found out whether a change was made.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// The builder of the operation that reads the state.
    pub(crate) reader: String,
    /// The members of the change that its required members are, in order, each with the setter of
    /// the builder if it is no argument.
    pub(crate) arguments: Vec<(Option<String>, Member)>,
    /// What is read: a state, or the values that were sent.
    pub(crate) by: SettledBy,
    /// Members of the answer that are known without it, and the members of the change that they are.
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
        /// Members, at any depth, whose own members have no names of the API.
        maps: Vec<String>,
    },
}
