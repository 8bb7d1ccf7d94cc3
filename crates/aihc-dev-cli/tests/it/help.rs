//! Help.

use crate::golden::assert_golden;
use crate::support::bare;

pub(crate) const COMMANDS: &[&str] = &[
    "list",
    "show",
    "create",
    "clone",
    "update",
    "edit",
    "diff",
    "apply",
    "start",
    "stop",
    "restart",
    "delete",
    "timed-stop",
    "events",
    "pack-image",
    "pack-status",
    "wait",
    "pools",
    "queues",
    "datasets",
    "jobs",
    "services",
    "ssh",
    "cp",
    "port-forward",
    "ssh-command",
    "open",
    "session-token",
    "configure",
    "profiles",
    "whoami",
    "context",
    "doctor",
    "check-contract",
    "emulator",
    "completions",
    "man",
];

/// Commands below others.
pub(crate) const NESTED: &[&str] = &[
    "jobs list",
    "jobs show",
    "jobs stop",
    "jobs logs",
    "services list",
    "services show",
    "profiles list",
    "profiles use",
    "profiles remove",
    "context list",
    "context show",
    "context set",
    "context use",
    "context remove",
];

/// All of them, each with its words.
pub(crate) fn all_commands() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let all = COMMANDS.iter().chain(NESTED).copied();
    all.map(|command| (command, command.split(' ').collect()))
}

fn help(arguments: &[&str]) -> String {
    let output = bare()
        .args(arguments)
        .arg("--help")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_help_of_the_whole_names_commands_variables_and_exit_codes() {
    let text = help(&[]);
    for expected in COMMANDS
        .iter()
        .chain(&["BCE_ACCESS_KEY_ID", "130  interrupted"])
    {
        assert!(text.contains(expected), "{expected}");
    }
    assert_golden("help/aihc-dev.txt", &text);
}

#[test]
fn every_command_has_examples_in_its_help() {
    for (command, words) in all_commands() {
        let text = help(&words);
        assert!(text.contains("Example"), "{command}");
        assert!(
            text.contains(&format!("  aihc-dev {command}")) || command == "pack-image",
            "{command}"
        );
        let file = words.join("-");
        assert_golden(&format!("help/{file}.txt"), &text);
    }
}

/// `/dev/full` takes nothing.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for arguments in [&["--help"][..], &["list", "-h"], &["--version"]] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let output = bare().args(arguments).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(stderr.contains("No space left on device"), "{stderr}");
    }
}

#[test]
fn help_fits_the_terminal() {
    for (command, words) in all_commands() {
        let output = bare()
            .args(words)
            .arg("--help")
            .env("COLUMNS", "60")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let options = text.split("\nExample").next().unwrap().to_owned();
        for line in options.lines().filter(|line| !line.contains("Usage:")) {
            assert!(line.chars().count() <= 60, "{command}: {line}");
        }
    }
}
