//! Runs the Python code and shell commands of two pages of the emulator's documentation against the
//! emulator's binary. The code is not changed, except for addresses and ids.

use std::process::Command;

use super::emulator::Emulator;
use super::reports::last_lines;
use super::sdk::Sdk;
use crate::rows::Rows;

const CONTROL: &str = include_str!("../../../crates/aihc-emulator/docs/control.md");
const OWN_CODE: &str = include_str!("../../../crates/aihc-emulator/docs/test-your-own-code.md");

/// Ids that are invented in the emulator's documentation. If a command contains one of them, the
/// emulator must respond that it does not exist.
const MADE_UP: [&str; 3] = ["12345678", "0123456789abcdef", "ACCESS-KEY-ID"];
/// Parts of the emulator's messages about ids that do not exist. Its message about an unknown route
/// contains none of them.
const NO_SUCH_THING: [&str; 2] = ["there is no such", "to see their ids"];

/// The beginning of the line that the shell prints after the output of each command. The exit code
/// of the command follows.
const MARK: &str = "@@";

/// Runs the code in `control.md` and `test-your-own-code.md`, two pages of the emulator's
/// documentation, and adds a test for each result.
pub(super) fn check(python: &Sdk, rows: &mut Rows) -> Result<(), String> {
    let emulator = Emulator::start("AK", "SK", super::emulator::FAST)?;
    let here = |text: &str| {
        text.replace("127.0.0.1:7070", &emulator.address().to_string())
            .replace("127.0.0.1:7071", &emulator.control().to_string())
    };

    for block in blocks(OWN_CODE, "python") {
        let result = output(&mut python.code(&here(block))).map(drop);
        rows.checked("the Python code of test-your-own-code.md", result);
    }
    for (tool, version) in [("curl", "--version"), ("openssl", "version")] {
        if output(Command::new(tool).arg(version)).is_err() {
            let why = "the shell lines of the emulator's pages";
            rows.notes()
                .add(format!("left out: {why}; {tool} is not installed"));
            return Ok(());
        }
    }
    for block in blocks(OWN_CODE, "bash") {
        let result = output(Command::new("bash").args(["-c", &here(block)]));
        let result = result.and_then(|text| match text {
            text if text.contains("totalCount") && text.contains("NotFound") => Ok(()),
            text => Err(text),
        });
        rows.checked("the shell function of test-your-own-code.md", result);
    }
    let mut lines = shell_lines(CONTROL);
    // The first page ends with a reset, and the second page needs an instance.
    let instance = lines.iter().find(|line| line.starts_with("ID=")).cloned();
    lines.push("curl -d '{\"prefix\": \"page\", \"count\": 1}' $C/instances".to_owned());
    lines.extend(instance);
    lines.extend(table_lines(OWN_CODE));
    let results = run_lines(&lines, &here("C=http://127.0.0.1:7071"))?;
    for (line, result) in lines.iter().zip(results) {
        rows.checked(line.as_str(), result);
    }
    Ok(())
}

/// Returns the code blocks on a page that are in this language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    let blocks = page.split(&*begin).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

/// Returns the commands in the shell code of a page that are complete in one line: calls of `curl`,
/// and assignments to `ID`.
fn shell_lines(page: &str) -> Vec<String> {
    let lines = blocks(page, "sh").into_iter().flat_map(str::lines);
    lines
        .filter(|line| line.starts_with("curl ") || line.starts_with("ID="))
        .map(str::to_owned)
        .collect()
}

/// Returns the `curl` commands in the tables of a page, with the shell variable `$ID` in place of
/// the placeholder `ID`.
fn table_lines(page: &str) -> Vec<String> {
    let cells = page.split("`curl ").skip(1);
    cells
        .filter_map(|rest| rest.split('`').next())
        .map(|rest| format!("curl {}", rest.replace("/ID/", "/$ID/")))
        .collect()
}

/// Runs the lines in a single shell, so that they share its variables, and returns the result of
/// each.
fn run_lines(lines: &[String], settings: &str) -> Result<Vec<Result<(), String>>, String> {
    let place = std::env::temp_dir().join(format!("aihc-emulator-pages-{}", std::process::id()));
    std::fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    let mut script = format!(
        "exec 2>&1\nset -o pipefail\n{settings}\ncurl() {{ command curl -sS --fail-with-body \"$@\"; }}\n"
    );
    for line in lines {
        script += &format!("{line}\ncode=$?; echo; echo \"{MARK}$code\"\n");
    }
    let text = output(
        Command::new("bash")
            .args(["-c", &script])
            .current_dir(&place),
    );
    // The lines may have left a snapshot in the folder; the next run uses another one anyway.
    let _ = std::fs::remove_dir_all(&place);
    let text = text?;
    let mut answers = text.split(MARK);
    let mut answer = answers.next().unwrap_or_default();
    let mut results = Vec::new();
    for (line, rest) in lines.iter().zip(answers) {
        let (code, next) = rest.split_once('\n').unwrap_or((rest, ""));
        let made_up = MADE_UP.iter().any(|id| line.contains(id));
        let as_it_should = match made_up {
            true => NO_SUCH_THING.iter().any(|told| answer.contains(told)),
            false => code == "0",
        };
        results.push(match as_it_should {
            true => Ok(()),
            false => Err(answer.trim().to_owned()),
        });
        answer = next;
    }
    match results.len() == lines.len() {
        true => Ok(results),
        false => Err("the shell has not run every line".to_owned()),
    }
}

/// Returns the output of a program; fails if the program fails.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(last_lines(&output.stderr)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_code_is_found_on_the_pages() {
        assert_eq!(blocks(OWN_CODE, "python").len(), 1);
        assert_eq!(blocks(OWN_CODE, "bash").len(), 1);
        assert!(shell_lines(CONTROL).len() > 30);
        assert!(table_lines(OWN_CODE).len() > 8);
    }

    #[test]
    #[cfg(unix)]
    fn a_line_that_fails_is_noticed_and_the_next_ones_run() {
        let lines = ["ID=7", "false", "echo ok-$ID", "echo 12345678"].map(str::to_owned);
        let results = run_lines(&lines, "").unwrap();
        let failed: Vec<bool> = results.iter().map(Result::is_err).collect();
        // A line with an invented id must fail because the id does not exist.
        assert_eq!(failed, [false, true, false, true]);
    }
}
