//! The form of the validation table that is generated from the API description.

/// One operation: how a request for it looks.
#[derive(Debug)]
pub(crate) struct OperationRule {
    /// Name of the operation, for example `CreateDevInstance`.
    pub name: &'static str,
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
    /// What the body is.
    pub body: BodyRule,
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
}

/// One member of a request or of an object in it.
#[derive(Debug)]
pub(crate) struct MemberRule {
    /// Name on the wire.
    pub name: &'static str,
    /// Where it travels.
    pub position: Position,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether an empty value is refused.
    pub non_empty: bool,
    /// Smallest value.
    pub min: Option<i64>,
    /// Largest value.
    pub max: Option<i64>,
    /// JSON type.
    pub wire: WireType,
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
    /// An object with these members.
    Object(&'static [MemberRule]),
}
