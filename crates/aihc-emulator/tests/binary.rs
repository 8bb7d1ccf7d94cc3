//! The program: its first line, its end, its refusals.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn emulator(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aihc-emulator"));
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[cfg(test)]
mod run {
    use super::*;

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

    /// Starts the program and returns it with the address of its first line.
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
        for args in [
            &["--port", "1"][..],
            &["--listen", "127.0.0.1:0"],
            &bad_scale,
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
}
