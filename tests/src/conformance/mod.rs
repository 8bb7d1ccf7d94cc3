//! Comparison with golden data: `cargo xtask conformance signing|wire|responses FILE...`.

mod go_arguments;
mod projection;
mod responses;
mod schema;
mod signing;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

const USAGE: &str = "cargo xtask conformance signing|wire|responses FILE...";

/// Runs one comparison; its last line is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let Some((what, files)) = arguments
        .split_first()
        .filter(|(_, files)| !files.is_empty())
    else {
        return crate::usage_error(USAGE);
    };
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    let outcome = match what.as_str() {
        "signing" => signing::run(&files),
        "wire" => wire::run(&files),
        "responses" => responses::run(&files),
        _ => return crate::usage_error(USAGE),
    };
    outcome.finish()
}

/// The cases of a golden file: the list under `member`, which must not be empty.
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

/// The text of a member, empty when there is none.
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

/// Runs one case over real sockets.
fn block_on<T>(case: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    Ok(runtime
        .map_err(|error| format!("no runtime: {error}"))?
        .block_on(case))
}
