//! Operations, with everything that is needed for their builders.

use super::{Home, Member, Rule};
use crate::codegen::spec::{BodyKind, IdempotencyClass, ResponseKind};

#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of the operation in the API.
    pub(crate) wire: String,
    /// The name of the client's method.
    pub(crate) method: String,
    /// The name of the builder type.
    pub(crate) name: String,
    pub(crate) home: Home,
    /// The name of the module that contains the builder.
    pub(crate) module: String,
    pub(crate) http_method: String,
    pub(crate) uri: String,
    pub(crate) const_query: Vec<(String, String)>,
    pub(crate) const_headers: Vec<(String, String)>,
    /// Headers of the service that this operation does not send, in lower case.
    pub(crate) without_headers: Vec<String>,
    pub(crate) body: BodyKind,
    /// The content type of the requests; `None` if it is that of the service.
    pub(crate) content_type: Option<String>,
    /// The name of the setter that takes the whole body as a string; `None` if there is no such
    /// setter.
    pub(crate) raw_body: Option<String>,
    pub(crate) whole_body: Option<WholeBody>,
    pub(crate) members: Vec<Member>,
    pub(crate) rules: Vec<Rule>,
    /// The Rust name of the response type.
    pub(crate) response: String,
    pub(crate) answer: Answer,
    /// The kind of a successful response body; `None` if it is the usual JSON of the service.
    pub(crate) content: Option<ResponseKind>,
    /// Statuses that do not count as errors, besides 2xx.
    pub(crate) accepted: Vec<u16>,
    /// How to read the list of which the response is a page; `None` if the response is not a page.
    pub(crate) listing: Option<Listing>,
    pub(crate) token: Option<Token>,
    /// The methods that wait for a state in the response.
    pub(crate) waits: Vec<Wait>,
    pub(crate) class: IdempotencyClass,
    pub(crate) blind_retry: bool,
    pub(crate) settlement: Option<Settlement>,
    /// Whether the operation reads the state that tells whether another operation was carried out.
    pub(crate) settles: bool,
    pub(crate) docs: Vec<String>,
    pub(crate) aliases: Vec<String>,
}

/// The setter that takes the whole body as one value.
#[derive(Debug)]
pub(crate) struct WholeBody {
    pub(crate) setter: String,
    /// The Rust name of the type of the body.
    pub(crate) ty: String,
    /// The members of the body, each with the field of `ty` that contains its value.
    pub(crate) members: Vec<(Member, Member)>,
}

/// What a call of an operation returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A type that the description defines.
    Model,
    /// The whole response body as JSON.
    Json,
    /// The response without any interpretation.
    Raw,
}

/// A parameter that makes it harmless to repeat a call.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) member: Member,
    /// The idempotency class of a call that has a token.
    pub(crate) class: IdempotencyClass,
    /// Whether the client generates a token for each call in which the caller does not set one.
    pub(crate) is_made: bool,
}

/// A list that is read in pages.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) by: ListedBy,
    /// The parameter for the number of items on a page, and the default that is sent if the caller
    /// sets no number; `None` if no default needs to be sent.
    pub(crate) size: Option<(Member, i64)>,
    pub(crate) items: Member,
    pub(crate) total: Option<Member>,
    /// The member that identifies an item; `None` if there is none.
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
    /// The parameter that contains the marker at which the page begins.
    pub(crate) marker: Member,
    /// The member of the response that contains the marker of the next page.
    pub(crate) next: Member,
    /// The member of the response that tells whether there is a next page; `None` if there is none.
    pub(crate) more: Option<Member>,
}

/// A method that waits for a state.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) method: String,
    /// The name of the constant that contains the states.
    pub(crate) constant: String,
    /// The members that lead to the state in the response, the outermost first.
    pub(crate) path: Vec<Member>,
    /// Whether the wait may succeed because an error shows that the object no longer exists.
    pub(crate) may_be_gone: bool,
}

/// How to find out whether a change was made if its response was lost.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// The name of the builder for the operation that reads the state.
    pub(crate) reader: String,
    /// The members of the change whose values are passed to the operation that reads the state, for
    /// its required members in order. Each comes with the name of the setter that takes the value,
    /// or with `None` for an argument of the constructor.
    pub(crate) arguments: Vec<(Option<String>, Member)>,
    /// The evidence that the change was made: a state, or the values that were sent.
    pub(crate) by: SettledBy,
    /// Members of the change's response whose values are known without the response, each with the
    /// member of the change that has its value.
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
        /// The names of the members, at any depth, that are maps. The keys of a map are not names
        /// of the API.
        maps: Vec<String>,
    },
}
