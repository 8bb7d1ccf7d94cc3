//! Parameters and fields: their types, and the rules about them.

/// A parameter of an operation or a field of a type.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) place: Place,
    /// Whether the API requires it.
    pub(crate) required: bool,
    /// Whether the caller always sets it: its absence is refused before anything is sent.
    pub(crate) demanded: bool,
    /// Whether it is an argument of the constructor, not a setter.
    pub(crate) argument: bool,
    /// Whether it is an `Option` in Rust.
    pub(crate) optional: bool,
    /// Whether its type has a default value.
    pub(crate) has_default: bool,
    /// Whether it needs a `Box`, since its type contains itself through it.
    pub(crate) boxed: bool,
    pub(crate) must_be_present: bool,
    /// Whether it is text in the API, whatever its Rust type.
    pub(crate) is_text: bool,
    /// Whether the text may also be sent as a number.
    pub(crate) number_too: bool,
    /// Whether a list of such objects may take its place.
    pub(crate) list_too: bool,
    /// Whether `true` is sent as text and `false` is left out.
    pub(crate) flag: bool,
    /// The value that is sent outside the body if the caller sets none.
    pub(crate) default_sent: Option<String>,
    /// Whether a number that is not positive stands for the default.
    pub(crate) default_when_not_positive: bool,
    /// Whether it is secret although its type is not: hidden from `Debug` and `Serialize`.
    pub(crate) hidden: bool,
    pub(crate) aliases: Vec<String>,
    /// The meaning of its absence from a response, as a Rust expression.
    pub(crate) missing_is: Option<String>,
    pub(crate) sent: Sent,
    pub(crate) checks: Vec<Check>,
    /// Whether the API accepts empty text or an empty list.
    pub(crate) may_be_empty: bool,
    /// The unit of a number that is a time span.
    pub(crate) span: Option<SpanUnit>,
    /// For text: a value that the API is known to accept.
    pub(crate) known_text: Option<String>,
    /// The description as one sentence.
    pub(crate) summary: String,
    pub(crate) docs: Vec<String>,
}

/// Special rules for sending a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    /// Whether a list is sent as one text, separated by commas.
    pub(crate) comma: bool,
    /// Further names that the value is sent under.
    pub(crate) also: Vec<String>,
    /// Whether the value is JSON within a text.
    pub(crate) in_text: bool,
    /// The wire name of the member whose value it copies; it has no setter.
    pub(crate) same_as: Option<String>,
}

/// The unit in which the API counts a time span.
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
    /// For a number that may have a fraction: the bounds as Rust expressions.
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
    /// Returns whether a request that sets no optional members sets this one because of the rule.
    pub(crate) fn chooses(&self, member: &Member) -> bool {
        let first = self.members.first();
        self.kind == RuleKind::ExactlyOne && first.is_some_and(|first| first.wire == member.wire)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// Either all of them are set or none.
    Together,
    /// Exactly one is set.
    ExactlyOne,
    /// The numbers are not all 0.
    NotAllZero,
}

/// The greatest number of required members that are arguments; if there are more, all of them are
/// set by name.
const MOST_ARGUMENTS: usize = 3;

/// Returns whether these required members are arguments. Booleans never are, since their meaning
/// would not be visible in a call.
pub(crate) fn are_arguments<'a>(demanded: impl IntoIterator<Item = &'a Member>) -> bool {
    let count = demanded.into_iter().filter(|it| !it.is_truth_value());
    count.count() <= MOST_ARGUMENTS
}

impl Member {
    /// Returns whether it is a boolean in Rust.
    pub(crate) fn is_truth_value(&self) -> bool {
        self.flag || self.ty == Type::Bool
    }

    /// Returns whether it is refused if it was not set.
    pub(crate) fn must_be_set(&self) -> bool {
        self.demanded && self.optional
    }

    /// Returns whether an empty value is the only sign that it was not set, so that an empty value
    /// is refused.
    pub(crate) fn is_unset_when_empty(&self) -> bool {
        let sized = matches!(
            self.ty,
            Type::Text | Type::Secret | Type::List(_) | Type::Map(_)
        );
        let set_by_name = self.demanded && !self.argument && !self.optional;
        set_by_name && sized && !self.may_be_empty
    }

    /// Returns the greatest number of characters or entries, if there is a limit.
    pub(crate) fn longest(&self) -> Option<usize> {
        self.checks.iter().find_map(|check| match check {
            Check::Length { max: Some(max), .. } => usize::try_from(*max).ok(),
            _ => None,
        })
    }

    /// Returns whether a rule about it is checked before sending.
    pub(crate) fn is_checked(&self) -> bool {
        !self.checks.is_empty() || self.must_be_set() || self.is_unset_when_empty()
    }
}

impl Type {
    /// Returns the type inside lists and maps.
    pub(crate) fn leaf(&self) -> &Type {
        match self {
            Type::List(inner) | Type::Map(inner) => inner.leaf(),
            other => other,
        }
    }

    /// Returns the object that a value of this type contains without a list or map in between.
    pub(crate) fn direct_object(&self) -> Option<&str> {
        match self {
            Type::Object(name) => Some(name),
            _ => None,
        }
    }

    /// Returns whether it is text on the wire.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Text | Type::Secret | Type::DateTime(_) | Type::Enum { integer: false, .. }
        )
    }

    /// Returns whether it is a number on the wire.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Type::Int | Type::Timestamp | Type::Enum { integer: true, .. }
        )
    }

    /// Returns whether a value is copied rather than moved.
    pub(crate) fn is_copy(&self) -> bool {
        matches!(self, Type::Bool | Type::Double | Type::DateTime(_)) || self.is_number()
    }
}
