//! Describes operations in the format of the Python program `reader.py`, so that the two can be
//! compared.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::codegen::api::{Api, Member, Operation, Place, Type};

/// Returns the method, the path, and the names of all members that are sent.
pub(super) fn facts(api: &Api, operation: &Operation) -> Value {
    let at = |place: Place| operation.members.iter().filter(move |it| it.place == place);
    let constant = operation.const_query.iter().map(|(name, _)| name.clone());
    let mut query: Vec<String> = constant
        .chain(at(Place::Query).map(|it| it.wire.clone()))
        .collect();
    query.sort();
    let constant = operation
        .const_headers
        .iter()
        .map(|(name, _)| name.as_str());
    let mut headers: Vec<String> = constant
        .chain(at(Place::Header).map(|it| it.wire.as_str()))
        .map(str::to_ascii_lowercase)
        .collect();
    headers.sort();
    let mut body = BTreeSet::new();
    for member in at(Place::Body) {
        names(api, "", member, &mut body);
    }
    json!({
        "method": operation.http_method,
        "path": operation.uri,
        "query": query,
        "headers": headers,
        "body": body,
    })
}

/// Collects the names of a member and of the members inside it, with dots between them.
fn names(api: &Api, prefix: &str, member: &Member, found: &mut BTreeSet<String>) {
    let path = format!("{prefix}{}", member.wire);
    if let Type::Object(name) = member.ty.leaf()
        && let Some(object) = api.objects.get(name)
    {
        let prefix = format!("{path}.");
        for field in &object.fields {
            names(api, &prefix, field, found);
        }
    }
    found.insert(path);
}
