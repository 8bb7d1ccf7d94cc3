//! Tests of questions on a terminal.

#![cfg(unix)]

use std::process::{Command, Stdio};

use crate::support::Lab;

/// A Python program that runs another program on a terminal, and types an answer when that program
/// asks. It prints the screen and the exit code.
const ANSWER: &str = r#"
import os, pty, select, sys, time
answer = sys.argv[1].encode().decode('unicode_escape').encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
screen, answered = '', False
limit = time.monotonic() + 30
while time.monotonic() < limit:
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            read = os.read(terminal, 65536)
        except OSError:
            break
        if not read:
            break
        screen += read.decode(errors='replace')
    if '[y/N]' in screen and not answered:
        os.write(terminal, answer)
        answered = True
print(screen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

/// Runs a command on a terminal, and types `answer` when the command asks. Returns the exit code,
/// and what the terminal shows.
fn answered(lab: &Lab, arguments: &[&str], answer: &str) -> (Option<i32>, String) {
    let tool = lab.command(arguments);
    let mut command = Command::new("python3");
    command.args(["-c", ANSWER, answer]);
    command.arg(tool.get_program()).args(tool.get_args());
    command.env_clear().env("PATH", "/usr/bin:/bin");
    for (name, value) in tool.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), screen)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_yes_is_one_and_all_else_is_code_7() {
    let lab = Lab::with_long_jobs().await;
    lab.job("train", 1).await;
    let id = lab.running("a").await;
    for (arguments, said) in [
        (&["delete", "a"][..], "no instance was deleted"),
        (&["rm", "a"], "no instance was deleted"),
        (&["stop", "--mine"], "no instance was stopped"),
        (&["jobs", "stop", "train"], "no job was stopped"),
    ] {
        // The end of the input also counts as no.
        for answer in ["n\\n", "\\n", "ja\\n", "\\x04"] {
            let (code, screen) = answered(&lab, arguments, answer);
            assert_eq!(code, Some(7), "{arguments:?} {answer}: {screen}");
            assert!(screen.contains(said), "{screen}");
        }
    }
    assert_eq!(
        (lab.count("DeleteDevInstance"), lab.count("StopDevInstance")),
        (0, 0)
    );
    assert_eq!(lab.count("StopJob"), 0);
    let (code, screen) = answered(&lab, &["delete", "a"], "y\\n");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains(&id), "{screen}");
    assert_eq!(lab.count("DeleteDevInstance"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_shows_beside_a_no() {
    let lab = Lab::new().await;
    lab.running("a").await;
    let (code, screen) = answered(&lab, &["delete", "a", "dv-0000dead"], "n\\n");
    assert_eq!(code, Some(7), "{screen}");
    assert!(
        screen.contains("dv-0000dead: ") && screen.contains("NotFound"),
        "{screen}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_in_a_question_is_plain() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let (code, screen) = answered(&lab, &["stop", "--mine"], "n\\n");
    assert_eq!(code, Some(7), "{screen}");
    assert!(
        screen.contains(&id) && screen.contains("running"),
        "{screen}"
    );
    assert!(
        !screen.contains("\\u{1b}") && !screen.contains('\x1b'),
        "{screen}"
    );
}
