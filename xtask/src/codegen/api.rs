//! The API as the emitters see it: names are Rust's, types are resolved, rules are spelled out.

use std::collections::{BTreeMap, HashSet};

pub(crate) use super::spec::{BodyKind, IdempotencyClass, ResponseKind};

/// One service with everything that is generated for it.
#[derive(Debug)]
pub(crate) struct Api {
    /// The description that this was read from, for the first line of generated files.
    pub(crate) source: String,
    pub(crate) service: Service,
    pub(crate) operations: Vec<Operation>,
    /// By Rust name.
    pub(crate) objects: BTreeMap<String, Object>,
    /// By Rust name.
    pub(crate) enums: BTreeMap<String, Enum>,
    /// The modules that hold types and operations; what is in none of them stands at the root.
    pub(crate) modules: Vec<Module>,
    /// Where stands what all types share.
    pub(crate) shared: Home,
    pub(crate) error_codes: Vec<Constant>,
    pub(crate) waiters: Vec<Waiter>,
    /// What of the description has no place in the generated code, for people.
    pub(crate) left_out: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) crate_name: String,
    /// Empty, if `hosts` has them all.
    pub(crate) endpoint_template: String,
    /// Regions and their hosts, where no template makes them.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) default_region: String,
    pub(crate) endpoint_env: String,
    pub(crate) requires_https: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) envelope: Envelope,
    pub(crate) regions: Vec<Constant>,
}

/// What the answers of the service mean.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors_in_success: bool,
    pub(crate) success_codes: Vec<String>,
    pub(crate) error_codes: Vec<String>,
    /// Nothing, if they are the usual ones.
    pub(crate) throttle_codes: Option<Vec<String>>,
    pub(crate) refusal_codes: Vec<String>,
    pub(crate) sends_request_id: bool,
}

/// A documented constant: a region or an error code.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) docs: Vec<String>,
}

/// A module of types and operations.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
}

/// Where a type or an operation stands in the crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Home {
    Root,
    Module(String),
}

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

#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) home: Home,
    /// Its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    /// Where it has `forms`, one stands for each of them.
    pub(crate) fields: Vec<Member>,
    /// A value is one of these: what tells each from the others, as a variant of `Form`.
    pub(crate) forms: Vec<String>,
    /// Requests hold it: it has `new` and setters.
    pub(crate) in_request: bool,
    /// Responses hold it.
    pub(crate) in_response: bool,
    /// It is the whole response of an operation.
    pub(crate) is_response: bool,
    /// Every plain field has a default.
    pub(crate) has_default: bool,
    /// It or something in it has a rule that is checked before sending.
    pub(crate) has_checks: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) also_inside: Vec<String>,
    pub(crate) page: Option<Page>,
}

/// What a response is that is the page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) items: Member,
    /// The number of items on all pages.
    pub(crate) total: Option<Member>,
}

/// A parameter of an operation or a field of a type.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) place: Place,
    /// The API requires it.
    pub(crate) required: bool,
    /// The caller always gives it: its absence is refused before anything is sent.
    pub(crate) demanded: bool,
    /// It is given to the constructor, not to a setter.
    pub(crate) argument: bool,
    /// It is an `Option` in Rust.
    pub(crate) optional: bool,
    /// Its type has a default value.
    pub(crate) has_default: bool,
    /// It needs a `Box`, since its type contains itself through it.
    pub(crate) boxed: bool,
    pub(crate) must_be_present: bool,
    /// Text in the API, whatever it is in Rust.
    pub(crate) is_text: bool,
    /// Text that may also come as a number.
    pub(crate) number_too: bool,
    /// An object in whose place a list of such may come.
    pub(crate) list_too: bool,
    /// `true` is sent as text, `false` is left out.
    pub(crate) flag: bool,
    /// Sent outside the body when the caller gives nothing.
    pub(crate) default_sent: Option<String>,
    /// A number that is not positive stands for the default.
    pub(crate) default_when_not_positive: bool,
    /// Secret although its type is not: hidden from `Debug` and `Serialize`.
    pub(crate) hidden: bool,
    pub(crate) aliases: Vec<String>,
    /// What an answer means that leaves it out, as Rust writes it.
    pub(crate) missing_is: Option<String>,
    pub(crate) sent: Sent,
    pub(crate) checks: Vec<Check>,
    /// Empty text, or an empty list, is a value that the API takes.
    pub(crate) may_be_empty: bool,
    /// The unit of a number that is a span of time.
    pub(crate) span: Option<SpanUnit>,
    /// A text that the API is known to take, if it is text.
    pub(crate) known_text: Option<String>,
    /// The description as one sentence.
    pub(crate) summary: String,
    pub(crate) docs: Vec<String>,
}

/// What is unusual about how a member is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    /// A list is one text with commas between.
    pub(crate) comma: bool,
    /// Further names that the value is sent under.
    pub(crate) also: Vec<String>,
    /// The value is within a text.
    pub(crate) in_text: bool,
    /// The value is that of the member with this name on the wire; nobody sets it.
    pub(crate) same_as: Option<String>,
}

/// The unit in which the API counts a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanUnit {
    Seconds,
    Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Query,
    Body,
    Header,
    Url,
    Response,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Int,
    Double,
    Bool,
    /// Any JSON value.
    Json,
    Secret,
    Timestamp,
    DateTime(Precision),
    Enum {
        name: String,
        integer: bool,
    },
    Object(String),
    List(Box<Type>),
    Map(Box<Type>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    Seconds,
    Millis,
}

/// A rule that is checked before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    NonEmpty,
    Range {
        min: Option<i64>,
        max: Option<i64>,
    },
    /// Of a number that may have a fraction: the bounds as Rust writes them.
    DoubleRange {
        min: String,
        max: String,
    },
    Length {
        min: Option<i64>,
        max: Option<i64>,
    },
    Lines {
        max: i64,
    },
}

/// A rule about several members that is checked before anything is sent.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: RuleKind,
    pub(crate) members: Vec<Member>,
}

impl Rule {
    /// Whether a request that sets nothing of its own accord sets this member because of the rule.
    pub(crate) fn chooses(&self, member: &Member) -> bool {
        let first = self.members.first();
        self.kind == RuleKind::ExactlyOne && first.is_some_and(|first| first.wire == member.wire)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// All of them are set, or none.
    Together,
    /// Exactly one is set.
    ExactlyOne,
    /// The numbers are not all 0.
    NotAllZero,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) home: Home,
    /// Its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    pub(crate) integer: bool,
    /// Values are told from each other without regard to case.
    pub(crate) any_case: bool,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The value on the wire as a Rust literal.
    pub(crate) literal: String,
    /// For people: `image packing`.
    pub(crate) spoken: String,
    pub(crate) docs: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) constant: String,
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    /// The states are texts and no numbers.
    pub(crate) is_text: bool,
    /// States as Rust literals.
    pub(crate) success: Vec<String>,
    pub(crate) failure: Vec<String>,
    pub(crate) pending: Vec<String>,
    pub(crate) success_errors: Vec<String>,
    pub(crate) docs: Vec<String>,
}

/// So many required members are arguments; with more, all of them are set by name.
const MOST_ARGUMENTS: usize = 3;

/// Whether so many required members are arguments. Truth values never are: a call would not say
/// what they mean.
pub(crate) fn are_arguments<'a>(demanded: impl IntoIterator<Item = &'a Member>) -> bool {
    let count = demanded.into_iter().filter(|it| !it.is_truth_value());
    count.count() <= MOST_ARGUMENTS
}

impl Member {
    /// Whether it is true or false in Rust.
    pub(crate) fn is_truth_value(&self) -> bool {
        self.flag || self.ty == Type::Bool
    }

    /// Whether it is refused when it was not set.
    pub(crate) fn must_be_set(&self) -> bool {
        self.demanded && self.optional
    }

    /// Whether nothing but its being empty tells that it was not set, so that empty is refused.
    pub(crate) fn is_unset_when_empty(&self) -> bool {
        let sized = matches!(
            self.ty,
            Type::Text | Type::Secret | Type::List(_) | Type::Map(_)
        );
        let set_by_name = self.demanded && !self.argument && !self.optional;
        set_by_name && sized && !self.may_be_empty
    }

    /// The most characters or entries that are allowed, if there is a limit.
    pub(crate) fn longest(&self) -> Option<usize> {
        self.checks.iter().find_map(|check| match check {
            Check::Length { max: Some(max), .. } => usize::try_from(*max).ok(),
            _ => None,
        })
    }

    /// Whether something about it is checked before sending.
    pub(crate) fn is_checked(&self) -> bool {
        !self.checks.is_empty() || self.must_be_set() || self.is_unset_when_empty()
    }
}

impl Type {
    /// The type inside lists and maps.
    pub(crate) fn leaf(&self) -> &Type {
        match self {
            Type::List(inner) | Type::Map(inner) => inner.leaf(),
            other => other,
        }
    }

    /// The object that a value of this type holds without a list or map between.
    pub(crate) fn direct_object(&self) -> Option<&str> {
        match self {
            Type::Object(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is text on the wire.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Text | Type::Secret | Type::DateTime(_) | Type::Enum { integer: false, .. }
        )
    }

    /// Whether it is a number on the wire.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Type::Int | Type::Timestamp | Type::Enum { integer: true, .. }
        )
    }

    /// Whether a value is copied rather than moved.
    pub(crate) fn is_copy(&self) -> bool {
        matches!(self, Type::Bool | Type::Double | Type::DateTime(_)) || self.is_number()
    }
}

impl Home {
    /// Its path within the crate.
    pub(crate) fn path(&self) -> String {
        match self {
            Home::Root => "crate".to_owned(),
            Home::Module(name) => format!("crate::{name}"),
        }
    }

    /// The folder of its files, below that of the generated code.
    pub(crate) fn folder(&self) -> &str {
        match self {
            Home::Root => "shared",
            Home::Module(name) => name,
        }
    }
}

impl Api {
    /// Where a type or an operation stands.
    pub(crate) fn home_of(&self, name: &str) -> &Home {
        let object = self.objects.get(name).map(|it| &it.home);
        let values = || self.enums.get(name).map(|it| &it.home);
        let operation = || {
            let mut operations = self.operations.iter();
            operations.find(|it| it.name == name).map(|it| &it.home)
        };
        let home = object.or_else(values).or_else(operation);
        home.unwrap_or(&self.shared)
    }

    /// Whether a value of this type is or holds a secret.
    pub(crate) fn has_secret(&self, ty: &Type) -> bool {
        self.reaches_secret(ty, &|_| true)
    }

    /// Whether a value of this type is or holds a secret when it is sent.
    pub(crate) fn sends_secret(&self, ty: &Type) -> bool {
        let is_sent = |field: &Member| field.place == Place::Body;
        self.reaches_secret(ty, &is_sent)
    }

    /// Whether values of these members can be hashed; secrets cannot.
    pub(crate) fn can_be_hashed(&self, members: &[Member]) -> bool {
        let hashed = |member: &Member| !self.has_secret(&member.ty) && self.is_eq(&member.ty);
        members.iter().all(hashed)
    }

    /// Whether a value of this type is always equal to itself. A number with a fraction need not be, and
    /// two texts of JSON may differ and mean the same.
    pub(crate) fn is_eq(&self, ty: &Type) -> bool {
        let is_not = |leaf: &Type| matches!(leaf, Type::Double | Type::Json);
        !self.reaches(ty, &is_not, &|_| false, &|_| true, &mut HashSet::new())
    }

    fn reaches_secret(&self, ty: &Type, is_meant: &dyn Fn(&Member) -> bool) -> bool {
        let is_secret = |leaf: &Type| *leaf == Type::Secret;
        let is_hidden = |field: &Member| field.hidden;
        self.reaches(ty, &is_secret, &is_hidden, is_meant, &mut HashSet::new())
    }

    /// Whether a value of the type holds one of the leaves or fields that are looked for, through the fields
    /// that `is_meant`. `seen`: the types on the way, since types may contain themselves.
    fn reaches<'a>(
        &'a self,
        ty: &'a Type,
        leaf: &dyn Fn(&Type) -> bool,
        field: &dyn Fn(&Member) -> bool,
        is_meant: &dyn Fn(&Member) -> bool,
        seen: &mut HashSet<&'a str>,
    ) -> bool {
        match ty.leaf() {
            Type::Object(name) if seen.insert(name) => {
                let object = self.objects.get(name);
                // What is of no known form is JSON.
                if object.is_some_and(|it| !it.forms.is_empty()) && leaf(&Type::Json) {
                    return true;
                }
                let fields = object.map(|object| &object.fields);
                let mut fields = fields.into_iter().flatten().filter(|field| is_meant(field));
                fields.any(|it| field(it) || self.reaches(&it.ty, leaf, field, is_meant, seen))
            }
            ty => leaf(ty),
        }
    }

    /// Whether values of this type have something that is checked before sending.
    pub(crate) fn has_checks(&self, ty: &Type) -> bool {
        match ty.leaf() {
            // The mask in its place is refused, and what is no number.
            Type::Secret | Type::Double => true,
            Type::Object(name) => self
                .objects
                .get(name)
                .is_some_and(|object| object.has_checks),
            _ => false,
        }
    }
}
