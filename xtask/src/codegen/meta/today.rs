//! What of the format is on its way.

use serde_json::{Map, Value};

pub(super) const DOUBLE: &str = "Double";
pub(super) const JSON: &str = "Json";

pub(super) fn token(members: &mut Map<String, Value>, name: &str) {
    members.insert("token".to_owned(), name.into());
    members.insert("class_with_token".to_owned(), "repeatable".into());
    members.insert("token_made".to_owned(), true.into());
}

pub(super) fn json_response() -> Option<Value> {
    None
}

pub(super) fn query_list(member: &mut Map<String, Value>) {
    let _ = member;
}

pub(super) fn corrected(ty: &str) -> String {
    ty.replace("Json", JSON).replace("Double", DOUBLE)
}

pub(super) fn body_kind(kind: Option<&str>) -> Option<Value> {
    let _ = kind;
    None
}

pub(super) fn pagination(pagination: Value) -> Value {
    pagination
}
