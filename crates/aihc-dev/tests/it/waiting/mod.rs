//! Tests of waits for the state of an instance or a job, on a paused clock.

mod change;
mod ends;

use std::time::Duration;

use aihc_dev::model::{DevInstanceStatus, ImagePackJobStatus};
use aihc_dev::wait::State;
use aihc_dev::{Client, RetryPolicy, WaitErrorKind};
use bce_http::{Body, ClientBuilder};
use bce_testing::{Script, Scripted};
use tokio::time::Instant;

const NOT_FOUND: Script = Script::Answer(403, r#"{"code":"NotFound","message":"no dv-1"}"#);
const NO_EVENTS: Script = Script::Answer(200, r#"{"events":[]}"#);
const OUTAGE: Script = Script::Answer(500, r#"{"code":"InternalError"}"#);
const SECOND: Duration = Duration::from_secs(1);

/// Returns a service with these responses, and a client that does not repeat requests.
fn service(scripts: impl IntoIterator<Item = Script>) -> (Scripted<Body>, Client) {
    let service = Scripted::new(scripts);
    let credentials = aihc_dev::Credentials::new("test-access-key", "test-secret-key").unwrap();
    let client = ClientBuilder::new()
        .credentials(credentials)
        .retry(RetryPolicy::none())
        .build_with_transport(service.clone())
        .unwrap();
    (service, client)
}

fn status(code: i64) -> Script {
    reason(code, "")
}

fn reason(code: i64, reason: &str) -> Script {
    let body = format!(r#"{{"devInstance":{{"status":{code},"statusReason":"{reason}"}}}}"#);
    Script::Answer(200, body.leak())
}

fn job(code: i64) -> Script {
    let body = format!(r#"{{"devInstanceImagePackJob":{{"status":{code}}}}}"#);
    Script::Answer(200, body.leak())
}

fn instance(code: i64) -> State {
    State::DevInstance(DevInstanceStatus::from(code))
}

fn asked(service: &Scripted<Body>, operation: &str) -> usize {
    let requests = service.requests();
    let action = format!("action={operation}&");
    (requests.iter())
        .filter(|request| {
            request
                .uri
                .query()
                .is_some_and(|query| query.contains(&action))
        })
        .count()
}

#[tokio::test(start_paused = true)]
async fn each_change_is_reported_once() {
    let (_, client) = service([
        status(0),
        status(1),
        reason(1, "no free card"),
        reason(1, "no free card"),
        status(99),
        status(3),
    ]);
    let mut seen = Vec::new();
    let detail = client
        .wait_until_running("dv-1")
        .on_progress(|progress| {
            let before = progress.previous.map(|(state, _)| state);
            seen.push((progress.state, progress.reason.clone(), before));
        })
        .await
        .unwrap();
    assert_eq!(detail.status, Some(DevInstanceStatus::Running));
    let expected = [
        (instance(0), "", None),
        (instance(1), "", Some(instance(0))),
        (instance(1), "no free card", Some(instance(1))),
        (instance(99), "", Some(instance(1))),
        (instance(3), "", Some(instance(99))),
    ];
    let expected = expected.map(|(state, reason, before)| (state, reason.to_owned(), before));
    assert_eq!(seen, expected);
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_and_the_first_read_comes_at_once() {
    let (_, client) = service([1, 1, 1, 3].map(status));
    let started = Instant::now();
    let wait = client
        .wait_until_running("dv-1")
        .poll_interval(4 * SECOND)
        .max_poll_interval(6 * SECOND);
    wait.await.unwrap();
    // 4 + 6 + 6 seconds, each shorter by up to a fifth.
    let elapsed = started.elapsed();
    assert!(
        elapsed <= 16 * SECOND && elapsed >= 12 * SECOND,
        "{elapsed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn right_after_a_start_stopped_and_failed_are_not_the_end() {
    let (_, client) = service([5, 18, 6, 2, 3].map(status));
    client.wait_until_running("dv-1").await.unwrap();

    // Once the start is visible, a failure counts, and after the grace period it counts anyway.
    let (_, client) = service([status(5), status(6), status(18), NO_EVENTS]);
    let error = client.wait_until_running("dv-1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Failed, Some(&instance(18)))
    );
    assert!(error.elapsed() < 30 * SECOND);

    let (_, client) = service((0..20).map(|_| status(5)));
    let error = client.wait_until_running("dv-1").await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert!(
        error.elapsed() >= 30 * SECOND && error.elapsed() < 45 * SECOND,
        "{error}"
    );

    let (_, client) = service([status(5), NO_EVENTS]);
    let wait = client
        .wait_until_running("dv-1")
        .start_grace(Duration::ZERO);
    assert_eq!(wait.await.unwrap_err().elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn right_after_a_creation_not_found_is_not_the_end() {
    let (_, client) = service([NOT_FOUND, NOT_FOUND, status(0), status(3)]);
    client.wait_until_running("dv-1").await.unwrap();

    let (_, client) = service([status(0), NOT_FOUND]);
    let error = client.wait_until_running("dv-1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Request, Some(&instance(0)))
    );
    assert!(
        error
            .request_error()
            .is_some_and(|error| error.is_not_found())
    );

    let (service, client) = service((0..20).map(|_| NOT_FOUND));
    let error = client.wait_until_running("dv-1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Request, Some(&State::NotFound))
    );
    assert!(error.elapsed() >= 30 * SECOND);
    assert_eq!(asked(&service, "DescribeDevInstanceEvents"), 0);
}

#[tokio::test(start_paused = true)]
async fn states_end_a_wait_as_the_tables_say() {
    for (code, ends) in [(4, true), (11, true), (19, true), (20, true)] {
        let (_, client) = service([status(code), NO_EVENTS]);
        let error = client.wait_until_running("dv-1").await.unwrap_err();
        assert_eq!(error.kind() == WaitErrorKind::Failed, ends, "{code}");
    }
    for code in [11, 18, 19, 20] {
        let (_, client) = service([status(code), NO_EVENTS]);
        let error = client.wait_until_stopped("dv-1").await.unwrap_err();
        assert_eq!(error.state(), Some(&instance(code)));
    }
    let (_, client) = service([3, 4, 5].map(status));
    client.wait_until_stopped("dv-1").await.unwrap();
    let (_, client) = service([3, 11, 20].map(status));
    client.wait_until_deleted("dv-1").await.unwrap();
    let (_, client) = service([status(11), NOT_FOUND]);
    client.wait_until_deleted("dv-1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_proxy_s_page_is_no_deletion() {
    let (_, client) = service([status(11), Script::Answer(404, "<html>not here</html>")]);
    let error = client.wait_until_deleted("dv-1").await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Request);
}

#[tokio::test(start_paused = true)]
async fn image_pack_jobs_are_waited_for() {
    let (_, client) = service([NOT_FOUND, job(1), job(4), job(5)]);
    let detail = client
        .wait_for_image_pack_job("dv-1", "tk-1")
        .await
        .unwrap();
    assert_eq!(detail.status, Some(ImagePackJobStatus::Completed));

    let (_, client) = service([job(3), job(30), NO_EVENTS]);
    let error = client
        .wait_for_image_pack_job("dv-1", "tk-1")
        .await
        .unwrap_err();
    assert_eq!(
        error.state(),
        Some(&State::ImagePackJob(ImagePackJobStatus::Failed))
    );
    assert!(
        error
            .to_string()
            .starts_with("waiting for image pack job tk-1 of dv-1 to be completed: failed")
    );
}

#[tokio::test(start_paused = true)]
async fn an_instance_without_a_state_is_waited_on_and_any_limit_is_fine() {
    let (_, client) = service([Script::Answer(200, r#"{"devInstance":{}}"#), status(3)]);
    let mut states = Vec::new();
    let wait = client.wait_until_running("dv-1").timeout(Duration::MAX);
    wait.on_progress(|progress| states.push(progress.state))
        .await
        .unwrap();
    assert_eq!(states, [State::Unreported, instance(3)]);
}
