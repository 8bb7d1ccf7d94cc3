//! Tests of an empty cache.

use std::error::Error;
use std::sync::Arc;
use std::task::Poll;

use bce_auth::{Credentials, CredentialsErrorKind, ProvideCredentials};
use time::Duration;

use super::support::{Answer, HOUR, at_once, cache, finish, id, poll, waiting};

#[tokio::test]
async fn a_thousand_calls_make_one_call_of_the_provider() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let calls = waiting(&cache, 1_000);
    source.release();
    for call in calls {
        assert_eq!(finish(call).await, "ak-1");
    }
    assert_eq!(id(&cache), "ak-1");
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn a_thousand_tasks_make_one_call_of_the_provider() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let tasks: Vec<_> = (0..1_000)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { finish(cache.provide_credentials()).await })
        })
        .collect();
    tokio::task::yield_now().await;
    source.release();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "ak-1");
    }
    assert_eq!(source.calls(), 1);
}

#[test]
fn the_provider_is_not_asked_before_somebody_polls() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    let call = cache.provide_credentials();
    assert_eq!(source.calls(), 0);
    drop(call);
}

#[test]
fn credentials_without_an_end_are_kept() {
    let key = Credentials::new("ak", "sk").unwrap();
    let (cache, source, clock) = cache(Answer::Same(key));
    assert_eq!(id(&cache), "ak");
    clock.advance(Duration::days(10_000));
    assert_eq!(id(&cache), "ak");
    assert_eq!(source.calls(), 1);
}

#[test]
fn a_failure_goes_to_all_who_waited_and_the_next_call_asks_again() {
    let (cache, source, _) = cache(Answer::Fail);
    source.hold();
    let calls = waiting(&cache, 1_000);
    source.release();
    for mut call in calls {
        let Poll::Ready(Err(error)) = poll(&mut call) else {
            panic!("the failure is known");
        };
        assert_eq!(error.kind(), CredentialsErrorKind::Unavailable);
        assert_eq!(error.to_string(), "try 1 failed");
        let cause = error.source().unwrap();
        assert_eq!(cause.to_string(), "connection refused");
    }
    assert_eq!(source.calls(), 1);

    assert_eq!(at_once(&cache).unwrap_err().to_string(), "try 2 failed");
    source.answer(Answer::Token(HOUR));
    assert_eq!(id(&cache), "ak-3", "no backoff without a credential");
}

#[test]
fn a_caller_that_is_dropped_leaves_its_request_to_the_others() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let mut calls = waiting(&cache, 3);
    drop(calls.remove(0));
    assert_eq!(source.active(), 1, "the request goes on");
    source.release();
    for call in &mut calls {
        assert!(poll(call).is_ready());
    }
    assert_eq!(source.calls(), 1);
}

#[test]
fn a_caller_that_is_not_polled_any_more_holds_nobody_up() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let mut calls = waiting(&cache, 2);
    source.release();
    assert!(poll(&mut calls[1]).is_ready(), "the first has not moved");
    assert_eq!(id(&cache), "ak-1");
}

#[test]
fn a_request_ends_with_its_last_caller_and_the_next_one_begins_anew() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    drop(waiting(&cache, 3));
    assert_eq!(source.active(), 0);
    source.release();
    assert_eq!(id(&cache), "ak-2");
}

#[test]
fn what_looks_expired_is_served_once_and_asked_for_anew() {
    let (cache, source, clock) = cache(Answer::Token(-HOUR));
    source.hold();
    let calls = waiting(&cache, 100);
    source.release();
    for mut call in calls {
        assert!(matches!(poll(&mut call), Poll::Ready(Ok(_))));
    }
    assert_eq!(source.calls(), 1, "no loop");
    assert_eq!(id(&cache), "ak-2");
    clock.set(-2 * HOUR);
    assert_eq!(id(&cache), "ak-2", "once the clock is right, it is kept");
}

#[test]
fn debug_shows_the_provider_and_no_secret() {
    let (cache, _, _) = cache(Answer::Token(HOUR));
    assert!(format!("{cache:?}").contains("current: None"));
    id(&cache);
    let text = format!("{cache:#?}");
    assert!(text.contains("Source") && text.contains("ak-1"), "{text}");
    assert!(!text.contains("hidden"), "{text}");
}
