//! Operations, with everything that is needed to generate their request builders.

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
    /// The names, in lower case, of headers that the service declares for all operations, but that
    /// this operation does not send.
    pub(crate) without_headers: Vec<String>,
    pub(crate) body: BodyKind,
    /// The content type of the requests; `None` if it is the content type that the service declares
    /// for all operations.
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
    /// How to read the list, if the response of the operation is one page of it; `None` if the
    /// response is not a page.
    pub(crate) listing: Option<Listing>,
    pub(crate) token: Option<Token>,
    /// The methods that repeat the operation until its response contains a certain state.
    pub(crate) waits: Vec<Wait>,
    pub(crate) class: IdempotencyClass,
    pub(crate) blind_retry: bool,
    pub(crate) settlement: Option<Settlement>,
    /// Whether this operation can be used to find out whether another operation was carried out, by
    /// reading the resulting state.
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
    /// The members of the body, each with the field of the body's Rust type that contains its
    /// value.
    pub(crate) members: Vec<(Member, Member)>,
}

/// What a call of an operation returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A value of the generated response type.
    Model,
    /// The whole response body as JSON.
    Json,
    /// The whole response, without any interpretation.
    Raw,
}

/// An idempotency token: a parameter that makes it harmless to repeat a call.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) member: Member,
    /// The idempotency class of a call for which the idempotency token is set.
    pub(crate) class: IdempotencyClass,
    /// Whether the client generates an idempotency token, a value that is unique to the call, if
    /// the caller does not set one.
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

/// A method that repeats an operation until the response contains a certain state.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) method: String,
    /// The name of the constant with the states that end the wait.
    pub(crate) constant: String,
    /// The path of the state in the response, as a list of members, the outermost first.
    pub(crate) path: Vec<Member>,
    /// Whether the wait may succeed because an error shows that the object no longer exists.
    pub(crate) may_be_gone: bool,
}

/// How to find out whether a change was made if its response was lost.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// The name of the builder of the operation that reads the state, by which the change is
    /// recognised.
    pub(crate) reader: String,
    /// The arguments of the operation that reads the state, one for each of its required members,
    /// in order. Each is a member of the changing operation whose value is passed, with the name of
    /// the setter that takes the value. For an argument of the constructor, there is `None` instead
    /// of a setter.
    pub(crate) arguments: Vec<(Option<String>, Member)>,
    /// The evidence that the change was made: a state, or the values that were sent.
    pub(crate) by: SettledBy,
    /// Members of the changing operation's response whose values are known even if the response is
    /// lost, each with the parameter of that operation that has the same value.
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
