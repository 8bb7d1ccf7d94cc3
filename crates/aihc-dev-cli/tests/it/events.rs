//! Tests of the command `events`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn events_come_oldest_first_in_every_form() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    assert_golden(
        "events.txt",
        &steady(&lab.run(&["events", &id]).ok().stdout),
    );
    let json = lab
        .run(&["events", &id, "--since", "1h", "-o", "json"])
        .ok()
        .json();
    assert_eq!(
        json,
        serde_json::Value::from(lab.run(&["events", &id, "-o", "jsonl"]).ok().lines())
    );
    assert_eq!(json[0]["reason"], "SuccessfulCreate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_terminal_folds_the_message() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let run = lab.run_with(&[("COLUMNS", "80")], &["events", &id]).ok();
    assert_golden("events-80.txt", &steady(&run.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_alone_can_be_asked_for() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.run(&["events", &id, "--type", "warning"])
        .ok()
        .says("no events");
    lab.handle()
        .fail_instance(&id, aihc_emulator::Failure::Failed, "out of memory")
        .unwrap();
    let events = lab
        .run(&["events", &id, "--type", "warning", "-o", "jsonl"])
        .ok()
        .lines();
    assert!(
        events.iter().all(|event| event["type"] == "Warning"),
        "{events:?}"
    );
    assert!(
        events
            .iter()
            .any(|event| event["message"].to_string().contains("out of memory"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn following_goes_on_with_what_happens_next_and_repeats_nothing() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let known = lab.run(&["events", &id, "-o", "jsonl"]).ok().lines().len();
    let mut command = lab.command(&[
        "events",
        &id,
        "--follow",
        "--interval",
        "5ms",
        "-o",
        "jsonl",
    ]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let before: Vec<_> = lines.by_ref().take(known).map(Result::unwrap).collect();
    lab.handle()
        .fail_instance(&id, aihc_emulator::Failure::Failed, "out of memory")
        .unwrap();
    let next = lines.next().unwrap().unwrap();
    assert!(
        next.contains("out of memory") && !before.contains(&next),
        "{next}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_an_end_is_wrong_usage() {
    let lab = Lab::new().await;
    lab.run(&["events", "dv-00000001", "--follow", "-o", "json"])
        .fails(2)
        .says("jsonl");
    assert!(lab.handle().request_counts().is_empty());
}
