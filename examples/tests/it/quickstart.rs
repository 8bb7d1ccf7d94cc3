//! Tests of the quickstart as a process, with its output and its exit code.

use std::process::{Command, Output};

use aihc_emulator::Emulator;

/// Runs the program with only these environment variables.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .args(arguments)
        .env_clear()
        // Without this variable, sockets do not work on Windows.
        .envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)))
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn last_line(output: &[u8]) -> String {
    String::from_utf8_lossy(output)
        .lines()
        .last()
        .unwrap_or("")
        .to_owned()
}

#[test]
fn without_an_account_it_walks_all_operations() {
    let output = run(&[], &[]);
    assert!(output.status.success());
    assert_eq!(last_line(&output.stdout), "quickstart: 11 operations ok");
    let text = String::from_utf8_lossy(&output.stdout);
    let valid = text.lines().find(|line| line.contains("valid until"));
    assert!(valid.is_some_and(|line| line.ends_with('Z')), "{valid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_credentials_it_only_reads() {
    let emulator = Emulator::builder()
        .access_key("my-key", "my-secret")
        .start()
        .await
        .unwrap();
    let environment = [
        ("BCE_ACCESS_KEY_ID", "my-key"),
        ("BCE_SECRET_ACCESS_KEY", "my-secret"),
        ("AIHC_ENDPOINT", emulator.endpoint()),
    ];
    for arguments in [&[][..], &["--endpoint", emulator.endpoint()]] {
        let output = run(arguments, &environment);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("read-only, nothing is changed"), "{text}");
        assert_eq!(
            last_line(&output.stdout),
            "quickstart: 1 read-only operations ok"
        );
    }
    assert!(emulator.handle().instances().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_and_the_key_stays_out_of_it() {
    let emulator = Emulator::builder()
        .access_key("my-key", "my-secret")
        .start()
        .await
        .unwrap();
    let environment = [
        ("BCE_ACCESS_KEY_ID", "my-key"),
        ("BCE_SECRET_ACCESS_KEY", "a-wrong-secret"),
    ];
    let output = run(&["--endpoint", emulator.endpoint()], &environment);
    assert_eq!(output.status.code(), Some(1));
    let error = last_line(&output.stderr);
    assert!(
        error.contains("DescribeDevInstances failed: 400 SignatureDoesNotMatch"),
        "{error}"
    );
    assert!(!error.contains("a-wrong-secret"), "{error}");
}

#[test]
fn half_a_credential_and_wrong_arguments_are_refused() {
    let output = run(&[], &[("BCE_ACCESS_KEY_ID", "my-key")]);
    assert_eq!(output.status.code(), Some(1));
    let error = last_line(&output.stderr);
    assert!(error.contains("BCE_SECRET_ACCESS_KEY"), "{error}");
    assert_eq!(run(&["--nonsense"], &[]).status.code(), Some(2));
}
