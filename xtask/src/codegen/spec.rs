//! The API description as it is written: the format of `xtask/spec/*.json`.
//!
//! Everything but names, types and values may be missing or `null`.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// One description.
#[derive(Debug, Deserialize)]
pub(crate) struct Spec {
    pub(crate) services: BTreeMap<String, Service>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) operations: Vec<Operation>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) types: BTreeMap<String, TypeDef>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) enums: BTreeMap<String, EnumDef>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) errors: Vec<ErrorCode>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) waiters: Vec<Waiter>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) code: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) endpoint_template: String,
    pub(crate) signing: Option<String>,
    pub(crate) default_region: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) const_headers: BTreeMap<String, Value>,
    pub(crate) content_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) envelope: Envelope,
    pub(crate) throttle_codes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) regions: Vec<Region>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: ServiceRust,
}

/// What the answers of a service mean.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    /// For readers.
    #[serde(default, rename = "error_type")]
    _error_type: IgnoredAny,
    /// For readers.
    #[serde(default, rename = "http_error_from")]
    _http_error_from: IgnoredAny,
    /// Whether a `code` in a 2xx answer is an error.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) business_error_in_200: bool,
    /// Codes of such answers that stand for success.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) success_codes: Vec<Value>,
    /// Codes that are errors in any 2xx answer.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) error_codes: Vec<Value>,
    /// Whether every answer carries a request id; so it is where nothing is said.
    pub(crate) sends_request_id: Option<bool>,
}

/// Additions of ours to a service.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRust {
    pub(crate) crate_name: Option<String>,
    pub(crate) endpoint_env: Option<String>,
    #[serde(default)]
    pub(crate) requires_https: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Region {
    pub(crate) code: String,
    pub(crate) name: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) documented_in: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) service: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) method: String,
    pub(crate) uri: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) const_query: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) const_headers: BTreeMap<String, Value>,
    pub(crate) go_sdk_method: Option<String>,
    pub(crate) doc_page: Option<String>,
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) body_kind: Option<BodyKind>,
    /// The content type of its requests, in place of the service's.
    pub(crate) content_type: Option<String>,
    pub(crate) response_kind: Option<ResponseKind>,
    /// Statuses beside 2xx that are values.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) accept_status: Vec<u16>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) parameters: Vec<Member>,
    pub(crate) response: Option<String>,
    pub(crate) pagination: Option<Pagination>,
    pub(crate) asynchronous: Option<Value>,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) preconditions: Option<Preconditions>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rules: Vec<Rule>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) errors: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: OperationRust,
}

/// Additions of ours to an operation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationRust {
    pub(crate) name: Option<String>,
    pub(crate) raw_body: Option<String>,
    pub(crate) status_enum: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BodyKind {
    None,
    Object,
    ObjectOrEmpty,
    /// Bytes of the caller.
    Raw,
}

/// What the body of a success is, if it is no document of the service.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseKind {
    /// Bytes.
    Raw,
    /// What users have stored, whatever it looks like.
    Data,
}

/// How a list is read that comes page by page.
#[derive(Debug, Deserialize)]
pub(crate) struct Pagination {
    /// Members of the response.
    pub(crate) items: Option<String>,
    pub(crate) total: Option<String>,
    pub(crate) kind: Option<PaginationKind>,
    /// The parameter with the number of the page.
    pub(crate) page: Option<String>,
    /// The number of the first page.
    pub(crate) first: Option<i64>,
    /// The parameter with the number of items on a page.
    pub(crate) size: Option<String>,
    /// The parameter that says where the page begins.
    pub(crate) marker: Option<String>,
    /// The member of the response that says where the next page begins.
    pub(crate) next: Option<String>,
    /// The member of the response that says whether more follows.
    pub(crate) more: Option<String>,
    /// The member of an item that tells it from others.
    pub(crate) key: Option<String>,
    /// Without a size everything comes at once.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) size_required: bool,
    /// The service may answer every page alike.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) may_repeat: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaginationKind {
    Page,
    Marker,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Idempotency {
    pub(crate) class: Option<IdempotencyClass>,
    pub(crate) blind_retry: Option<bool>,
    pub(crate) settled_by: Option<SettledBy>,
    /// The parameter that makes a repeat harmless.
    pub(crate) token: Option<String>,
    /// What a repeat does with it.
    pub(crate) class_with_token: Option<IdempotencyClass>,
    /// Whether one is made for every call that has none.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) token_made: bool,
    pub(crate) desc: Option<String>,
}

/// How it is found out whether a change was made, when its answer was lost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettledBy {
    /// The operation that reads the state.
    pub(crate) operation: String,
    /// Where the state is in its answer: `devInstance.status`.
    pub(crate) member: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reached: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) not_reached: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reached_errors: Vec<String>,
    /// In the place of a state: where the object is that has the members of the body.
    pub(crate) values_in: Option<String>,
    /// Members of the reading operation, and those of the change that have their values.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) parameters: BTreeMap<String, String>,
    /// Members of the answer to the change, and those of the change that have their values.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) answer: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdempotencyClass {
    Safe,
    Repeatable,
    StateGuarded,
    #[default]
    NonIdempotent,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Preconditions {
    pub(crate) allowed_status: Option<Vec<Value>>,
    pub(crate) forbidden_status: Option<Vec<Value>>,
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) text: String,
}

/// A parameter of an operation or a field of a type.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) required: bool,
    pub(crate) position: Option<Position>,
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) default: Option<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) limits: BTreeMap<String, Value>,
    pub(crate) unit: Option<String>,
    pub(crate) format: Option<String>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) known_values: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) also_accept: Vec<String>,
    pub(crate) client_check: Option<ClientCheck>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) omit_when_unset: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) must_be_present: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) sensitive: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: MemberRust,
}

/// Additions of ours to a member.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRust {
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) argument: bool,
    #[serde(rename = "type")]
    pub(crate) ty: Option<RustType>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) default_when_not_positive: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) may_be_empty: bool,
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RustType {
    Bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Position {
    Query,
    Body,
    Header,
    Url,
    Response,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientCheck {
    NonEmpty,
    Limits,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TypeDef {
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) doc_page: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rules: Vec<Rule>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) fields: Vec<Member>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: TypeRust,
}

/// Additions of ours to a type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeRust {
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) also_inside: Vec<String>,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EnumDef {
    pub(crate) repr: Option<String>,
    pub(crate) desc: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) doc_page: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) values: Vec<EnumValue>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: EnumRust,
}

/// Additions of ours to an enum.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnumRust {
    pub(crate) name: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EnumValue {
    pub(crate) value: Value,
    pub(crate) name: Option<String>,
    pub(crate) desc: Option<String>,
    pub(crate) phase: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: EnumValueRust,
}

/// Additions of ours to a value of an enum.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnumValueRust {
    pub(crate) name: Option<String>,
    pub(crate) desc: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ErrorCode {
    pub(crate) code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) http_status: Vec<u16>,
    pub(crate) desc: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Waiter {
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) success: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) failure: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) pending: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) success_errors: Vec<String>,
    pub(crate) note: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rust: WaiterRust,
}

/// Additions of ours to a waiter.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaiterRust {
    /// There is no method that waits, since one is written by hand.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) table_only: bool,
}
