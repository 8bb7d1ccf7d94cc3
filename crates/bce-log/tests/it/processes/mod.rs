//! Tests that need a separate process: the global logger, standard streams, panics, two writers.
//!
//! A test starts this program again as a child process that runs only the test [`scene`]. The
//! variable [`SCENE`] names the scene, that is, the code that the child runs. Before that, the test
//! harness of the child writes to standard output; [`text`] removes this part.

#[cfg(unix)]
mod default_dir;
mod scenes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use crate::common::Dir;

/// The environment variable that contains the name of the scene, that is, the code that a child
/// process runs, and on the following lines its arguments.
const SCENE: &str = "BCE_LOG_TEST_SCENE";

/// In the output of a child process, the line that separates what the test harness writes from what
/// the tested code writes.
const BEGINNING: &str = "the scene begins\n";

/// In a child process, runs the code (scene) that the variable [`SCENE`] names. Does nothing if the
/// variable is not set.
#[test]
#[ignore = "the other tests start it, as a process of its own with a scene to play; without one there is nothing to test"]
fn scene() {
    let Ok(scene) = env::var(SCENE) else { return };
    let mut lines = scene.split('\n').map(str::to_owned);
    let name = lines.next().unwrap();
    let arguments: Vec<_> = lines.collect();
    print!("{BEGINNING}");
    let played = std::panic::catch_unwind(|| scenes::play(&name, &arguments));
    std::process::exit(if played.is_ok() { 0 } else { 101 });
}

fn child(scene: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "processes::scene", "--ignored", "--nocapture"])
        .env(SCENE, [&[scene], arguments].concat().join("\n"))
        .env_remove("BCE_LOG");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the standard output of a child process, without that of the test harness, and its
/// standard error.
fn text(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let stdout = text(&output.stdout);
    let (_, stdout) = stdout.split_once(BEGINNING).unwrap();
    (stdout.to_owned(), text(&output.stderr))
}

#[test]
fn nothing_is_written_without_set_up() {
    let output = child("silent", &[]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(text(&output), Default::default());
}

#[test]
fn the_environment_sets_up_the_global_logger() {
    for (outputs, on_stdout, on_stderr) in [
        ("", false, true),
        (",stdout", true, false),
        (",stderr", false, true),
        (",stdout,stderr", true, true),
    ] {
        let line = format!("debug,format=level+message{outputs}");
        let output = child("env", &[]).env("BCE_LOG", line).output().unwrap();
        let expected = |there| {
            if there {
                "[DEBUG] first\n[INFO] second\n"
            } else {
                ""
            }
        };
        let (stdout, stderr) = text(&output);
        assert_eq!(stdout, expected(on_stdout), "{outputs}");
        assert_eq!(stderr, expected(on_stderr), "{outputs}");
    }
}

#[test]
fn a_mistake_in_the_environment_is_an_error() {
    let output = child("env", &[]).env("BCE_LOG", "inof").output().unwrap();
    assert!(!output.status.success());
    assert!(text(&output).1.contains("inof"), "{output:?}");
}

#[test]
fn there_is_one_global_logger() {
    let output = child("twice", &[]).output().unwrap();
    assert_eq!(
        text(&output).0,
        "this program already has a global logger\n"
    );
}

#[test]
fn threads_without_a_logger_take_nothing_from_one() {
    let dir = Dir::created();
    let dir = dir.as_ref();
    let output = child("scoped", &[dir.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(dir.join("bce.log")).unwrap(), "shown\n");
}

#[test]
fn a_panic_is_recorded_and_the_earlier_hook_called() {
    let dir = Dir::created();
    let dir = dir.as_ref();
    let output = child("panic", &[dir.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(101));
    assert_eq!(text(&output).0, "the earlier hook\nthe earlier hook\n");
    let log = fs::read_to_string(dir.join("bce.log")).unwrap();
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(
        lines[0].starts_with("[PANIC] ") && lines[0].contains(" scenes.rs:"),
        "{log}"
    );
    assert!(
        lines[0].ends_with(r#": two\nlines 1 thread="worker""#),
        "{log}"
    );
    assert!(
        lines[1].starts_with("[FATAL] ") && lines[1].ends_with(": goes on"),
        "{log}"
    );
    assert!(
        lines[2].ends_with(r#": the end thread="processes::scene""#),
        "{log}"
    );
}

#[test]
fn panics_can_have_a_logger_of_their_own() {
    let dir = Dir::created();
    let dir = dir.as_ref();
    let output = child("panic on a route", &[dir.to_str().unwrap()]).output();
    assert_eq!(text(&output.unwrap()).0, "");
    let log = fs::read_to_string(dir.join("bce.log")).unwrap();
    assert_eq!(log, "the end\n");
}

#[test]
fn nothing_is_lost_when_a_program_aborts() {
    let dir = Dir::created();
    let dir = dir.as_ref();
    let output = child("abort", &[dir.to_str().unwrap()]).output().unwrap();
    assert!(!output.status.success());
    let log = fs::read_to_string(dir.join("bce.log")).unwrap();
    let expected: String = (0..1000).map(|number| format!("{number}\n")).collect();
    assert_eq!(log, expected);
}

#[test]
fn a_failing_disk_is_announced_once_and_other_outputs_go_on() {
    let dir = Dir::created();
    let dir = dir.as_ref();
    if cfg!(windows) {
        // A directory with an open file cannot be deleted on this system.
        return;
    }
    let output = child("disk", &[dir.to_str().unwrap()]).output().unwrap();
    let (stdout, stderr) = text(&output);
    assert_eq!(stdout, "1\n2\n3\n4\nlost 2\n");
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(
        lines[0].contains("cannot write") && lines[0].contains("bce.log"),
        "{stderr}"
    );
    assert!(
        lines[1].contains("writing again") && lines[1].contains("2 records"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(dir.join("bce.log")).unwrap(), "4\n");
}

#[test]
fn two_processes_lose_and_split_nothing() {
    let dir = Dir::created();
    let root = dir.as_ref();
    let names = ["a", "b"];
    for rotation in ["minute", "30000"] {
        let dir = root.join(rotation);
        write_together(&dir, names, rotation, "0");
        let mut lines = Vec::new();
        for path in files(&dir) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.ends_with('\n') || text.is_empty());
            let limit: usize = rotation.parse().unwrap_or(usize::MAX - 200);
            // A record of the other process may come in between.
            assert!(text.len() <= limit + 200, "{path:?}: {}", text.len());
            lines.extend(text.lines().map(str::to_owned));
        }
        assert!(files(&dir).len() > 20);
        let distinct: BTreeSet<_> = lines.iter().collect();
        assert_eq!(lines.len(), 2 * 8 * 2000, "{rotation}");
        assert_eq!(distinct.len(), lines.len(), "{rotation}");
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with('<') && line.ends_with('>'))
        );

        // With a limit: whole records, and no surplus files.
        let dir = root.join(format!("{rotation}-bounded"));
        write_together(&dir, names, rotation, "3");
        assert!((1..=4).contains(&files(&dir).len()), "{:?}", files(&dir));
        for path in files(&dir) {
            let text = fs::read_to_string(path).unwrap();
            assert!(
                text.lines()
                    .all(|line| line.starts_with('<') && line.ends_with('>'))
            );
        }
    }
}

fn write_together(dir: &Path, names: [&str; 2], rotation: &str, keep: &str) {
    let dir = dir.to_str().unwrap();
    let start = |name| {
        child("writer", &[dir, name, rotation, keep])
            .spawn()
            .unwrap()
    };
    for child in names.map(start) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
