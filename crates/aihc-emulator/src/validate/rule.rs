//! The types with which generated tables describe operations and their members.

use serde_json::Value;

/// An operation and the form of its requests.
#[derive(Debug)]
pub(crate) struct OperationRule {
    /// The name of the operation, for example `CreateDevInstance`.
    pub name: &'static str,
    /// The API description that contains the operation. Its name is that of the client crate:
    /// `aihc-dev`, `aihc` or `bce-sts`.
    pub description: &'static str,
    /// The code of the service: `aihc` or `sts`.
    pub service: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, for example `/`.
    pub path: &'static str,
    /// Query parameters with fixed values, which distinguish operations with the same path.
    pub const_query: &'static [(&'static str, &'static str)],
    /// The headers that contain the version of the API, with their values; empty if there are none.
    pub const_headers: &'static [(&'static str, &'static str)],
    /// The kind of the body.
    pub body: BodyRule,
    /// The members of the response.
    pub response: &'static [MemberRule],
    /// The members of the request.
    pub members: &'static [MemberRule],
}

/// The kind of the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyRule {
    /// No body; if one is sent, it is ignored.
    None,
    /// A JSON object.
    Object,
    /// A JSON object or an empty body.
    ObjectOrEmpty,
}

/// The part of a request that contains a member.
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
    /// In no part of a request: the member occurs only in responses, although the object type that
    /// contains it may also occur in requests.
    Response,
}

/// A member of a request, of a response, or of an object in one of them.
#[derive(Debug)]
pub(crate) struct MemberRule {
    /// The name under which the member is sent.
    pub name: &'static str,
    /// The part of the request that contains the member.
    pub position: Position,
    /// Whether the API description requires the member in requests.
    pub required: bool,
    /// Whether an empty value is refused.
    pub non_empty: bool,
    /// The minimum value.
    pub min: Option<i64>,
    /// The maximum value.
    pub max: Option<i64>,
    /// The documented values; empty if any value is allowed.
    pub values: &'static [&'static str],
    /// Alternative names of the member.
    pub also: &'static [&'static str],
    /// Another member that has the same meaning; `None` if there is none.
    pub same_as: Option<&'static str>,
    /// The type of the value that the member contains as a string, for example an integer; `None`
    /// if the member is not such a string.
    pub text_of: Option<&'static WireType>,
    /// The JSON type.
    pub wire: WireType,
}

/// Returns a rule with these properties; all other properties are unset.
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
    /// An integer that fits in 64 bits.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An array.
    List(&'static WireType),
    /// An object whose keys are not fixed.
    Map(&'static WireType),
    /// An object with these members. The second reference allows a type to contain itself.
    Object(&'static &'static [MemberRule]),
    /// A number.
    Number,
    /// Any JSON value.
    Any,
    /// A value of one of these types.
    OneOf(&'static &'static [WireType]),
}

impl WireType {
    /// Returns which of several types a value is meant to have: an object type that has a member in
    /// common with the value, or else the first type that is not an object, or else the first type.
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
