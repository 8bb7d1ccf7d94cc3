//! Tests of the snippets about logging.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::common::{SECRET, emulator, environment, run};

/// Runs a snippet. Returns what it has written to standard output and to standard error, and its
/// directory.
async fn play(snippet: &str, settings: Option<&str>) -> (Vec<String>, Vec<String>, PathBuf) {
    let emulator = emulator().start().await.unwrap();
    let name = format!("logging-example-{}-{snippet}", std::process::id());
    let dir = std::env::temp_dir().join(name);
    let mut variables = environment(&emulator).to_vec();
    variables.extend(settings.map(|settings| ("BCE_LOG", settings)));
    let output: Output = run("logging", &[snippet, dir.to_str().unwrap()], &variables);
    assert!(output.status.success(), "{output:?}");
    let lines = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        assert!(!text.contains(SECRET), "{text}");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    (lines(&output.stdout), lines(&output.stderr), dir)
}

fn read(dir: &Path, file: &str) -> Vec<String> {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    fs::remove_dir_all(dir).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_logged_without_set_up() {
    for snippet in ["silent", "env"] {
        let (stdout, stderr, _) = play(snippet, None).await;
        assert!(
            stdout.is_empty() && stderr.is_empty(),
            "{stdout:?} {stderr:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_one_line_at_info() {
    let (stdout, stderr, _) = play("info", None).await;
    assert!(stdout.is_empty(), "{stdout:?}");
    assert_eq!(stderr.len(), 1, "{stderr:?}");
    for part in [
        "[INFO] 2",
        " trace.rs:",
        ":bce_http::layer::trace: call finished elapsed_ms=",
        "service=\"aihc\"",
        "operation=\"DescribeDevInstances\"",
        "status=200",
        "request_id=",
        "attempts=1",
    ] {
        assert!(stderr[0].contains(part), "{part}: {stderr:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_error_and_files_have_the_same_at_debug() {
    let (_, stderr, dir) = play("size", None).await;
    assert_eq!(read(&dir, "rustsdk-log/bce.00000001.log"), stderr);
    let attempt = stderr.iter().find(|line| line.contains("attempt finished"));
    let attempt = attempt.unwrap();
    assert!(
        attempt.starts_with("[DEBUG] ") && attempt.contains(" peer=\"127.0.0.1:"),
        "{attempt}"
    );
    assert!(attempt.contains(" reused=false connect_ms="), "{attempt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_of_level_and_message_has_nothing_else() {
    let (stdout, stderr, _) = play("message", None).await;
    assert!(stderr.is_empty(), "{stderr:?}");
    assert_eq!(stdout.last().unwrap(), "[INFO] call finished");
    assert!(
        stdout.contains(&"[DEBUG] attempt finished".to_owned()),
        "{stdout:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_the_application_come_out_among_those_of_the_sdk() {
    let (_, stderr, _) = play("project", None).await;
    assert!(
        stderr[0].ends_with(": logging message using tracing with the AIHC Rust SDK"),
        "{stderr:?}"
    );
    assert!(
        stderr.iter().any(|line| line.contains("call finished")),
        "{stderr:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logger_of_one_s_own_is_apart_from_the_sdk() {
    let (_, stderr, dir) = play("own", None).await;
    let own = read(&dir, "log/bce.00000001.log");
    assert_eq!(own.len(), 2, "{own:?}");
    assert!(
        own[0].contains("in a scope") && own[1].contains("by its target"),
        "{own:?}"
    );
    assert!(
        stderr.iter().any(|line| line.contains("call finished")),
        "{stderr:?}"
    );
    assert!(
        !stderr.iter().any(|line| line.contains("my own logger")),
        "{stderr:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_chooses() {
    let (stdout, stderr, _) = play("env", Some("info,stdout,json,hyper=off")).await;
    assert!(
        stderr.is_empty() && stdout.len() == 1,
        "{stdout:?} {stderr:?}"
    );
    let record: serde_json::Value = serde_json::from_str(&stdout[0]).unwrap();
    assert_eq!(record["level"], "INFO");
    assert_eq!(record["spans"][0]["fields"]["status"], 200);
}
