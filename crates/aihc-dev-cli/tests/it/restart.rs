//! Tests of the command `restart`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use aihc_emulator::{Delays, Fault, FaultRule};
use serde_json::json;

use crate::interrupt::send;
use crate::support::Lab;

const YES: [&str; 3] = ["--yes", "--interval", "5ms"];

#[tokio::test(flavor = "multi_thread")]
async fn several_are_stopped_and_run_again_and_a_stopped_one_is_only_started() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    lab.run(&["stop", &b, "--wait", "--interval", "5ms"]).ok();
    let stops = lab.count("StopDevInstance");
    let run = lab.run(&[&["restart", &a, "b", "-o", "json"], &YES[..]].concat());
    assert_eq!(
        run.ok().json(),
        json!([{"id": a, "result": "running"}, {"id": b, "name": "b", "result": "running"}])
    );
    assert_eq!((lab.status(&a), lab.status(&b)), (3, 3));
    assert_eq!(lab.count("StopDevInstance"), stops + 1);
    assert_eq!(lab.count("StartDevInstance"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restarted_unless_somebody_agrees() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    lab.run(&["restart", &id]).fails(2).says("--yes");
    let no = lab.run_on_terminal(&[], &["restart", &id], &[("[y/N]", "n\n")]);
    assert!(no.stdout.contains("first  running"), "{no:#?}");
    assert!(no.stdout.contains("nothing was restarted"), "{no:#?}");
    assert_eq!(no.code, Some(7));
    assert_eq!(lab.count("StopDevInstance"), 0);
    let yes = ["restart", &id, "--interval", "5ms"];
    let yes = lab.run_on_terminal(&[], &yes, &[("[y/N]", "y\n")]);
    assert!(yes.ok().stdout.contains("running"));
    assert_eq!(lab.count("StopDevInstance"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_after_the_stop_says_that_it_is_stopped_and_how_it_starts() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    lab.refuse("StartDevInstance", 403, "Forbidden", "no quota");
    let run = lab.run(&[&["restart", &a, &b, "-o", "json"], &YES[..]].concat());
    let run = run.fails(1).says("403 Forbidden");
    for (at, id) in [(0, &a), (1, &b)] {
        let told = format!("{id} is stopped, unless the start has succeeded");
        let how = format!("start it with `aihc-dev start {id}`");
        assert!(run.stderr.contains(&told) && run.stderr.contains(&how));
        let message = run.json()[at]["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.contains(&told), "{message}");
        assert_eq!(lab.status(id), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_is_refused_leaves_nothing_behind_and_says_nothing_of_it() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    lab.refuse("StopDevInstance", 403, "Forbidden", "not now");
    let run = lab.run(&[&["restart", &id], &YES[..]].concat()).fails(1);
    assert!(!run.stderr.contains("is stopped"), "{run:#?}");
    assert_eq!(lab.count("StartDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_unknown_fate_is_code_6_and_is_not_followed_by_another_one() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let lost = |action: &str| {
        let fault = Fault::new().status(500).code("InternalError");
        lab.handle()
            .inject(FaultRule::new(fault).action(action).always())
            .unwrap();
    };
    lost("StartDevInstance");
    let run = lab.run(&[&["restart", &id, "--retries", "0"], &YES[..]].concat());
    run.fails(6)
        .says("is stopped, unless the start has succeeded");
    lab.run(&["start", &id]).fails(6);
    lost("StopDevInstance");
    let other = lab.running("second").await;
    let run = lab.run(&[&["restart", &other, "--retries", "0"], &YES[..]].concat());
    run.fails(6).says("may have been made");
    assert!(lab.count("StartDevInstance") >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_counts_for_each_wait() {
    let mut delays = Delays::default();
    delays.creating = Duration::ZERO;
    delays.queued = Duration::ZERO;
    delays.deploying = Duration::ZERO;
    delays.stopping = Duration::from_secs(3600);
    let lab = Lab::with(1.0, delays).await;
    let id = lab.running("first").await;
    let run = lab.run(&[&["restart", &id, "--timeout", "1s"], &YES[..]].concat());
    run.fails(5)
        .says(&format!("{id} is being stopped and was not started again"));
}

/// Tests Ctrl-C during `restart`, after the stop and before the start.
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_in_between_says_what_is_left() {
    let mut delays = Delays::default();
    delays.creating = Duration::ZERO;
    delays.queued = Duration::ZERO;
    delays.deploying = Duration::ZERO;
    delays.stopping = Duration::from_secs(3600);
    let lab = Lab::with(1.0, delays).await;
    let id = lab.running("first").await;
    let mut command = lab.command(&[&["restart", &id], &YES[..]].concat());
    let child = command.stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = child.spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("stopping") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0);
    }
    send(&child, "INT");
    let mut text = String::new();
    stderr.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
    assert!(
        text.contains(&format!("StopDevInstance {id}: accepted")),
        "{text}"
    );
    assert!(
        text.contains(&format!("start it with `aihc-dev start {id}`")),
        "{text}"
    );
}
