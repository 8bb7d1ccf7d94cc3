//! Datasets, models and their versions as JSON, with all members that any response contains.

use serde_json::{Map, Value, json};

use crate::access::Principal;
use crate::date::iso8601;
use crate::operation::answer::{times, user_id, user_name};
use crate::state::{Entry, Version};

/// Returns the members that describe a dataset or a model in responses, without the list of its
/// versions.
pub(super) fn entry(entry: &Entry, caller: &Principal) -> Map<String, Value> {
    let mut known = entry.members.clone();
    let is_owner = *caller == entry.creator;
    if !is_owner {
        known.retain(|name, _| !["visibilityUser", "visibilityGroup"].contains(&name.as_str()));
    }
    let is_writable = is_owner || entry.text("visibilityScope") == "ALL_PEOPLE";
    known.insert("id".into(), json!(entry.id));
    known.insert("name".into(), json!(entry.name));
    known
        .entry("owner")
        .or_insert_with(|| json!(user_id(&entry.creator)));
    known.insert("ownerName".into(), json!(user_name(&entry.creator)));
    known
        .entry("visibilityScope")
        .or_insert_with(|| json!("ONLY_OWNER"));
    known.insert(
        "permission".into(),
        json!(if is_writable { "rw" } else { "r" }),
    );
    known.extend(times(entry.created_at, entry.updated_at));
    known.insert("tags".into(), json!({}));
    if let Some(first) = entry.versions.first() {
        let source = first.members.get("source");
        known.extend(source.map(|source| ("initSource".to_owned(), source.clone())));
    }
    if let Some(newest) = entry.versions.last() {
        known.insert("latestVersionId".into(), json!(newest.id));
        known.insert("latestVersion".into(), json!(newest.number.to_string()));
    }
    known
}

/// Returns a version of a dataset or a model as JSON.
pub(super) fn version(entry: &Entry, version: &Version) -> Value {
    let mut known = version.members.clone();
    let creator = &version.creator;
    known.insert("id".into(), json!(version.id));
    known.insert("version".into(), json!(version.number.to_string()));
    known.insert("taskId".into(), json!(""));
    known
        .entry("createUser")
        .or_insert_with(|| json!(user_id(creator)));
    known.insert("createUserName".into(), json!(user_name(creator)));
    known.insert("createdAt".into(), json!(iso8601(version.created_at)));
    // A version never changes, but counts as updated whenever its dataset or model is.
    let updated = entry.updated_at.max(version.created_at);
    known.insert("updatedAt".into(), json!(iso8601(updated)));
    known.into()
}
