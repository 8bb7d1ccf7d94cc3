//! For `--watch`: the differences between two successive reads of the same results.

use std::collections::HashMap;
use std::io;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::terminal::one_line;

/// The results of the previous read, with which those of the next read are compared.
#[derive(Debug, Default)]
pub(super) struct Changes {
    known: HashMap<String, Value>,
    order: Vec<String>,
}

/// One change, as it appears in machine-readable output.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    time: String,
    /// `added`, `changed` or `gone`.
    change: &'static str,
    /// The paths of the members that differ, with their old and new values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Difference>,
    /// The current content of the item that has changed, or the last known one if the item is gone.
    result: Value,
}

#[derive(Debug, PartialEq, Serialize)]
struct Difference {
    member: String,
    old: Value,
    new: Value,
}

impl Changes {
    /// Returns the changes since the previous read. At the first read, every item counts as added.
    /// If `is_whole` is `false`, `values` is incomplete, so an item that is missing there does not
    /// count as gone.
    pub(super) fn look<T: Serialize>(
        &mut self,
        values: &[T],
        is_whole: bool,
    ) -> io::Result<Vec<Change>> {
        let time = OffsetDateTime::now_utc().replace_nanosecond(0);
        let time = time
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .unwrap_or_default();
        let change = |change, members, result| Change {
            time: time.clone(),
            change,
            members,
            result,
        };
        let (mut changes, mut seen) = (Vec::new(), Vec::new());
        for value in values {
            let value = serde_json::to_value(value)?;
            let key = key(&value);
            match self.known.insert(key.clone(), value.clone()) {
                None => changes.push(change("added", Vec::new(), value)),
                Some(old) if old != value => {
                    let members = differences(&old, &value);
                    changes.push(change("changed", members, value));
                }
                Some(_) => {}
            }
            seen.push(key);
        }
        for key in std::mem::take(&mut self.order) {
            if seen.contains(&key) {
                continue;
            }
            match self.known.remove(&key) {
                Some(value) if is_whole => changes.push(change("gone", Vec::new(), value)),
                Some(value) => {
                    self.known.insert(key.clone(), value);
                    seen.push(key);
                }
                None => {}
            }
        }
        self.order = seen;
        Ok(changes)
    }
}

impl Change {
    /// Returns the change as a line of text.
    pub(super) fn line(&self) -> String {
        let id = key(&self.result);
        let name = self.result.get("name").map(text).unwrap_or_default();
        let mut parts = vec![self.time.clone(), format!("{:<7}", self.change), id.clone()];
        if name != id && !name.is_empty() {
            parts.push(name);
        }
        match self.change {
            "added" => parts.extend(state(&self.result)),
            _ => parts.push(self.told()),
        }
        let line = parts.join("  ");
        format!("{}\n", one_line(line.trim_end()))
    }

    /// Returns the members that differ, as text. Omits `statusCode` and `updatedAt` if other
    /// members differ, because the two then tell nothing new.
    fn told(&self) -> String {
        let repeats = |it: &Difference| matches!(it.member.as_str(), "statusCode" | "updatedAt");
        let mut told: Vec<_> = self.members.iter().filter(|it| !repeats(it)).collect();
        if told.is_empty() {
            told = self.members.iter().collect();
        }
        let told: Vec<_> = told
            .into_iter()
            .map(|it| format!("{}: {} -> {}", it.member, text(&it.old), text(&it.new)))
            .collect();
        told.join(", ")
    }
}

/// Returns the word for the state of an instance, a job or another item; `None` if there is none.
/// Different kinds of items have their state in different members.
fn state(value: &Value) -> Option<String> {
    ["/status", "/phase", "/status/briefStat/status"]
        .into_iter()
        .filter_map(|path| value.pointer(path)?.as_str())
        .map(str::to_owned)
        .next()
}

/// Returns a string that identifies an item: its id, or the whole item as JSON if it has none.
fn key(value: &Value) -> String {
    let ids = ["id", "jobId", "queueId", "resourcePoolId"];
    let found = ids.into_iter().find_map(|id| value.get(id)?.as_str());
    found.map_or_else(|| value.to_string(), str::to_owned)
}

/// Formats a value for a line of text: a string without quotes, and `-` for null or an empty
/// string.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the differences between two documents. Objects are compared member by member, other
/// values as a whole.
fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", old, new, &mut found);
    found
}

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    let (Value::Object(a), Value::Object(b)) = (old, new) else {
        found.push(Difference {
            member: path.to_owned(),
            old: old.clone(),
            new: new.clone(),
        });
        return;
    };
    let mut names: Vec<_> = a.keys().chain(b.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let side =
            |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
        compare(&path, &side(a), &side(b), found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(changes: &[Change]) -> Vec<String> {
        let line = |change: &Change| change.line();
        changes
            .iter()
            .map(|change| {
                line(change)
                    .trim_end()
                    .split_once("  ")
                    .unwrap()
                    .1
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn each_change_is_a_line() {
        let mut changes = Changes::default();
        let a = json!({"id": "dv-1", "name": "a", "status": "queued", "statusCode": 1, "r": {"cpus": 4}});
        let b = json!({"id": "dv-2", "name": "b\u{1b}", "status": null});
        let first = changes.look(&[a.clone(), b.clone()], true).unwrap();
        assert_eq!(
            lines(&first),
            ["added    dv-1  a  queued", "added    dv-2  b\\u{1b}"]
        );
        assert!(
            changes
                .look(&[b.clone(), a.clone()], true)
                .unwrap()
                .is_empty()
        );
        let c = json!({"id": "dv-1", "name": "a", "status": "running", "statusCode": 3, "r": {"cpus": 8}});
        let second = changes.look(&[&c], true).unwrap();
        assert_eq!(
            lines(&second),
            [
                "changed  dv-1  a  r.cpus: 4 -> 8, status: queued -> running",
                "gone     dv-2  b\\u{1b}"
            ]
        );
        assert_eq!(second[0].members.len(), 3);
        let again = changes.look(&[&c, &b], true).unwrap();
        assert_eq!(lines(&again), ["added    dv-2  b\\u{1b}"]);
    }

    #[test]
    fn what_a_list_lacks_that_is_not_whole_is_not_gone() {
        let mut changes = Changes::default();
        let a = json!({"id": "dv-1", "name": "a"});
        changes.look(&[&a], true).unwrap();
        assert!(changes.look::<Value>(&[], false).unwrap().is_empty());
        assert!(changes.look(&[&a], true).unwrap().is_empty());
        assert_eq!(changes.look::<Value>(&[], true).unwrap().len(), 1);
    }
}
