//! Tests of waits for states of jobs and services.

use std::time::Duration;

use aihc::jobs::JobStatus;
use aihc::services::ServiceState;
use aihc::wait::{State, WaitErrorKind};

use crate::common::Service;

fn job(status: &str) -> String {
    format!(
        r#"{{"requestId":"r","jobId":"job-1","status":"{status}","jobTimeLine":[
            {{"conditionMessage":"queued for cards","time":"2025-05-13T02:22:41Z"}},
            {{"conditionMessage":"created","time":"2025-05-13T02:22:40Z"}}]}}"#
    )
}

fn service(states: &[i64]) -> Vec<String> {
    let body = |state: &i64| {
        format!(
            r#"{{"requestId":"r","status":{{"briefStat":{{"status":{state},"reason":"probe failed"}}}}}}"#
        )
    };
    states.iter().map(body).collect()
}

fn answering(bodies: &[String]) -> Service {
    Service::answering(bodies.iter().map(String::as_str))
}

const EVENTS: &str = r#"{"requestId":"r","events":[
    {"type":"Normal","reason":"Created","message":"pod","lastTimestamp":"2025-05-13 02:23:00 +0000 UTC"},
    {"type":"Warning","reason":"Older","message":"m","lastTimestamp":"2025-05-13 02:22:40 +0000 UTC"},
    {"type":"Warning","reason":"FailedScheduling","message":"0/3 nodes are available","firstTimestamp":"2025-05-13 02:22:50 +0000 UTC"}]}"#;

#[tokio::test(start_paused = true)]
async fn a_job_is_waited_for_until_it_runs() {
    let service = answering(&["Created", "Starting", "Running"].map(job));
    let mut states = Vec::new();
    let wait = service.client().wait_until_job_running("p", "q", "job-1");
    let wait = wait.on_progress(|progress| states.push(progress.state.to_string()));
    assert_eq!(wait.await.unwrap().status, Some(JobStatus::Running));
    assert_eq!(states, ["Created", "Starting", "Running"]);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_says_why() {
    let service = answering(&["Created", "Failed"].map(job));
    service.then(200, EVENTS);
    let client = service.client();
    let error = client
        .wait_until_job_running("p", "q", "job-1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert_eq!(error.state(), Some(&State::Job(JobStatus::Failed)));
    assert_eq!(error.reason(), "queued for cards");
    let text = error.to_string();
    // The pauses of the wait are random, so its length is not exact.
    let (what, why) = text.split_once(" s; ").unwrap();
    assert!(
        what.starts_with("waiting for job-1 to be running: failed after "),
        "{text}"
    );
    assert!(why.starts_with("Failed for 0 s: queued for cards; warnings: FailedScheduling: 0/3 nodes are available (2025-05-13 02:22:50 +0000 UTC), Older: m"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_stays_queued_says_why() {
    let service = answering(&(0..15).map(|_| job("Created")).collect::<Vec<_>>());
    let wait = service.client().wait_until_job_finished("p", "q", "job-1");
    let error = wait.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_timeout() && error.warnings().is_empty(), "{error}");
    let last = service.sent().pop().unwrap();
    assert!(
        last.query.starts_with("action=DescribeJobEvents&"),
        "{}",
        last.query
    );
}

#[tokio::test(start_paused = true)]
async fn an_abnormal_job_may_recover_and_a_short_one_has_run() {
    let service =
        answering(&["Running", "Abnormal", "Restarting", "Running", "Succeeded"].map(job));
    let job_of = |outcome: Result<aihc::jobs::DescribeJobResponse, _>| outcome.unwrap().status;
    let client = service.client();
    let finished = client.wait_until_job_finished("p", "q", "job-1").await;
    assert_eq!(job_of(finished), Some(JobStatus::Succeeded));
    let running = client.wait_until_job_running("p", "q", "job-1").await;
    assert_eq!(job_of(running), Some(JobStatus::Succeeded));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_job_may_be_gone() {
    let service = answering(&["Running", "Stopping"].map(job));
    service.then(403, r#"{"code":"NotFound","requestId":"r"}"#);
    let client = service.client();
    let stopped = client
        .wait_until_job_stopped("p", "q", "job-1")
        .await
        .unwrap();
    assert_eq!(stopped, None);
    let service = answering(&["Stopping", "Stopped"].map(job));
    let stopped = service
        .client()
        .wait_until_job_stopped("p", "q", "job-1")
        .await
        .unwrap();
    assert_eq!(stopped.unwrap().status, Some(JobStatus::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_not_found_yet_is_waited_for_and_one_that_stays_so_is_not() {
    let missing = r#"{"code":"NotFound","requestId":"r"}"#;
    let service = Service::default();
    service.then(403, missing);
    service.then(200, &job("Running"));
    let client = service.client();
    client
        .wait_until_job_running("p", "q", "job-1")
        .await
        .unwrap();
    let service = Service::default();
    service.then(403, missing);
    let wait = service.client().wait_until_job_running("p", "q", "job-1");
    let error = wait.await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Request, Some(&State::NotFound))
    );
    assert!(error.elapsed() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_service_passes_through_abnormal_while_it_is_deployed() {
    let running = answering(&service(&[1, 4, 1, 2]));
    let wait = running.client().wait_until_service_running("s-1");
    let stat = wait.await.unwrap().status.unwrap().brief_stat.unwrap();
    assert_eq!(stat.status, Some(ServiceState::Running));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_stays_abnormal_says_what_its_pods_say() {
    let broken = answering(&service(&[1, 4]));
    broken.then(200, r#"{"requestId":"r","pods":[
        {"instanceId":"pod-1","status":{"reason":""},"containers":[{"containerId":"c-1","status":{"reason":"CrashLoopBackOff"}}]}]}"#);
    let wait = broken.client().wait_until_service_running("s-1");
    let error = wait.start_grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.state(), Some(&State::Service(ServiceState::Abnormal)));
    let text = error.to_string();
    assert!(
        text.ends_with("abnormal for 0 s: probe failed; warnings: c-1: CrashLoopBackOff"),
        "{text}"
    );
}
