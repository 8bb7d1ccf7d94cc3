//! Tests of a provider that fails while there is a valid credential, and of one that panics.

use std::task::Poll;

use bce_testing::LogCapture;
use time::Duration;

use super::support::{Answer, HOUR, at_once, cache, id, poll, waiting};

#[test]
fn with_a_valid_credential_no_call_fails_and_the_tries_back_off() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    source.answer(Answer::Fail);
    // From the advisory window to the last second.
    for second in 3_361..3_600 {
        clock.set(Duration::seconds(second));
        for _ in 0..10 {
            assert_eq!(id(&cache), "ak-1");
        }
    }
    // 239 seconds: 1, 2, 4, 8 and 16, then 30 apart, or half of that.
    let tries = source.calls() - 1;
    assert!((11..=21).contains(&tries), "{tries}");

    clock.set(HOUR);
    assert!(at_once(&cache).is_err(), "it has expired");
    source.answer(Answer::Token(HOUR));
    assert!(at_once(&cache).is_ok());
}

#[test]
fn all_who_wait_in_the_mandatory_window_go_on_with_a_valid_credential() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(Duration::seconds(3_550));
    source.answer(Answer::Fail);
    source.hold();
    let mut calls = waiting(&cache, 100);
    source.release();
    for call in &mut calls {
        let Poll::Ready(Ok(provided)) = poll(call) else {
            panic!("the old one is still valid");
        };
        assert_eq!(provided.access_key_id(), "ak-1");
    }
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_credential_that_expires_while_its_renewal_fails_is_not_served() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(Duration::seconds(3_550));
    source.answer(Answer::Fail);
    source.hold();
    let mut calls = waiting(&cache, 2);
    clock.set(HOUR);
    source.release();
    for call in &mut calls {
        assert!(matches!(poll(call), Poll::Ready(Err(_))));
    }
}

#[test]
fn a_failed_renewal_of_a_short_token_is_tried_again_before_its_end() {
    let (cache, source, clock) = cache(Answer::Token(Duration::seconds(2)));
    id(&cache);
    source.answer(Answer::Fail);
    clock.set(Duration::milliseconds(1_650));
    assert_eq!(id(&cache), "ak-1");
    source.answer(Answer::Token(Duration::seconds(2)));
    clock.set(Duration::milliseconds(1_750));
    assert_eq!(id(&cache), "ak-3");
}

#[test]
fn a_clock_that_is_set_back_does_not_prolong_the_pause() {
    let (cache, source, clock) = cache(Answer::Token(3 * HOUR));
    id(&cache);
    source.answer(Answer::Fail);
    let advisory = Duration::minutes(177);
    clock.set(advisory);
    id(&cache);
    source.answer(Answer::Token(HOUR));
    clock.set(advisory - Duration::seconds(30));
    assert_eq!(id(&cache), "ak-3");
}

#[test]
fn a_provider_that_panics_breaks_no_later_call() {
    let (cache, source, _) = cache(Answer::Panic);
    source.hold();
    let mut calls = waiting(&cache, 3);
    source.release();
    for call in &mut calls {
        assert!(matches!(poll(call), Poll::Ready(Err(_))));
    }
    assert_eq!((source.calls(), source.active()), (1, 0));

    source.answer(Answer::Token(HOUR));
    assert_eq!(id(&cache), "ak-2");
}

#[test]
fn a_panic_while_there_is_a_valid_credential_is_followed_by_a_pause() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(Duration::seconds(3_550));
    source.answer(Answer::Panic);
    assert_eq!(id(&cache), "ak-1");
    assert_eq!(id(&cache), "ak-1");
    assert_eq!(source.calls(), 2);
}

#[test]
fn failures_warn_and_successes_inform_without_a_secret() {
    let capture = LogCapture::start();
    let (cache, source, _) = cache(Answer::Fail);
    source.hold();
    let calls = waiting(&cache, 10);
    source.release();
    for mut call in calls {
        assert!(poll(&mut call).is_ready());
    }
    source.answer(Answer::Token(HOUR));
    id(&cache);
    id(&cache);

    let text = capture.text();
    let lines: Vec<_> = text.lines().collect();
    let [failure, success] = &lines[..] else {
        panic!("one event for each request: {text}");
    };
    assert!(failure.contains(" WARN "), "{failure}");
    assert!(failure.contains("try 1 failed"), "{failure}");
    assert!(success.contains(" DEBUG "), "{success}");
    assert!(success.contains("ak-2"), "{success}");
    assert!(!text.contains("hidden"), "{text}");
}

#[test]
fn a_provider_that_hangs_costs_the_time_of_one_call() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    at_once(&cache).unwrap();
    for left in [Duration::minutes(4), Duration::seconds(55)] {
        clock.set(HOUR - left);
        source.hold();
        let call = waiting(&cache, 1);
        // Its caller has no time left.
        clock.advance(Duration::seconds(30));
        drop(call);
        assert_eq!(id(&cache), "ak-1");
    }
}
