//! What of the format is on its way.

use serde_json::{Map, Value};

pub(super) const DOUBLE: &str = "Int64";
pub(super) const JSON: &str = "Map<String,String>";

pub(super) fn token(members: &mut Map<String, Value>, name: &str) {
    let _ = (members, name);
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

pub(super) fn pagination(mut pagination: Value) -> Value {
    if let Some(members) = pagination.as_object_mut() {
        members.remove("more");
    }
    pagination
}
