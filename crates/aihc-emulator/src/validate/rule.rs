//! The form of the tables that are generated from the API descriptions.

use serde_json::Value;

/// One operation: how a request for it looks.
#[derive(Debug)]
pub(crate) struct OperationRule {
    /// Name of the operation, for example `CreateDevInstance`.
    pub name: &'static str,
    /// The description that it is from, by the name of its client: `aihc-dev`, `aihc` or `bce-sts`.
    pub description: &'static str,
    /// Code of the service: `aihc` or `sts`.
    pub service: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path, for example `/`.
    pub path: &'static str,
    /// Query parameters with fixed values; they tell operations on one path apart.
    pub const_query: &'static [(&'static str, &'static str)],
    /// Headers with fixed values.
    pub const_headers: &'static [(&'static str, &'static str)],
    /// The kind of the body.
    pub body: BodyRule,
    /// The members of the response.
    pub response: &'static [MemberRule],
    /// The members of the request.
    pub members: &'static [MemberRule],
}

/// What the body of a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyRule {
    /// Nothing; whatever is sent is ignored.
    None,
    /// A JSON object.
    Object,
    /// A JSON object or nothing.
    ObjectOrEmpty,
}

/// Where a member travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "no operation of today has members in headers or in the path"
)]
pub(crate) enum Position {
    /// In the query string.
    Query,
    /// In the body.
    Body,
    /// In a header.
    Header,
    /// In the path.
    Path,
    /// In answers alone, though requests may hold an object of this type.
    Response,
}

/// One member of a request or of an object in it.
#[derive(Debug)]
pub(crate) struct MemberRule {
    /// Name on the wire.
    pub name: &'static str,
    /// Its position in the request.
    pub position: Position,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether an empty value is refused.
    pub non_empty: bool,
    /// Smallest value.
    pub min: Option<i64>,
    /// Largest value.
    pub max: Option<i64>,
    /// The values that are documented; empty if any is.
    pub values: &'static [&'static str],
    /// Further names on the wire.
    pub also: &'static [&'static str],
    /// The member that says the same already.
    pub same_as: Option<&'static str>,
    /// The type of the value that a text holds.
    pub text_of: Option<&'static WireType>,
    /// JSON type.
    pub wire: WireType,
}

/// Returns the rule of a member with nothing that is unusual about it.
pub(crate) const fn member(
    name: &'static str,
    position: Position,
    required: bool,
    wire: WireType,
) -> MemberRule {
    MemberRule {
        name,
        position,
        required,
        non_empty: false,
        min: None,
        max: None,
        values: &[],
        also: &[],
        same_as: None,
        text_of: None,
        wire,
    }
}

/// The JSON type of a member.
#[derive(Debug)]
pub(crate) enum WireType {
    /// A string.
    Text,
    /// A number without a fraction, in 64 bits.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An array.
    List(&'static WireType),
    /// An object with free keys.
    Map(&'static WireType),
    /// An object with these members. A type may hold itself, so this is where they are.
    Object(&'static &'static [MemberRule]),
    /// A number.
    Number,
    /// Any JSON value.
    Any,
    /// A value of one of these types.
    OneOf(&'static &'static [WireType]),
}

impl WireType {
    /// Of several types the one that a value is meant to have: an object that shares a member with
    /// it, else the first that is no such object.
    pub(crate) fn meant_by(forms: &'static [Self], value: &Value) -> &'static Self {
        let shares = |form: &&Self| match form {
            Self::Object(members) => members.iter().any(|it| value.get(it.name).is_some()),
            _ => false,
        };
        let other = |form: &&Self| !matches!(form, Self::Object(_));
        let mut found = forms.iter().find(shares);
        found = found.or_else(|| forms.iter().find(other));
        found.or(forms.first()).unwrap_or(&Self::Any)
    }
}
