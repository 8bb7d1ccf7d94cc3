//! Tests of credentials that a service refuses.

use std::task::Poll;

use bce_auth::{CachedCredentials, Credentials, ProvideCredentials};
use time::Duration;

use super::support::{Answer, HOUR, START, Source, at_once, cache, id, over, poll, waiting};
use bce_testing::ManualClock;

#[test]
fn the_refused_credential_is_dropped_and_a_newer_one_is_not() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    let first = at_once(&cache).unwrap();
    assert!(cache.invalidate(&first));
    assert_eq!(id(&cache), "ak-2");
    assert!(cache.invalidate(&first), "the next answer is another one");
    assert_eq!(id(&cache), "ak-2");
    assert_eq!((source.calls(), source.refusals()), (2, 2));
}

#[test]
fn a_thousand_refusals_of_one_credential_make_one_request() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    let refused = at_once(&cache).unwrap();
    source.hold();
    let mut calls = Vec::new();
    for _ in 0..1_000 {
        assert!(cache.invalidate(&refused));
        calls.extend(waiting(&cache, 1));
    }
    source.release();
    for call in &mut calls {
        assert!(poll(call).is_ready());
    }
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_copy_with_another_end_is_the_same_credential() {
    let (cache, _, _) = cache(Answer::Token(HOUR));
    let copy = at_once(&cache).unwrap().with_expires_at(START);
    assert!(cache.invalidate(&copy));
    assert_eq!(id(&cache), "ak-2");
}

#[test]
fn a_refused_credential_is_not_served_even_if_the_provider_fails() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    let refused = at_once(&cache).unwrap();
    source.answer(Answer::Fail);
    cache.invalidate(&refused);
    for _ in 0..3 {
        assert!(at_once(&cache).is_err());
    }
}

#[test]
fn no_failure_falls_back_to_a_refused_credential() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    let refused = at_once(&cache).unwrap();
    clock.set(Duration::seconds(3_550));
    source.answer(Answer::Fail);
    source.hold();
    let mut calls = waiting(&cache, 2);
    cache.invalidate(&refused);
    source.release();
    for call in &mut calls {
        assert!(matches!(poll(call), Poll::Ready(Err(_))));
    }
}

#[test]
fn an_answer_refused_before_a_waiter_sees_it_is_asked_for_anew() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let mut calls = waiting(&cache, 2);
    source.release();
    let Poll::Ready(Ok(first)) = poll(&mut calls[0]) else {
        panic!("the answer is out");
    };
    cache.invalidate(&first);
    let Poll::Ready(Ok(second)) = poll(&mut calls[1]) else {
        panic!("the answer is out");
    };
    assert_eq!(second.access_key_id(), "ak-2");
}

#[test]
fn a_static_key_that_is_refused_costs_one_repeat_and_then_none() {
    let key = Credentials::new("ak", "sk").unwrap();
    let (cache, source, clock) = cache(Answer::Same(key));
    let mut repeats = 0;
    for second in 0..600 {
        clock.set(Duration::seconds(second));
        let used = at_once(&cache).unwrap();
        repeats += usize::from(cache.invalidate(&used));
    }
    assert_eq!(repeats, 1);
    assert!((15..60).contains(&source.calls()), "{}", source.calls());
}

#[test]
fn a_source_that_is_mended_is_found_without_a_restart() {
    let (cache, source, clock) = cache(Answer::Same(Credentials::new("old", "sk").unwrap()));
    let refuse = || cache.invalidate(&at_once(&cache).unwrap());
    assert!(refuse());
    assert!(!refuse());
    source.answer(Answer::Same(Credentials::new("new", "sk").unwrap()));
    clock.advance(Duration::seconds(1));
    assert!(!refuse());
    assert_eq!(id(&cache), "new");
}

#[test]
fn a_provider_that_has_another_one_is_believed() {
    let clock = ManualClock::new(START);
    let key = Credentials::new("ak", "sk").unwrap();
    let source = Source::that_knows_others(&clock, Answer::Same(key.clone()));
    let cache = over(&source, &clock);
    for call in 1..4 {
        id(&cache);
        assert_eq!(source.calls(), call);
        assert!(cache.invalidate(&key));
    }
}

#[test]
fn a_cache_in_a_cache_is_told() {
    let (inner, source, clock) = cache(Answer::Token(HOUR));
    let outer = CachedCredentials::new(inner).clock(clock.reader());
    let mut call = outer.provide_credentials();
    let Poll::Ready(Ok(first)) = poll(&mut call) else {
        panic!("the answer is out");
    };
    drop(call);
    assert!(outer.invalidate(&first));
    let Poll::Ready(Ok(second)) = poll(&mut outer.provide_credentials()) else {
        panic!("the answer is out");
    };
    assert_eq!(second.access_key_id(), "ak-2");
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_service_that_refuses_all_costs_no_credential_per_call() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    let a_call = || {
        let first = at_once(&cache).unwrap();
        if cache.invalidate(&first) {
            // The repeated call is refused as well, which is its result.
            at_once(&cache).unwrap();
        }
    };
    for _ in 0..50 {
        a_call();
    }
    assert_eq!(source.calls(), 2);
    for _ in 0..600 {
        clock.advance(Duration::seconds(1));
        a_call();
    }
    assert!((10..=60).contains(&source.calls()), "{}", source.calls());
}
