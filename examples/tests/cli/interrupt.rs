//! Ctrl-C.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::support::Lab;

/// What Ctrl-C sends.
pub(crate) fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(sent.success());
}

/// The rest of standard error, and the exit code.
fn end(mut child: Child, mut stderr: impl std::io::Read) -> (Option<i32>, String) {
    let mut text = String::new();
    stderr.read_to_string(&mut text).unwrap();
    (child.wait().unwrap().code(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_ends_at_once_and_leaves_the_instance_as_it_is() {
    let lab = Lab::with_a_full_queue().await;
    let id = lab.create("a").await;
    let mut command = lab.command(&["wait", &id, "--interval", "20ms"]);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("queued") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).unwrap() > 0,
            "it ended by itself"
        );
    }
    interrupt(&child);
    let (code, text) = end(child, stderr);
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("aihc-dev: interrupted"), "{text}");
    assert_eq!(lab.status(&id), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_is_waited_for_was_accepted() {
    let lab = Lab::with_a_full_queue().await;
    let mut command = lab.command(&[
        "create",
        "--wait",
        "--interval",
        "20ms",
        "--name",
        "n",
        "--creator",
        "c",
        "--creator-id",
        "i",
        "--queue",
        "q",
        "--cpus",
        "1",
        "--memory",
        "1",
        "--image",
        "i",
        "--disk",
        "100",
    ]);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("created dv-"), "{line}");
    interrupt(&child);
    let (code, text) = end(child, stderr);
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("CreateDevInstance: accepted"), "{text}");
}

/// Interrupts the command as soon as a service that never answers has got a request of it.
async fn interrupted_call(arguments: &[&str]) -> (Option<i32>, String) {
    let lab = Lab::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let arguments = [arguments, &["--endpoint", &endpoint]].concat();
    let mut command = lab.command(&arguments);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let stderr = child.stderr.take().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
    interrupt(&child);
    end(child, stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_has_no_answer_yet_may_have_been_applied() {
    let (code, text) = interrupted_call(&["stop", "dv-1"]).await;
    assert_eq!(code, Some(130), "{text}");
    assert!(
        text.contains("StopDevInstance dv-1: may have been applied"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_still_reading_has_changed_nothing() {
    let (code, text) = interrupted_call(&["stop", "--mine", "--yes"]).await;
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("no change was sent"), "{text}");
    let (code, text) = interrupted_call(&["list"]).await;
    assert_eq!(
        (code, text.as_str()),
        (Some(130), "aihc-dev: interrupted\n")
    );
}
