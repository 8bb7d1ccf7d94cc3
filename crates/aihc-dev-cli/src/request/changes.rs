//! The differences between two request bodies.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::mask;

/// A member that differs between two request bodies.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Change {
    pub(crate) member: String,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

impl Change {
    /// Returns the old and the new value as text; `-` stands for a value that is absent.
    pub(crate) fn texts(&self) -> (String, String) {
        (text(&self.old), text(&self.new))
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the members that differ, without the values of secrets.
pub(crate) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut old_masked, mut new_masked) = (old.clone(), new.clone());
    mask::secrets(&mut old_masked);
    mask::secrets(&mut new_masked);
    compare("", [old, new], [&old_masked, &new_masked], &mut found);
    found
}

fn compare(path: &str, real: [&Value; 2], shown: [&Value; 2], found: &mut Vec<Change>) {
    let [old, new] = real;
    if old == new {
        return;
    }
    if let (Value::Object(a), Value::Object(b)) = (old, new) {
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for name in names {
            descend(
                path,
                name,
                real.map(|v| &v[name]),
                shown.map(|v| &v[name]),
                found,
            );
        }
    } else if let (Value::Array(a), Value::Array(b)) = (old, new)
        && a.len() == b.len()
    {
        for index in 0..a.len() {
            let name = index.to_string();
            descend(
                path,
                &name,
                real.map(|v| &v[index]),
                shown.map(|v| &v[index]),
                found,
            );
        }
    } else {
        found.push(Change {
            member: path.to_owned(),
            old: shown[0].clone(),
            new: shown[1].clone(),
        });
    }
}

fn descend(path: &str, name: &str, real: [&Value; 2], shown: [&Value; 2], found: &mut Vec<Change>) {
    let path = match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    compare(&path, real, shown, found);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told_and_secrets_are_not() {
        let old = json!({"name": "n", "conf": {"resources": {"cpus": 2}, "envs": {"A": "old", "B": "b"}}});
        let new = json!({"name": "n", "conf": {"resources": {"cpus": 4}, "envs": {"A": "new", "B": "b"}, "startCmd": "x"}});
        let change = |member: &str, old: Value, new: Value| Change {
            member: member.to_owned(),
            old,
            new,
        };
        let expected = [
            change("conf.envs.A", json!("***"), json!("***")),
            change("conf.resources.cpus", json!(2), json!(4)),
            change("conf.startCmd", Value::Null, json!("x")),
        ];
        assert_eq!(changes(&old, &new), expected);
        assert_eq!(changes(&old, &old), []);
    }

    #[test]
    fn items_are_compared_one_by_one_unless_some_came_or_went() {
        let list = |items: Value| json!({ "list": items });
        let longer = changes(&list(json!([1])), &list(json!([1, 2])));
        assert_eq!(longer.len(), 1);
        assert_eq!(longer[0].texts(), ("[1]".to_owned(), "[1,2]".to_owned()));
        let other = changes(&list(json!([1, 2])), &list(json!([1, 3])));
        assert_eq!(other[0].member, "list.1");
    }
}
