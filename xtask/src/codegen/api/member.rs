//! Parameters and fields: their types, and the rules about them.

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
