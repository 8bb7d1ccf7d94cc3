//! The foreign crates in public signatures of the published crates.
//!
//! A foreign type in a signature ties our major version to that of its crate. Public signatures are
//! read from rustdoc's description of the crate with all features, so re-exports and generics are
//! included. Hidden items, macro code, and bounds of blanket implementations are not.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rustdoc::{self, Items};
use crate::project::Project;

/// The crates whose types are part of our interface.
const ALLOWED: &[&str] = &[
    "alloc",
    "bytes",
    "core",
    "futures_core",
    "http",
    "std",
    "time",
    "tower_layer",
    "tower_service",
];

/// Further allowed items: the crate (`*` for all), the beginning of the path, the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "*",
        "serde_core::",
        "models implement its traits so that programs can store them; 1.0 since 2017",
    ),
    (
        "bce-http",
        "hyper::rt::io::",
        "the connection implements them for use by hyper connectors",
    ),
    (
        "bce-http",
        "hyper_util::client::legacy::connect::Connect",
        "the same, for its pool",
    ),
    (
        "*",
        "pin_project_lite::__private::",
        "written by the macro into an implementation of Unpin",
    ),
    (
        "bce-log",
        "tracing",
        "a set-up for tracing takes and returns its levels, subscribers and filters",
    ),
];

pub(super) fn check(project: &Project) -> Vec<String> {
    let ours: Vec<String> = project
        .packages
        .iter()
        .map(|p| p.name.replace('-', "_"))
        .collect();
    let mut problems = Vec::new();
    // A program has no public signatures.
    let published = project.published().into_iter();
    for package in published.filter(|package| package.has_library()) {
        match rustdoc::description(project, package, Items::Shown) {
            Ok(description) => {
                for (name, item) in foreign(&description) {
                    if !excepted(&package.name, &item)
                        && !ALLOWED.contains(&&*name)
                        && !ours.contains(&name)
                    {
                        problems.push(format!("{}: {item}", package.name));
                    }
                }
            }
            Err(problem) => problems.push(format!("{}: {problem}", package.name)),
        }
    }
    problems
}

fn excepted(package: &str, item: &str) -> bool {
    let fits = |of: &str| of == "*" || of == package;
    let mut exceptions = EXCEPTIONS.iter();
    exceptions.any(|(of, start, _)| fits(of) && item.starts_with(start))
}

/// Returns the crate and path of every foreign item.
fn foreign(description: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let Some(index) = description.get("index").and_then(Value::as_object) else {
        found.insert((
            "?".to_owned(),
            "the output of rustdoc has no index".to_owned(),
        ));
        return found;
    };
    for item in index.values() {
        let inner = item.get("inner").unwrap_or(&Value::Null);
        // Derived from traits in scope for users, not written by us.
        let of = |key: &str| {
            inner
                .pointer(key)
                .is_some_and(|v| !v.is_null() && *v != Value::Bool(false))
        };
        if !of("/impl/blanket_impl") && !of("/impl/is_synthetic") {
            walk(inner, description, &mut found);
        }
    }
    found
}

fn walk(value: &Value, description: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => {
            // A type, a trait or a re-export is referred to by an id, next to a path or a source.
            if members.contains_key("path") || members.contains_key("source") {
                found.extend(members.get("id").and_then(|id| origin(id, description)));
            }
            for member in members.values() {
                walk(member, description, found);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| walk(value, description, found)),
        _ => {}
    }
}

/// Returns the crate of an id, if it is a foreign one.
fn origin(id: &Value, description: &Value) -> Option<(String, String)> {
    let summary = description.get("paths")?.get(id.as_u64()?.to_string())?;
    let number = summary
        .get("crate_id")?
        .as_u64()
        .filter(|number| *number != 0)?;
    let owner = description
        .get("external_crates")?
        .get(number.to_string())?;
    let segments = summary.get("path")?.as_array()?;
    let path: Vec<&str> = segments.iter().filter_map(Value::as_str).collect();
    Some((owner.get("name")?.as_str()?.to_owned(), path.join("::")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crate_with(inner: Value) -> Value {
        json!({
            "index": {"0": {"inner": inner}},
            "paths": {
                "1": {"crate_id": 0, "path": ["ours", "Thing"]},
                "2": {"crate_id": 7, "path": ["hyper", "Body"]},
            },
            "external_crates": {"7": {"name": "hyper"}},
        })
    }

    #[test]
    fn a_foreign_type_in_a_signature_is_found() {
        let function = json!({"function": {"sig": {"inputs": [["body", {
            "resolved_path": {"path": "Body", "id": 2, "args": null}
        }]]}}});
        let found = foreign(&crate_with(function));
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("hyper".into(), "hyper::Body".into())]
        );
    }

    #[test]
    fn a_re_export_and_an_implemented_trait_count_too() {
        let name = json!({"use": {"source": "hyper::Body", "name": "Body", "id": 2}});
        assert_eq!(foreign(&crate_with(name)).len(), 1);
        let written = json!({"impl": {"trait": {"path": "Body", "id": 2}, "blanket_impl": null}});
        assert_eq!(foreign(&crate_with(written)).len(), 1);
    }

    #[test]
    fn our_own_types_and_blanket_implementations_do_not_count() {
        let ours = json!({"struct_field": {"resolved_path": {"path": "Thing", "id": 1}}});
        assert!(foreign(&crate_with(ours)).is_empty());
        let blanket = json!({"impl": {"trait": {"path": "Body", "id": 2}, "blanket_impl": {}}});
        assert!(foreign(&crate_with(blanket)).is_empty());
    }

    #[test]
    fn an_exception_holds_for_its_crate_and_path_only() {
        assert!(excepted("bce-http", "hyper::rt::io::Read"));
        assert!(!excepted("aihc-dev", "hyper::rt::io::Read"));
        assert!(!excepted("bce-http", "hyper::body::Incoming"));
    }

    #[test]
    fn a_description_that_cannot_be_read_is_not_a_pass() {
        assert_eq!(foreign(&json!({})).len(), 1);
    }
}
