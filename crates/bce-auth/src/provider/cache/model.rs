//! Model checks with shuttle, which tries many thread schedules: see `sync.rs`.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use shuttle::{future, thread};
use time::Duration;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> OffsetDateTime {
        NOW
    }
}

/// A provider that issues one session after another, and checks that two callers never ask at the
/// same time.
#[derive(Debug, Default)]
struct Issuer {
    asked: AtomicU32,
    active: AtomicU32,
}

/// A request to the provider. It counts as active until this value is dropped.
struct Asked<'a>(&'a AtomicU32);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ProvideCredentials for Issuer {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            assert_eq!(self.active.fetch_add(1, Ordering::Relaxed), 0, "two asked");
            let _asked = Asked(&self.active);
            let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            future::yield_now().await;
            let session = Credentials::session(format!("ak-{number}"), "sk", "token")?;
            Ok(session.with_expires_at(NOW + Duration::HOUR))
        })
    }
}

type Cache = Arc<CachedCredentials<Issuer>>;

fn explore(model: fn(&Cache)) {
    let run = move || {
        model(&Arc::new(
            CachedCredentials::new(Issuer::default()).clock(Stopped),
        ))
    };
    shuttle::check_random(run, 3_000);
    shuttle::check_pct(run, 3_000, 3);
}

fn ask(cache: &Cache) -> Credentials {
    future::block_on(cache.provide_credentials()).unwrap()
}

fn asked(cache: &Cache) -> u32 {
    cache.provider.asked.load(Ordering::Relaxed)
}

fn together<T: Send + 'static>(cache: &Cache, calls: u32, call: fn(&Cache) -> T) -> Vec<T> {
    let start = |_| {
        let cache = Arc::clone(cache);
        thread::spawn(move || call(&cache))
    };
    let threads: Vec<_> = (0..calls).map(start).collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}

#[test]
fn all_who_ask_together_get_the_one_answer() {
    explore(|cache| {
        for credentials in together(cache, 3, ask) {
            assert_eq!(credentials.access_key_id(), "ak-1");
        }
        assert_eq!(asked(cache), 1);
    });
}

#[test]
fn a_credential_that_is_refused_by_many_is_renewed_once() {
    explore(|cache| {
        let old = ask(cache);
        assert_eq!(old.access_key_id(), "ak-1");
        let renewed = together(cache, 3, |cache| {
            let refused = Credentials::session("ak-1", "sk", "token").unwrap();
            assert!(cache.invalidate(&refused));
            ask(cache)
        });
        for credentials in renewed {
            assert_eq!(credentials.access_key_id(), "ak-2");
        }
        assert_eq!(asked(cache), 2);
    });
}

#[test]
fn callers_that_leave_at_any_moment_hold_nobody_up() {
    explore(|cache| {
        let leaving = Arc::clone(cache);
        let leaving = thread::spawn(move || {
            future::block_on(async {
                let mut call = leaving.provide_credentials();
                let poll =
                    std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx)));
                let _ = poll.await;
                future::yield_now().await;
            });
        });
        for credentials in together(cache, 2, ask) {
            assert!(credentials.access_key_id().starts_with("ak-"));
        }
        leaving.join().unwrap();
        assert!((1..=2).contains(&asked(cache)), "{}", asked(cache));
        assert_eq!(cache.provider.active.load(Ordering::Relaxed), 0);
    });
}
