//! Tests of invariants of the cache, with random events in random order.

use std::collections::HashSet;
use std::task::Poll;

use bce_auth::{CachedCredentials, Credentials, CredentialsFuture, ProvideCredentials};
use proptest::prelude::*;
use time::Duration;

use super::support::{Answer, Provided, START, Source, over, poll};
use bce_testing::ManualClock;

#[derive(Clone, Copy, Debug)]
enum Step {
    Advance(i64),
    Call,
    /// A waiting caller is dropped.
    Leave,
    /// A service refuses the credential that was served last.
    Refuse,
    /// From now on, the provider issues tokens with this lifetime in milliseconds.
    Work(i64),
    Fail,
    Hold,
    Release,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (-200_i64..2_000).prop_map(Step::Advance),
        8 => Just(Step::Call),
        1 => Just(Step::Leave),
        1 => Just(Step::Refuse),
        2 => (1_i64..5_000).prop_map(Step::Work),
        1 => Just(Step::Fail),
        1 => Just(Step::Hold),
        2 => Just(Step::Release),
    ]
}

/// The state of the test: the provider, the credential that was served last, and the ids of those
/// that a service has refused.
struct World {
    clock: ManualClock,
    source: Source,
    works: bool,
    held: bool,
    last: Option<Credentials>,
    refused: HashSet<String>,
}

impl World {
    fn check(&mut self, provided: Provided) {
        let now = self.clock.now();
        let good = self.last.as_ref().is_some_and(|last| {
            !last.is_expired_at(now) && !self.refused.contains(last.access_key_id())
        });
        match provided {
            Ok(credentials) => {
                assert!(!credentials.is_expired_at(now), "expired");
                let id = credentials.access_key_id();
                assert!(!self.refused.contains(id), "refused");
                self.last = Some(credentials);
            }
            Err(_) => {
                assert!(!self.works, "the provider works");
                assert!(!good, "there was a valid credential");
            }
        }
    }

    /// Reports the credential that was served last as refused by a service. The cache may keep this
    /// credential only if another one was refused before.
    fn refuse(&mut self, cache: &CachedCredentials<Source>) {
        let Some(last) = &self.last else { return };
        if cache.invalidate(last) {
            self.refused.insert(last.access_key_id().to_owned());
        } else {
            assert!(!self.refused.is_empty(), "the source never repeats itself");
        }
    }
}

proptest! {
    #[test]
    fn nothing_expired_or_refused_is_served_nothing_valid_is_lost_and_one_request_runs_at_a_time(
        steps in proptest::collection::vec(step(), 1..200),
    ) {
        let clock = ManualClock::new(START);
        let source = Source::new(&clock, Answer::Token(Duration::seconds(1)));
        let cache = over(&source, &clock);
        let mut waiting: Vec<CredentialsFuture<'_>> = Vec::new();
        let mut world = World {
            clock,
            source,
            works: true,
            held: false,
            last: None,
            refused: HashSet::new(),
        };
        for step in steps {
            match step {
                Step::Advance(millis) => world.clock.advance(Duration::milliseconds(millis)),
                Step::Call => {
                    let mut call = cache.provide_credentials();
                    match poll(&mut call) {
                        Poll::Ready(provided) => world.check(provided),
                        Poll::Pending => {
                            assert!(world.held, "nothing to wait for");
                            waiting.push(call);
                        }
                    }
                }
                Step::Leave => drop(waiting.pop()),
                Step::Refuse => world.refuse(&cache),
                Step::Work(millis) => {
                    world.works = true;
                    world.source.answer(Answer::Token(Duration::milliseconds(millis)));
                }
                Step::Fail => {
                    world.works = false;
                    world.source.answer(Answer::Fail);
                }
                Step::Hold => {
                    world.held = true;
                    world.source.hold();
                }
                Step::Release => {
                    world.held = false;
                    world.source.release();
                    for mut call in waiting.drain(..) {
                        let Poll::Ready(provided) = poll(&mut call) else {
                            panic!("a waiter is left behind");
                        };
                        world.check(provided);
                    }
                }
            }
            assert!(world.source.most_active() <= 1);
            assert_eq!(world.source.active(), usize::from(!waiting.is_empty()));
        }
    }
}
