//! Tests of how waits for a state end, and of their errors.

use std::time::Duration;

use aihc_dev::WaitErrorKind;
use bce_http::ErrorKind;
use bce_testing::Script;
use tokio::time::Instant;

use super::{OUTAGE, SECOND, asked, instance, reason, service, status};
use crate::common::{conf, emulated};

#[tokio::test(start_paused = true)]
async fn passing_failures_do_not_end_a_wait_and_lasting_ones_do() {
    let reset = Script::Fail("connection reset");
    let (_, client) = service([OUTAGE, reset, Script::Answer(429, ""), status(3)]);
    client.wait_until_running("dv-1").await.unwrap();

    let denied = Script::Answer(403, r#"{"code":"AccessDenied","requestId":"r-9"}"#);
    let (service_, client) = service([status(1), denied]);
    let error = client.wait_until_running("dv-1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Request, Some(&instance(1)))
    );
    assert!(error.to_string().contains("r-9"), "{error}");
    assert_eq!(service_.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn at_the_limit_the_error_says_why_it_is_queued() {
    let events = r#"{"events":[
        {"type":"Warning","reason":"Old","message":"m","lastTimestamp":100},
        {"type":"Normal","reason":"Queued","message":"m","lastTimestamp":900},
        {"type":"Warning","reason":"Second","message":"m","lastTimestamp":300},
        {"type":"Warning","reason":"Latest","message":"no node\nfits","lastTimestamp":400},
        {"type":"Warning","reason":"Third","message":"m","lastTimestamp":200}]}"#;
    let mut scripts = vec![status(0)];
    scripts.extend((0..6).map(|_| reason(1, "quota exceeded")));
    scripts.push(Script::Answer(200, events));
    let (service, client) = service(scripts);
    let error = client
        .wait_until_running("dv-1")
        .poll_interval(10 * SECOND)
        .timeout(50 * SECOND)
        .await
        .unwrap_err();
    assert!(error.is_timeout() && error.request_error().is_none());
    assert!(error.elapsed() <= 50 * SECOND && error.elapsed() >= 44 * SECOND);
    assert_eq!(
        (error.state(), error.reason()),
        (Some(&instance(1)), "quota exceeded")
    );
    let reasons: Vec<_> = error
        .warnings()
        .iter()
        .map(|event| event.reason.as_str())
        .collect();
    assert_eq!(reasons, ["Latest", "Second", "Third"]);
    let text = error.to_string();
    assert!(
        text.starts_with("waiting for dv-1 to be running: timed out after "),
        "{text}"
    );
    assert!(
        text.contains("quota exceeded; warnings: Latest: no node fits (1970-"),
        "{text}"
    );
    assert_eq!(asked(&service, "DescribeDevInstanceEvents"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_not_kept_waiting_for_events() {
    let (_, client) = service([status(19), Script::Hang]);
    let started = Instant::now();
    let error = client.wait_until_stopped("dv-1").await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert!(error.warnings().is_empty() && started.elapsed() <= 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_not_waited_for_beyond_the_limit() {
    let (_, client) = service([Script::Hang, Script::Hang]);
    let started = Instant::now();
    let wait = client.wait_until_running("dv-1").timeout(20 * SECOND);
    let error = wait.await.unwrap_err();
    assert!(error.is_timeout() && error.state().is_none());
    assert!(
        error
            .request_error()
            .is_some_and(|error| error.kind() == ErrorKind::Timeout)
    );
    assert!(started.elapsed() <= 25 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_last_read_comes_shortly_before_the_limit() {
    let (_, client) = service([status(1), status(3)]);
    let wait = client.wait_until_running("dv-1").timeout(10 * SECOND);
    let started = Instant::now();
    wait.poll_interval(60 * SECOND).await.unwrap();
    assert_eq!(started.elapsed(), 9 * SECOND);
}

#[tokio::test]
async fn a_whole_life_is_waited_for() {
    let emulator = aihc_emulator::Emulator::builder()
        .time_scale(100.0)
        .start()
        .await
        .unwrap();
    let client = emulated(&emulator);
    let quick = Duration::from_millis(10);
    let id = client
        .create_dev_instance()
        .name("n")
        .conf(conf())
        .creator("c")
        .creator_id("i")
        .await
        .unwrap()
        .dev_instance_id;
    let running = client
        .wait_until_running(&id)
        .poll_interval(quick)
        .await
        .unwrap();
    assert_eq!(running.id, id);
    client.stop_dev_instance(&id).await.unwrap();
    client
        .wait_until_stopped(&id)
        .poll_interval(quick)
        .await
        .unwrap();
    client.start_dev_instance(&id).await.unwrap();
    client
        .wait_until_running(&id)
        .poll_interval(quick)
        .await
        .unwrap();
    emulator
        .handle()
        .fail_instance(&id, aihc_emulator::Failure::Abnormal, "the disk is gone")
        .unwrap();
    let error = client.wait_until_running(&id).await.unwrap_err();
    assert_eq!(error.reason(), "the disk is gone");
    assert!(
        error
            .warnings()
            .iter()
            .any(|event| event.message.contains("the disk is gone"))
    );
    client.delete_dev_instance(&id).await.unwrap();
    client
        .wait_until_deleted(&id)
        .poll_interval(quick)
        .await
        .unwrap();
}
