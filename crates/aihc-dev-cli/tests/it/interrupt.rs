//! Tests of Ctrl-C and other signals.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::support::{CREATE, Lab};

/// Sends the signal that Ctrl-C causes.
fn interrupt(child: &Child) {
    send(child, "INT");
}

/// Sends the signal that has this name, without `SIG`.
pub(crate) fn send(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let signal = format!("-{signal}");
    let sent = Command::new("kill").args([&signal, &pid]).status().unwrap();
    assert!(sent.success());
}

/// Waits until the command ends. Returns its exit code, and what it has written to standard error.
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
    let mut command = lab.command(&CREATE);
    command.args(["--wait", "--interval", "20ms"]);
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
    assert!(text.contains("CreateDevInstance n: accepted"), "{text}");
}

/// Runs a command with a service that does not respond, and interrupts it as soon as the service
/// has received its request.
async fn interrupted_call(arguments: &[&str]) -> (Option<i32>, String) {
    call_ended_by("INT", arguments).await
}

async fn call_ended_by(signal: &str, arguments: &[&str]) -> (Option<i32>, String) {
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
    send(&child, signal);
    end(child, stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_has_no_answer_yet_may_have_been_applied() {
    let (code, text) = interrupted_call(&["stop", "dv-00000001"]).await;
    assert_eq!(code, Some(130), "{text}");
    assert!(
        text.contains("StopDevInstance dv-00000001: may have been applied"),
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

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_and_sighup_say_what_ctrl_c_says() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let (found, text) = call_ended_by(signal, &["delete", "dv-00000001", "--yes"]).await;
        assert_eq!(found, Some(code), "{text}");
        assert!(text.contains(&format!("ended by SIG{signal}")), "{text}");
        assert!(
            text.contains("DeleteDevInstance dv-00000001: may have been applied"),
            "{text}"
        );
        let (found, text) = call_ended_by(signal, &["stop", "--mine", "--yes"]).await;
        assert_eq!(found, Some(code), "{text}");
        assert!(text.contains("no change was sent"), "{text}");
    }
}

/// Tests signals that are ignored when the command starts, as with `nohup`.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn signals_that_were_ignored_before_stay_ignored() {
    let lab = Lab::with_a_full_queue().await;
    let id = lab.create("a").await;
    for signal in ["HUP", "TERM"] {
        let tool = lab.command(&[]);
        // The result must not depend on the signals that the tests themselves ignore.
        let mut command = Command::new("/usr/bin/env");
        command.env_clear().envs(
            tool.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let script = format!("trap '' {signal}; exec \"$@\"");
        let mut child = command
            .args(["--default-signal", "/bin/sh", "-c", &script, "sh"])
            .arg(env!("CARGO_BIN_EXE_aihc-dev"))
            .args(["wait", &id, "--interval", "20ms"])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        send(&child, signal);
        // The command goes on, and sends further requests.
        let before = lab.count("DescribeDevInstance");
        while lab.count("DescribeDevInstance") < before + 5 {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            tokio::task::yield_now().await;
        }
        interrupt(&child);
        let (code, text) = end(child, stderr);
        assert_eq!(code, Some(130), "{text}");
    }
}

/// Tests a command that is blocked in a write, because nobody reads from the pipe, which is full.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_stuck_ends_as_well() {
    let lab = Lab::new().await;
    for number in 0..150 {
        lab.create(&format!("a-rather-long-name-{number}")).await;
    }
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut command = lab.command(&["list", "--all-pages", "-o", "jsonl"]);
        let mut child = command
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        // The command has begun to write.
        stdout.read_exact(&mut [0]).unwrap();
        send(&child, signal);
        let (found, text) = end(child, stderr);
        assert_eq!(found, Some(code), "{text}");
        drop(stdout);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_waits_for_its_input_ends_as_well() {
    let lab = Lab::new().await;
    let file = ["create", "--file", "-"];
    let pack = [
        "pack-image",
        "dv-00000001",
        "--registry",
        "r",
        "--namespace",
        "n",
        "--username",
        "u",
        "--name",
        "n",
        "--tag",
        "t",
        "--password-stdin",
    ];
    for arguments in [&file[..], &pack] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = lab.command(arguments);
        let mut child = command
            .stdin(reader)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        drop(command);
        let stderr = child.stderr.take().unwrap();
        interrupt_when_it_hears(&child);
        let (code, text) = end(child, stderr);
        assert_eq!(code, Some(130), "{text}");
        drop(writer);
    }
    assert!(lab.handle().request_counts().is_empty());
}

/// Interrupts a command once it handles signals. An earlier signal would end it without any output.
#[cfg(target_os = "linux")]
fn interrupt_when_it_hears(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let hears = || {
        let Ok(status) = std::fs::read_to_string(&status) else {
            return true;
        };
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.is_some_and(|mask| mask & 0b10 != 0)
    };
    while !hears() {
        std::thread::yield_now();
    }
    interrupt(child);
}
