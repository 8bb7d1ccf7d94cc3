//! Tests of the emulator as a program: its output, its options, how it ends, and what it refuses.

use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::net::TcpStream;
#[cfg(unix)]
use std::process::Child;
use std::process::{Command, Output, Stdio};

fn emulator(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aihc-emulator"));
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

const ARGS: [&str; 6] = [
    "--listen",
    "127.0.0.1:0",
    "--access-key",
    "ak",
    "--secret-key",
    "s3cret",
];

fn output(args: &[&str]) -> Output {
    emulator(args).output().unwrap()
}

/// Starts the emulator as a program. Returns the process, and the address in the first line of its
/// output.
#[cfg(unix)]
fn start() -> (Child, String) {
    let mut child = emulator(&ARGS).spawn().unwrap();
    let mut line = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line
        .strip_prefix("aihc-emulator listening on http://")
        .and_then(|rest| rest.strip_suffix('\n'));
    let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
    (child, address)
}

#[cfg(unix)]
fn ends_cleanly_on(signal: &str) {
    let (mut child, address) = start();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert!(!stderr.contains("s3cret"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn sigterm_ends_it_cleanly() {
    ends_cleanly_on("-TERM");
}

#[test]
#[cfg(unix)]
fn sigint_ends_it_cleanly() {
    ends_cleanly_on("-INT");
}

#[cfg(unix)]
/// Returns the addresses in the first `lines` lines of the program's output.
fn addresses(child: &mut Child, lines: usize) -> Vec<String> {
    let stdout = BufReader::new(child.stdout.as_mut().unwrap());
    stdout
        .lines()
        .take(lines)
        .map(|line| line.unwrap().rsplit_once("http://").unwrap().1.to_owned())
        .collect()
}

#[cfg(unix)]
/// Sends a request without a signature, and returns the body of the response.
fn ask(address: &str, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}"
    );
    write!(stream, "{head}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[cfg(unix)]
fn end(mut child: Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
#[cfg(unix)]
fn instances_survive_from_one_run_to_the_next() {
    let directory = std::env::temp_dir().join(format!("emulator-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("state.json");
    let file = file.to_str().unwrap();
    let control = ["--control", "127.0.0.1:0"];

    let first = [&ARGS[..], &control, &["--save", file]].concat();
    let mut child = emulator(&first).spawn().unwrap();
    let found = addresses(&mut child, 2);
    let body = r#"{"prefix": "kept", "count": 3}"#;
    ask(&found[1], "POST /instances", body);
    let before = ask(&found[1], "GET /instances", "");
    end(child);
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);

    let second = [&ARGS[..], &control, &["--restore", file]].concat();
    let mut child = emulator(&second).spawn().unwrap();
    let found = addresses(&mut child, 2);
    assert_eq!(ask(&found[1], "GET /instances", ""), before);
    assert!(before.contains("kept-2"), "{before}");
    end(child);

    std::fs::write(file, "{}").unwrap();
    let broken = output(&second);
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        String::from_utf8(broken.stderr)
            .unwrap()
            .contains("state.json")
    );
    let saved = [&second[..], &["--save", file]].concat();
    assert_eq!(output(&saved).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(file).unwrap(), "{}");
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
#[cfg(unix)]
fn a_gateway_answers_when_the_control_port_is_told_so() {
    let args = [&ARGS[..], &["--control", "127.0.0.1:0"]].concat();
    let mut child = emulator(&args).spawn().unwrap();
    let found = addresses(&mut child, 2);
    let rule = r#"{"status": 200, "gateway": "json", "body": "{\"error\":\"no\"}", "server": "g"}"#;
    ask(&found[1], "POST /faults", rule);
    let given = ask(&found[1], "GET /faults", "");
    assert!(given.contains(r#""gateway":"json""#), "{given}");
    let answer = ask(&found[0], "GET /?action=DescribeDevInstances", "");
    assert_eq!(answer, r#"{"error":"no"}"#);
    end(child);
}

#[test]
fn a_path_that_cannot_be_saved_to_is_told_before_anything_runs() {
    for path in ["/no/such/directory/state.json", "/"] {
        let output = output(&[&ARGS[..], &["--save", path]].concat());
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert!(output.stdout.is_empty());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(path), "{message}");
    }
}

/// Checks that the program raises its own soft limit of open files, which the test lowers.
#[test]
#[cfg(target_os = "linux")]
fn a_thousand_connections_are_served_at_once_whatever_the_soft_limit() {
    let limit = rlimit::increase_nofile_limit(4096).unwrap();
    assert!(limit >= 2048, "the test itself needs open files: {limit}");
    let line = format!(
        "ulimit -Sn 256; exec {} {}",
        env!("CARGO_BIN_EXE_aihc-emulator"),
        ARGS.join(" ")
    );
    let mut command = Command::new("sh");
    let command = command.args(["-c", &line]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let address = addresses(&mut child, 1).remove(0);
    let mut open: Vec<TcpStream> = (0..1000)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    for _ in 0..2 {
        for stream in &mut open {
            stream
                .write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
                .unwrap();
        }
        for stream in &mut open {
            let mut answer = [0; 4096];
            let read = stream.read(&mut answer).unwrap();
            assert!(answer[..read].starts_with(b"HTTP/1.1 404 "));
        }
    }
    end(child);
    for mut stream in open {
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    }
}

#[test]
fn help_goes_to_standard_output() {
    let output = output(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("--access-key AK")
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn wrong_arguments_end_with_two_and_a_line_on_standard_error() {
    let bad_scale = [&ARGS[..], &["--time-scale", "fast"]].concat();
    let bad_scenario = [&ARGS[..], &["--scenario", "places=1"]].concat();
    for args in [
        &["--port", "1"][..],
        &["--listen", "127.0.0.1:0"],
        &bad_scale,
        &bad_scenario,
    ] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with("aihc-emulator: --") || message.contains("--port"));
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn an_address_that_cannot_be_listened_on_ends_with_one() {
    let mut args = ARGS;
    args[1] = "no such host:1";
    let output = output(&args);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no such host:1")
    );
}

/// Checks that `--resources` accepts a file or `none`, and that an error states the position in the
/// file.
#[test]
fn resources_come_from_a_file_or_not_at_all() {
    let folder = std::env::temp_dir();
    let path = folder.join(format!(
        "aihc-emulator-resources-{}.json",
        std::process::id()
    ));
    let path = path.to_str().unwrap();
    let run = |document: &str| {
        std::fs::write(path, document).unwrap();
        output(&[&ARGS[..], &["--resources", path]].concat())
    };
    for (document, part) in [
        (
            r#"{"pools": [{"id": "p", "name": "n", "type": "x"}]}"#,
            "pools[0].type",
        ),
        ("{", "line 1 column 1"),
        (r#"{"pool": []}"#, "unknown field `pool`"),
    ] {
        let output = run(document);
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(path) && stderr.contains(part), "{stderr}");
    }
    for resources in [path, "none"] {
        std::fs::write(path, "{}").unwrap();
        let mut child = emulator(&[&ARGS[..], &["--resources", resources]].concat())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(line.starts_with("aihc-emulator listening on"), "{line}");
    }
    std::fs::remove_file(path).unwrap();
}
