//! Parameters of operations and fields of types, with their types and the rules for their values.

/// A parameter of an operation or a field of a type.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) place: Place,
    /// Whether the API requires the member.
    pub(crate) required: bool,
    /// Whether every request must contain the member. If the caller does not set it, the request is
    /// refused before anything is sent.
    pub(crate) demanded: bool,
    /// Whether the member is an argument of the constructor, rather than having a setter.
    pub(crate) argument: bool,
    /// Whether the member is an `Option` in Rust.
    pub(crate) optional: bool,
    /// Whether the type of the member has a default value.
    pub(crate) has_default: bool,
    /// Whether the member needs a `Box`, because its type contains itself through this member.
    pub(crate) boxed: bool,
    pub(crate) must_be_present: bool,
    /// Whether the member is a string in the API, whatever its Rust type.
    pub(crate) is_text: bool,
    /// Whether the member may be a number in a response, although its type is a string.
    pub(crate) number_too: bool,
    /// Whether the member is an object in whose place a response may contain a list of such
    /// objects.
    pub(crate) list_too: bool,
    /// Whether the member is a boolean whose `true` is sent as a string and whose `false` is not
    /// sent.
    pub(crate) flag: bool,
    /// The value that is sent for a query parameter or a header if the caller does not set it.
    pub(crate) default_sent: Option<String>,
    /// Whether the default that is sent if the caller sets no value is also sent in place of a
    /// number that is not positive.
    pub(crate) default_when_not_positive: bool,
    /// Whether the member is secret although its type is not, so that `Debug` and `Serialize` hide
    /// it.
    pub(crate) hidden: bool,
    pub(crate) aliases: Vec<String>,
    /// The value, as a Rust expression, that the member is taken to have if a response lacks it;
    /// `None` if there is no such value.
    pub(crate) missing_is: Option<String>,
    pub(crate) sent: Sent,
    pub(crate) checks: Vec<Check>,
    /// Whether the API accepts an empty string or an empty list as the value of the member.
    pub(crate) may_be_empty: bool,
    /// The unit in which the member counts a time span; `None` if it is not a time span.
    pub(crate) span: Option<SpanUnit>,
    /// A string that the API is known to accept as the value of the member, for use in examples.
    pub(crate) known_text: Option<String>,
    /// A number that the API is known to accept as the value of the member, for use in examples.
    pub(crate) known_number: Option<i64>,
    /// The description of the member, or a sentence that only names the member if there is none.
    pub(crate) summary: String,
    pub(crate) docs: Vec<String>,
}

/// Special rules for sending a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    /// Whether a list outside a JSON body is sent as one string, with commas between the items.
    pub(crate) comma: bool,
    /// Further names under which the value is sent.
    pub(crate) also: Vec<String>,
    /// Whether the value is sent as JSON within a string.
    pub(crate) in_text: bool,
    /// The API name of another member whose value is also sent for this one. This member then has
    /// no setter.
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
    /// The bounds of a number that may have a fraction, as Rust expressions.
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
    /// Returns whether at most one of the two members may be set.
    pub(crate) fn excludes(&self, one: &Member, other: &Member) -> bool {
        let has = |member: &Member| self.members.iter().any(|it| it.wire == member.wire);
        self.kind == RuleKind::ExactlyOne && has(one) && has(other) && one.wire != other.wire
    }

    /// Returns whether an example must set `member` because of this rule. If exactly one of the
    /// members must be set, examples set the first. The other kinds of rules require nothing.
    pub(crate) fn chooses(&self, member: &Member) -> bool {
        let first = self.members.first();
        self.kind == RuleKind::ExactlyOne && first.is_some_and(|first| first.wire == member.wire)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// The rule that all of the members must be set if one of them is.
    Together,
    /// The rule that exactly one of the members must be set.
    ExactlyOne,
    /// The rule that the members, which are numbers, must not all be 0.
    NotAllZero,
}

/// The maximum number of required members that a constructor takes as arguments, not counting
/// booleans. If there are more, all of the required members have setters instead.
const MOST_ARGUMENTS: usize = 3;

/// Returns whether the required members `demanded` become arguments of the constructor rather than
/// setters. Booleans are not counted: they never are arguments, since a call would not show what
/// they mean.
pub(crate) fn are_arguments<'a>(demanded: impl IntoIterator<Item = &'a Member>) -> bool {
    let count = demanded.into_iter().filter(|it| !it.is_truth_value());
    count.count() <= MOST_ARGUMENTS
}

impl Member {
    /// Returns whether the member is a boolean in Rust.
    pub(crate) fn is_truth_value(&self) -> bool {
        self.flag || self.ty == Type::Bool
    }

    /// Returns whether a request is refused in which the member is `None`.
    pub(crate) fn must_be_set(&self) -> bool {
        self.demanded && self.optional
    }

    /// Returns whether an empty value is the only sign that the caller has not set the member. An
    /// empty value is then refused.
    pub(crate) fn is_unset_when_empty(&self) -> bool {
        let sized = matches!(
            self.ty,
            Type::Text | Type::Secret | Type::List(_) | Type::Map(_)
        );
        let set_by_name = self.demanded && !self.argument && !self.optional;
        set_by_name && sized && !self.may_be_empty
    }

    /// Returns the maximum number of characters or items; `None` if there is no limit.
    pub(crate) fn longest(&self) -> Option<usize> {
        self.checks.iter().find_map(|check| match check {
            Check::Length { max: Some(max), .. } => usize::try_from(*max).ok(),
            _ => None,
        })
    }

    /// Returns whether a rule for the member is checked before anything is sent.
    pub(crate) fn is_checked(&self) -> bool {
        !self.checks.is_empty() || self.must_be_set() || self.is_unset_when_empty()
    }
}

impl Type {
    /// Returns the type of the values inside lists and maps; other types are returned unchanged.
    pub(crate) fn leaf(&self) -> &Type {
        match self {
            Type::List(inner) | Type::Map(inner) => inner.leaf(),
            other => other,
        }
    }

    /// Returns the name of the object that this type is, and `None` for other types, including
    /// lists and maps of objects.
    pub(crate) fn direct_object(&self) -> Option<&str> {
        match self {
            Type::Object(name) => Some(name),
            _ => None,
        }
    }

    /// Returns whether values of this type are strings in JSON, such as secrets, times with a date,
    /// and the values of string enums.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Text | Type::Secret | Type::DateTime(_) | Type::Enum { integer: false, .. }
        )
    }

    /// Returns whether values of this type are integers in JSON, such as timestamps and the values
    /// of numeric enums.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Type::Int | Type::Timestamp | Type::Enum { integer: true, .. }
        )
    }

    /// Returns whether values of this type are `Copy`.
    pub(crate) fn is_copy(&self) -> bool {
        matches!(self, Type::Bool | Type::Double | Type::DateTime(_)) || self.is_number()
    }
}
