//! The differences between two descriptions of an instance, line by line.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::request::mask::{MASK, secrets};
use crate::terminal::{is_invisible, json_escaped, one_line};

/// The number of unchanged lines before and after a difference.
const CONTEXT: usize = 3;
/// The placeholder for a secret that has changed.
const OTHER_SECRET: &str = "*** (another value)";

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

/// Returns the differences between two request bodies in the format of `diff -u`, without secrets.
/// The result is empty if there are no differences. `name` is the name of the instance for the
/// header lines.
pub(crate) fn difference(old: &Value, new: &Value, name: &str, colour: bool) -> io::Result<String> {
    let (mut shown_old, mut shown_new) = (old.clone(), new.clone());
    secrets(&mut shown_old);
    secrets(&mut shown_new);
    mark_other_secrets(old, new, &mut shown_new);
    let (old, new) = (yaml(&shown_old)?, yaml(&shown_new)?);
    if old == new {
        return Ok(String::new());
    }
    let name = one_line(name);
    let mut text = format!("--- {name} as it is\n+++ {name} as desired\n");
    let diff = TextDiff::from_lines(&old, &new);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        text += &format!("{}\n", hunk.header());
        for change in hunk.iter_changes() {
            let line = one_line(change.value().trim_end_matches('\n'));
            text += &match (change.tag(), colour) {
                (ChangeTag::Equal, _) => format!(" {line}\n"),
                (ChangeTag::Delete, false) => format!("-{line}\n"),
                (ChangeTag::Insert, false) => format!("+{line}\n"),
                (ChangeTag::Delete, true) => format!("{RED}-{line}{PLAIN}\n"),
                (ChangeTag::Insert, true) => format!("{GREEN}+{line}{PLAIN}\n"),
            };
        }
    }
    Ok(text)
}

/// Prints differences, which may be coloured, on standard error.
pub(crate) fn note_difference(text: &str) {
    // A failure only affects the display, and there is nowhere else to report it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Serializes a value as YAML. If that would contain invisible characters, serializes the value as
/// JSON, in which they are escaped, and which is valid YAML as well.
pub(crate) fn yaml<T: Serialize>(value: &T) -> io::Result<String> {
    let yaml = serde_saphyr::to_string(value).map_err(io::Error::other)?;
    match yaml.contains(is_invisible) {
        true => Ok(json_escaped(&serde_json::to_string_pretty(value)?).into_owned() + "\n"),
        false => Ok(yaml),
    }
}

/// Marks the secrets that have changed, because secrets look the same when they are masked.
fn mark_other_secrets(old: &Value, new: &Value, shown: &mut Value) {
    if old == new {
        return;
    }
    match (old, new, shown) {
        (Value::Object(old), Value::Object(new), Value::Object(shown)) => {
            for (name, shown) in shown {
                if let (Some(old), Some(new)) = (old.get(name), new.get(name)) {
                    mark_other_secrets(old, new, shown);
                }
            }
        }
        (Value::Array(old), Value::Array(new), Value::Array(shown)) => {
            for (shown, (old, new)) in shown.iter_mut().zip(old.iter().zip(new)) {
                mark_other_secrets(old, new, shown);
            }
        }
        (Value::String(old), Value::String(new), Value::String(shown))
            if shown == MASK && new != MASK && !old.is_empty() =>
        {
            OTHER_SECRET.clone_into(shown);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_have_signs_and_colours_only_where_they_are_wanted() {
        let old = json!({"name": "n", "cpus": 4});
        let new = json!({"name": "n", "cpus": 8});
        let plain = difference(&old, &new, "dv-1", false).unwrap();
        assert!(plain.contains("\n-cpus: 4\n+cpus: 8\n"), "{plain}");
        assert!(!plain.contains('\x1b'));
        let coloured = difference(&old, &new, "dv-1", true).unwrap();
        assert!(coloured.contains("\x1b[31m-cpus: 4\x1b[0m\n\x1b[32m+cpus: 8\x1b[0m\n"));
        assert_eq!(difference(&old, &old, "dv-1", true).unwrap(), "");
    }

    #[test]
    fn a_secret_that_differs_shows_as_one_and_not_what_it_is() {
        let old = json!({"envs": {"A": "hunter2", "B": "same", "C": "gone"}});
        let new = json!({"envs": {"A": "s3cret", "B": "same", "D": "new"}});
        let text = difference(&old, &new, "dv-1", false).unwrap();
        for line in [
            "-  A: \"***\"",
            "*** (another value)",
            "-  C: \"***\"",
            "+  D: \"***\"",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        for secret in ["hunter2", "s3cret", "same", "gone"] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn foreign_text_does_nothing_to_the_terminal() {
        let text = difference(
            &json!({"a": 1}),
            &json!({"a": "\u{1b}[2J\u{202e}x"}),
            "dv\n-1",
            false,
        );
        let text = text.unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
