//! The reports of a program that uses an official SDK: one line of JSON for each test case.

use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::table::Kind;

/// The report about one test case.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    pub(super) case: String,
    /// The client or the function of the SDK that the test case uses.
    pub(super) through: String,
    pub(super) credentials: Kind,
    pub(super) result: Answer,
    /// The error code of a refusal, or the reason why the test case failed or was left out.
    pub(super) detail: String,
}

/// The result of a test case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    Accepted,
    Refused,
    Failed,
    #[serde(rename = "left out")]
    LeftOut,
}

/// Runs a program to its end. Returns its reports, and whether it succeeded.
pub(super) fn of(
    mut program: Command,
    settings: &Value,
) -> Result<(Vec<Report>, Result<(), String>), String> {
    let name = program.get_program().to_string_lossy().into_owned();
    let failed = |error| format!("{name}: {error}");
    let mut process = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = process.stdin.take() {
        // If this fails, the output of the program tells more about the reason.
        let _ = writeln!(stdin, "{settings}");
    }
    let output = process.wait_with_output().map_err(failed)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let reports = text
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{line:?}: {error}")))
        .collect::<Result<_, _>>()?;
    let end = match output.status.success() {
        true => Ok(()),
        false => Err(last_lines(&output.stderr)),
    };
    Ok((reports, end))
}

/// Returns the last lines of an error output, where the reason for a failure is usually found.
pub(super) fn last_lines(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let start = lines.len().saturating_sub(12);
    lines.get(start..).unwrap_or_default().join("\n")
}
