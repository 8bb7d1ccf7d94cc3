//! Compares our behaviour with golden data:
//! `cargo xtask conformance signing|wire|responses|calls FILE...`. Without files, the data in this
//! repository is used.

mod calls;
mod go_arguments;
mod projection;
mod responses;
mod schema;
mod signing;
mod wire;

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use crate::rows::Rows;

const USAGE: &str = "cargo xtask conformance signing|wire|responses|calls FILE...";

/// The option that is followed by the kind of comparison and the golden files to compare with.
const FILES: &str = "--files";

/// The folder with the golden files of this repository, one for each kind of comparison.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/bce-testing/vectors");

/// A function that adds a test for each case in a golden file.
type Comparison = fn(&Path, &mut Rows) -> Result<(), String>;

/// The kinds of comparison, each with its name, which is also that of its golden file.
const COMPARISONS: [(&str, Comparison); 4] = [
    ("signing", signing::rows),
    ("wire", wire::rows),
    ("responses", responses::rows),
    ("calls", calls::rows),
];

/// Runs the comparisons. The last line of the output is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let mut rows = Rows::default();
    let arguments = match arguments {
        [option, kind, files @ ..] if option == FILES && !files.is_empty() => {
            let Some(comparison) = COMPARISONS.iter().find(|(name, _)| name == kind) else {
                return crate::usage_error(USAGE);
            };
            for file in files {
                add(&mut rows, *comparison, Path::new(file));
            }
            &[]
        }
        [option, ..] if option == FILES => return crate::usage_error(USAGE),
        arguments => {
            for comparison in COMPARISONS {
                let file = Path::new(GOLDEN).join(comparison.0).with_extension("json");
                add(&mut rows, comparison, &file);
            }
            arguments
        }
    };
    rows.run(arguments, None).finish()
}

/// Adds the tests for a golden file. A file that cannot be read, or has no cases, counts as a
/// failed test.
fn add(rows: &mut Rows, (kind, comparison): (&str, Comparison), file: &Path) {
    if let Err(problem) = comparison(file, rows) {
        rows.checked(format!("{kind}: {}", file.display()), Err(problem));
    }
}

/// Reads a golden file. Returns its contents and its cases, which are the list in `member`; the
/// list must not be empty.
fn read_cases(file: &Path, member: &str) -> Result<(Value, Vec<Value>), String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
    let document: Value =
        serde_json::from_str(&text).map_err(|error| format!("is not JSON: {error}"))?;
    match document.get(member).and_then(Value::as_array) {
        Some(cases) if !cases.is_empty() => {
            let cases = cases.clone();
            Ok((document, cases))
        }
        _ => Err(format!("has no cases under {member:?}")),
    }
}

/// Returns the string in a member; empty if there is none.
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}
