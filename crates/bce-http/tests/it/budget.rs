//! The budget for retries of a client with the default configuration, on a paused clock.

use std::time::Duration;

use bce_http::Client;
use bce_http::rt::Call;
use bce_testing::{Script, Scripted};

use crate::common::{Animal, FEED, LOOK, zoo};

const DONE: Script = Script::Answer(200, r#"{"name":"ape","requestId":"r-1"}"#);
const FAILED: Script = Script::Answer(500, r#"{"code":"InternalError","requestId":"r-2"}"#);
const AFTER_A_SECOND: &[(&str, &str)] = &[("retry-after", "1")];
const THROTTLED: Script = Script::AnswerWith(
    429,
    AFTER_A_SECOND,
    r#"{"code":"TooManyRequests","requestId":"r-3"}"#,
);
const THROTTLED_BY_A_GATEWAY: Script = Script::AnswerWith(429, AFTER_A_SECOND, "<html>");

/// Returns this number of responses, by repeating the given ones in order.
fn turns(scripts: &[Script], times: usize) -> Vec<Script> {
    let scripts = scripts.iter().cycle().cloned();
    scripts.take(times).collect()
}

/// Makes a hundred calls that only read, one after another. Returns how many of them succeed.
async fn reads(client: &Client) -> usize {
    let mut done = 0;
    for _ in 0..100 {
        let read = Call::new(client, &LOOK).send::<Animal>().await;
        done += usize::from(read.is_ok());
    }
    done
}

#[tokio::test(start_paused = true)]
async fn every_second_answer_may_be_a_failure() {
    for scripts in [[FAILED, DONE], [DONE, FAILED]] {
        let service = Scripted::new(turns(&scripts, 300));
        let done = reads(&zoo(&service)).await;
        assert!(done >= 99, "{done} of 100 succeed");
    }
}

#[tokio::test(start_paused = true)]
async fn throttles_are_not_paid_for_like_failures() {
    for throttled in [THROTTLED, THROTTLED_BY_A_GATEWAY] {
        let turn = [throttled.clone(), throttled, DONE];
        let service = Scripted::new(turns(&turn, 300));
        assert_eq!(reads(&zoo(&service)).await, 100);
        assert_eq!(service.requests().len(), 300);
    }
    // Nor by a call that would act again: the service has stated that it did not act.
    let service = Scripted::new(turns(&[THROTTLED, THROTTLED, DONE], 90));
    let client = zoo(&service);
    for _ in 0..30 {
        let fed = Call::new(&client, &FEED).send::<Animal>().await;
        assert!(fed.is_ok(), "{fed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_client_gets_its_retries_back_slowly() {
    let service = Scripted::new(turns(&[FAILED], 1000));
    let client = zoo(&service);
    assert_eq!(reads(&client).await, 0);
    let attempts = async || {
        let failed = Call::new(&client, &LOOK).send::<Animal>().await;
        failed.unwrap_err().attempts()
    };
    assert_eq!(attempts().await, 1);
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert_eq!(attempts().await, 4);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let service = Scripted::new(turns(&[FAILED], 1000));
    assert_eq!(reads(&zoo(&service)).await, 0);
    let requests = service.requests().len();
    assert!((110..=112).contains(&requests), "{requests} requests");
}
