//! Tests of the manual pages: how they are printed, installed and displayed.

use std::process::{Command, Stdio};

use crate::golden::assert_golden;
use crate::help::all_commands;
use crate::support::{Directory, Run, bare, run_bare};

#[test]
fn pages_say_what_the_help_says() {
    for words in ["", "context set", "list"] {
        let words: Vec<_> = words.split_whitespace().collect();
        let page = run_bare(&[&["man"], &words[..]].concat()).ok().stdout;
        let version = env!("CARGO_PKG_VERSION");
        let name = [&["aihc-dev"], &words[..]].concat().join("-");
        assert_golden(&format!("man/{name}.1"), &page.replace(version, "VERSION"));
    }
    run_bare(&["man", "nothing"])
        .fails(2)
        .says("no page about `nothing`");
}

#[test]
fn all_pages_are_installed_and_the_manual_finds_nothing_wrong_with_them() {
    let home = Directory::new("man");
    let mut command = bare();
    command.args(["man", "--install"]).env("HOME", home.path());
    let count = all_commands().count() + 1;
    let run = Run::of(command.output().unwrap()).ok();
    run.says(&format!(
        "{count} pages are in {}/.local/share/man/man1",
        home.path()
    ));
    let there = format!("{}/share", home.path());
    run_bare(&["man", "--install", &there]).ok();
    for (command, words) in all_commands() {
        let file = format!("{there}/man1/aihc-dev-{}.1", words.join("-"));
        let page = std::fs::read_to_string(&file).unwrap();
        assert!(
            page.contains(".SH EXAMPLES") || page.contains(".SH EXAMPLE"),
            "{command}"
        );
    }
    let pages: Vec<_> = std::fs::read_dir(format!("{there}/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(pages.len(), count);

    // `-z` suppresses the output, so that only warnings are printed.
    let lint = Command::new("groff")
        .args(["-man", "-Kutf8", "-Tutf8", "-ww", "-z"])
        .args(&pages)
        .output();
    match lint {
        Ok(output) => {
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success() && stderr.is_empty(), "{stderr}");
        }
        Err(error) => eprintln!("skipped: groff: {error}"),
    }
}

#[test]
fn man_shows_a_page_with_its_examples_line_by_line() {
    let home = Directory::new("man");
    run_bare(&["man", "--install", home.path()]).ok();
    let shown = Command::new("man")
        .args([
            "--warnings",
            "-P",
            "cat",
            "-l",
            &format!("{}/man1/aihc-dev-create.1", home.path()),
        ])
        .env("MANWIDTH", "100")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = shown else {
        eprintln!("skipped: man is not installed");
        return;
    };
    let stderr = String::from_utf8(output.stderr).unwrap();
    if !output.status.success() && stderr.contains("minimized") {
        eprintln!("skipped: {stderr}");
        return;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    if text.contains("minimized") {
        eprintln!("skipped: {text}");
        return;
    }
    assert_eq!(stderr, "");
    // The text without bold letters, each of which is printed twice.
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '\u{8}' => {
                plain.pop();
            }
            c => plain.push(c),
        }
    }
    for expected in [
        "NAME",
        "aihc-dev-create - Create an instance",
        "EXAMPLES",
        "aihc-dev create --file instance.yaml --wait\n",
        "GLOBAL OPTIONS",
    ] {
        assert!(plain.contains(expected), "no {expected:?} in {plain}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_a_failure_with_its_path() {
    run_bare(&["man", "--install", "/dev/null"])
        .fails(1)
        .says("/dev/null/man1");
    let mut command = bare();
    command.args(["man", "--install"]).env("HOME", "/proc");
    let run = Run::of(command.output().unwrap()).fails(1);
    run.says("/proc/.local/share/man");
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = bare().arg("man").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}
