//! Tests of the command `wait` and the progress that it shows.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use aihc_emulator::Failure;

use crate::support::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_the_state_and_tells_the_way_line_by_line() {
    let lab = Lab::new().await;
    let ids = [lab.create("a").await, lab.create("b").await];
    let run = lab
        .run(&["wait", &ids[0], &ids[1], "--interval", "5ms"])
        .ok();
    for id in &ids {
        assert!(run.stdout.contains(&format!("{id}  running")), "{run:#?}");
        assert!(run.stderr.contains(&format!("{id}  running")), "{run:#?}");
    }
    assert!(!run.stderr.contains(['\r', '\x1b']), "{run:#?}");
    lab.run(&["delete", "--yes", &ids[0]]).ok();
    lab.run(&["wait", &ids[0], "--for", "deleted", "--interval", "5ms"])
        .ok();
    lab.run(&["wait", "dv-0000dead", "--for", "deleted"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_event_is_told() {
    let lab = Lab::with_a_full_queue().await;
    let id = lab.create("a").await;
    let mut command = lab.command(&["wait", &id, "--interval", "20ms"]);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let event = format!("{id}  event SuccessfulCreate: Created pod");
    assert!(lines.any(|line| line.contains(&event)));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_passes_is_code_5_and_says_the_last_state() {
    let lab = Lab::with_a_full_queue().await;
    let id = lab.create("a").await;
    let run = lab
        .run(&["wait", &id, "--timeout", "1s", "--interval", "20ms"])
        .fails(5);
    // The id is printed only once.
    let line = run
        .stderr
        .lines()
        .find(|line| line.starts_with("aihc-dev: "));
    assert_eq!(line.unwrap().matches(&id).count(), 1, "{run:?}");
    run.says("queued").says("wait longer with --timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_fails_is_code_1_and_says_why() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.handle()
        .fail_instance(&id, Failure::Abnormal, "the disk is broken")
        .unwrap();
    lab.run(&["wait", &id, "--for", "running"])
        .fails(1)
        .says("the disk is broken");
    lab.run(&["wait", &id, "--for", "stopped"])
        .fails(1)
        .says("abnormal");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_not_there_is_refused() {
    let lab = Lab::new().await;
    lab.run(&["wait", "dv-0000dead", "--for", "stopped"])
        .fails(1)
        .says("403 NotFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_started_is_said_to_be_stopped() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.run(&["stop", "a", "--wait", "--interval", "5ms"]).ok();
    let short = ["--timeout", "300ms", "--interval", "20ms"];
    for instance in ["a", &id] {
        let run = lab.run(&[&["wait", instance], &short[..]].concat());
        let run = run.fails(5).says(&format!(
            "hint: it is stopped, and waiting does not start it: use `aihc-dev start {instance}`"
        ));
        assert!(!run.stderr.contains("goes on"), "{run:#?}");
    }
    lab.run(&[&["wait", "a", "--for", "deleted"], &short[..]].concat())
        .fails(5)
        .says("wait longer with --timeout");
}
