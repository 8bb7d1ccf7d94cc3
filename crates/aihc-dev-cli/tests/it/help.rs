//! Tests of help.

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
    "version",
    "help",
];

/// The commands that consist of two words.
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

/// Returns all commands, each with its words.
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
fn the_help_of_the_whole_names_commands_and_topics() {
    let text = help(&[]);
    for expected in COMMANDS
        .iter()
        .chain(&["Instances:", "help TOPIC", "exit-codes"])
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

/// Tests help, versions and completion scripts that cannot be written: every write to `/dev/full`
/// fails.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for arguments in [
        &["--help"][..],
        &["list", "-h"],
        &["--version"],
        &["help"],
        &["help", "stop"],
        &["help", "names"],
        &["version"],
        &["version", "-o", "json"],
        &["version", "-o", "jsonl"],
        &["version", "-o", "yaml"],
        &["completions", "bash"],
    ] {
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

#[test]
fn help_explains_commands_and_topics() {
    let run = |arguments: &[&str]| {
        let output = bare()
            .args(arguments)
            .env("COLUMNS", "100")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(run(&["help"]), run(&["--help"]));
    for (command, words) in all_commands() {
        let explained = run(&[&["help"], &words[..]].concat());
        assert_eq!(explained, help(&words), "{command}");
    }
    for (alias, command) in [
        (&["ls"][..], &["list"][..]),
        (&["get"], &["show"]),
        (&["describe"], &["show"]),
        (&["rm"], &["delete"]),
        (&["jobs", "ls"], &["jobs", "list"]),
        (&["jobs", "get"], &["jobs", "show"]),
        (&["services", "describe"], &["services", "show"]),
    ] {
        assert_eq!(
            run(&[&["help"], alias].concat()),
            help(command),
            "{alias:?}"
        );
        assert_eq!(help(alias), help(command), "{alias:?}");
    }
    for topic in [
        "environment",
        "exit-codes",
        "output",
        "credentials",
        "names",
        "options",
    ] {
        assert_golden(&format!("help/topic-{topic}.txt"), &run(&["help", topic]));
    }
}

#[test]
fn what_there_is_no_help_about_is_wrong_usage() {
    for (words, said) in [
        (&["exit-code"][..], "similar: `exit-codes`"),
        (&["creat"], "similar: `create`"),
        (&["jobs", "stpo"], "similar: `stop`"),
        (&["jobs", "names"], "`aihc-dev help` lists them"),
        (&["zzz"], "`aihc-dev help` lists them"),
    ] {
        let run = crate::support::run_bare(&[&["help"], words].concat());
        let run = run.fails(2).says(said);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn the_version_says_for_what_and_of_which_api() {
    let run = crate::support::run_bare(&["version", "-o", "json"]).ok();
    let document = run.json();
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["apiVersion"], "v2");
    let platform = document["platform"].as_str().unwrap();
    assert!(platform.contains(std::env::consts::OS), "{platform}");
    let table = crate::support::run_bare(&["version"]).ok().stdout;
    assert!(table.contains(env!("CARGO_PKG_VERSION")), "{table}");
}

#[test]
fn what_was_typed_does_no_harm_when_it_is_repeated() {
    for typed in ["li\u{202e}st", "li\u{1b}[31mst", "--\u{2066}x"] {
        let run = crate::support::run_bare(&[typed]).fails(2);
        let bare = |c: char| matches!(c, '\u{1b}' | '\u{202e}' | '\u{2066}');
        assert!(!run.stderr.contains(bare), "{:?}", run.stderr);
    }
}
