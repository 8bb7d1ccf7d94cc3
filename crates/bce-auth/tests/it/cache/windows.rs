//! Tests of the renewal of credentials before they expire.

use bce_auth::ProvideCredentials as _;
use time::Duration;

use super::support::{
    Answer, HOUR, START, Source, at_once, cache, finish, id, over, poll, waiting,
};
use bce_testing::ManualClock;

/// A time at which a credential with a lifetime of one hour is in its advisory window, whatever the
/// jitter.
const ADVISORY: Duration = Duration::minutes(57);
/// A time at which a credential with a lifetime of one hour is in its mandatory window.
const MANDATORY: Duration = Duration::seconds(3_550);

#[test]
fn a_fresh_credential_is_served_without_asking() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    for minute in 0..55 {
        clock.set(Duration::minutes(minute));
        assert_eq!(id(&cache), "ak-1");
    }
    assert_eq!(source.calls(), 1);
}

#[test]
fn what_is_ready_is_fresh() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    assert!(cache.ready_credentials().is_none());
    assert_eq!(id(&cache), "ak-1");
    let ready = cache.ready_credentials().unwrap();
    assert_eq!(ready.access_key_id(), "ak-1");
    // Whoever comes now renews it, and does not go on with what is there.
    for late in [ADVISORY, MANDATORY, HOUR] {
        clock.set(late);
        assert!(cache.ready_credentials().is_none(), "{late}");
    }
    assert_eq!(source.calls(), 1);
    assert_eq!(id(&cache), "ak-2");
    let fresh = cache.ready_credentials().unwrap();
    assert!(cache.invalidate(&fresh));
    assert!(cache.ready_credentials().is_none());
}

#[test]
fn in_the_advisory_window_one_renews_and_the_others_go_on() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(ADVISORY);
    source.hold();
    let mut renewing = waiting(&cache, 1).remove(0);
    for _ in 0..100 {
        assert_eq!(id(&cache), "ak-1");
    }
    source.release();
    assert!(poll(&mut renewing).is_ready());
    assert_eq!(id(&cache), "ak-2");
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn in_the_mandatory_window_all_wait_for_one_renewal() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(MANDATORY);
    source.hold();
    let calls = waiting(&cache, 100);
    source.release();
    for call in calls {
        assert_eq!(finish(call).await, "ak-2");
    }
    assert_eq!(source.calls(), 2);
}

#[test]
fn an_advisory_renewal_is_waited_for_in_the_mandatory_window() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(ADVISORY);
    source.hold();
    let mut calls = waiting(&cache, 1);
    clock.set(MANDATORY);
    calls.extend(waiting(&cache, 2));
    source.release();
    for call in &mut calls {
        assert!(poll(call).is_ready());
    }
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_renewal_whose_caller_is_dropped_costs_nobody_anything() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    for phase in [ADVISORY, MANDATORY] {
        clock.set(phase);
        source.hold();
        drop(waiting(&cache, 1));
        // As after a time limit: the next attempt must not hang either.
        assert_eq!(id(&cache), "ak-1");
        source.release();
        assert_eq!(id(&cache), "ak-1");
    }
    clock.advance(Duration::seconds(2));
    assert_eq!(id(&cache), "ak-4", "after the pause");
}

#[test]
fn a_token_of_two_seconds_is_renewed_in_its_last_quarter() {
    let life = Duration::seconds(2);
    let (cache, source, clock) = cache(Answer::Token(life));
    for step in 0..1_000 {
        clock.set(Duration::milliseconds(10) * step);
        let provided = at_once(&cache).unwrap();
        assert!(!provided.is_expired_at(clock.now()));
    }
    // 10 seconds, with a renewal every 1.5 to 1.6 seconds.
    assert!((6..=7).contains(&source.calls()), "{}", source.calls());
}

#[test]
fn a_clock_that_jumps_forward_expires_the_credential() {
    let (cache, _, clock) = cache(Answer::Token(HOUR));
    id(&cache);
    clock.set(2 * HOUR);
    assert_eq!(id(&cache), "ak-2");
    clock.set(2 * HOUR + Duration::minutes(54));
    assert_eq!(id(&cache), "ak-2", "its windows are those of its own end");
}

#[test]
fn a_clock_that_jumps_back_keeps_the_credential() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    clock.set(HOUR);
    id(&cache);
    clock.set(-HOUR);
    assert_eq!(id(&cache), "ak-1");
    assert_eq!(source.calls(), 1);
}

#[test]
fn a_fleet_does_not_renew_in_step() {
    let clock = ManualClock::new(START);
    let source = Source::new(&clock, Answer::Token(HOUR));
    let fleet = [(); 100].map(|()| over(&source, &clock));
    fleet.iter().for_each(|cache| drop(id(cache)));
    assert_eq!(source.calls(), 100);
    // The middle of the minute over which the beginnings of the windows are spread.
    clock.set(Duration::seconds(3_330));
    fleet.iter().for_each(|cache| drop(id(cache)));
    assert!((105..=195).contains(&source.calls()), "{}", source.calls());
}
