//! A provider that fails while there is a valid credential, and one that panics.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread::{self, ThreadId};

use time::Duration;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

use crate::support::{Answer, HOUR, at_once, cache, id, poll, waiting};

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
    // 239 seconds: 1, 2, 4, 8 and 16 and then 30 apart, or half of that.
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
    let panicked = catch_unwind(AssertUnwindSafe(|| poll(&mut calls[0])));
    assert!(panicked.is_err());
    for call in &mut calls[1..] {
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
    assert!(catch_unwind(AssertUnwindSafe(|| at_once(&cache))).is_err());
    assert_eq!(id(&cache), "ak-1");
    assert_eq!(source.calls(), 2);
}

/// Keeps level and fields of the events of one thread.
#[derive(Clone)]
struct Events {
    kept: Arc<Mutex<Vec<(Level, String)>>>,
    thread: ThreadId,
}

impl Subscriber for Events {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        if thread::current().id() != self.thread {
            return;
        }
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.0 += &format!("{}={value:?} ", field.name());
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        let level = *event.metadata().level();
        self.kept.lock().unwrap().push((level, text.0));
    }
}

#[test]
fn a_failure_is_a_warning_and_a_success_a_detail_and_both_keep_the_secrets() {
    let events = Events {
        kept: Arc::default(),
        thread: thread::current().id(),
    };
    // One for the process: with one for a thread, what other threads see first is lost.
    tracing::subscriber::set_global_default(events.clone()).unwrap();
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

    let events = events.kept.lock().unwrap();
    let [(Level::WARN, failure), (Level::DEBUG, success)] = &events[..] else {
        panic!("one event for each request: {events:?}");
    };
    assert!(failure.contains("try 1 failed"), "{failure}");
    assert!(success.contains("ak-2"), "{success}");
    assert!(!format!("{events:?}").contains("hidden"));
}

#[test]
fn a_provider_that_hangs_costs_the_time_of_one_call_and_not_of_the_next() {
    let (cache, source, clock) = cache(Answer::Token(HOUR));
    at_once(&cache).unwrap();
    for left in [Duration::minutes(4), Duration::seconds(55)] {
        clock.set(HOUR - left);
        source.hold();
        let call = waiting(&cache, 1);
        // Its caller has no more time.
        clock.advance(Duration::seconds(30));
        drop(call);
        assert_eq!(id(&cache), "ak-1");
    }
}
