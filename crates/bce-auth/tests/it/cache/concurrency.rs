//! Tests with several threads, with callers that are dropped, and with a runtime that schedules
//! cooperatively.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bce_auth::{
    CachedCredentials, Credentials, CredentialsError, CredentialsErrorKind, CredentialsFuture,
    ProvideCredentials,
};
use time::Duration;

use super::support::{Answer, HOUR, START, cache, give_way, poll, token};
use bce_testing::ManualClock;

/// A provider that needs up to four polls for a response, and that fails in every third call.
struct Restless {
    clock: ManualClock,
    calls: AtomicUsize,
    active: AtomicUsize,
    overlaps: AtomicUsize,
}

impl fmt::Debug for Restless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Restless")
    }
}

struct Leave<'a>(&'a AtomicUsize);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ProvideCredentials for Restless {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.active.fetch_add(1, Ordering::SeqCst) > 0 {
                self.overlaps.fetch_add(1, Ordering::SeqCst);
            }
            let _leave = Leave(&self.active);
            for _ in 0..call % 4 {
                tokio::task::yield_now().await;
            }
            if call % 3 == 2 {
                let kind = CredentialsErrorKind::Unavailable;
                return Err(CredentialsError::new(kind, "every third"));
            }
            token(call, self.clock.now() + Duration::seconds(2))
        })
    }
}

impl Restless {
    fn cache(clock: &ManualClock) -> (Arc<Self>, Arc<CachedCredentials<Arc<Self>>>) {
        let source = Arc::new(Self {
            clock: clock.clone(),
            calls: AtomicUsize::new(0),
            active: AtomicUsize::new(0),
            overlaps: AtomicUsize::new(0),
        });
        let cache = CachedCredentials::new(Arc::clone(&source)).clock(clock.reader());
        (source, Arc::new(cache))
    }
}

const TASKS: usize = 32;
const CALLS: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_no_call_fails_and_requests_never_overlap() {
    let clock = ManualClock::new(START);
    let (source, cache) = Restless::cache(&clock);
    let tasks = [(); TASKS].map(|()| {
        let (cache, clock) = (Arc::clone(&cache), clock.clone());
        tokio::spawn(async move {
            for _ in 0..CALLS {
                clock.advance(Duration::milliseconds(1));
                let before = clock.now();
                let provided = cache.provide_credentials().await.unwrap();
                assert!(!provided.is_expired_at(before));
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(source.overlaps.load(Ordering::SeqCst), 0);
    // 12.8 seconds of tokens that live for 2, with a failure for every two of them.
    let calls = source.calls.load(Ordering::SeqCst);
    assert!((7..=20).contains(&calls), "{calls}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_callers_that_leave_stall_and_refuse_every_call_ends() {
    let clock = ManualClock::new(START);
    let (_, cache) = Restless::cache(&clock);
    let tasks = [(); TASKS].map(|()| {
        let (cache, clock) = (Arc::clone(&cache), clock.clone());
        tokio::spawn(async move {
            for call in 0..CALLS {
                clock.advance(Duration::milliseconds(1));
                let mut future = cache.provide_credentials();
                match call % 5 {
                    0 => drop(poll(&mut future)),
                    1 => {
                        let stalled = poll(&mut future).is_pending();
                        give_way().await;
                        if stalled {
                            drop(future.await);
                        }
                    }
                    2 => {
                        if let Ok(used) = future.await {
                            cache.invalidate(&used);
                        }
                    }
                    _ => drop(future.await),
                }
            }
        })
    });
    let all = async {
        for task in tasks {
            task.await.unwrap();
        }
    };
    let limit = std::time::Duration::from_secs(60);
    tokio::time::timeout(limit, all)
        .await
        .expect("a call hangs");
}

/// A provider whose response takes more steps than tokio allows a task before it has to yield.
#[derive(Debug)]
struct Greedy;

impl ProvideCredentials for Greedy {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for step in 0..1_000 {
                sender.send(step).unwrap();
            }
            drop(sender);
            while receiver.recv().await.is_some() {}
            Credentials::new("ak", "sk")
        })
    }
}

#[tokio::test]
async fn a_provider_that_uses_up_the_share_of_its_task_gets_to_its_end() {
    let cache = CachedCredentials::new(Greedy);
    assert!(cache.provide_credentials().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_slow_provider_serves_callers_that_wait_for_less() {
    #[derive(Debug)]
    struct Slow(AtomicUsize);
    impl ProvideCredentials for Slow {
        fn provide_credentials(&self) -> CredentialsFuture<'_> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                Credentials::new("ak", "sk")
            })
        }
    }
    let slow = Arc::new(Slow(AtomicUsize::new(0)));
    let cache = Arc::new(CachedCredentials::new(Arc::clone(&slow)));
    let mut tasks = Vec::new();
    for second in 0..6 {
        let cache = Arc::clone(&cache);
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(second)).await;
            let limit = std::time::Duration::from_secs(3);
            tokio::time::timeout(limit, cache.provide_credentials())
                .await
                .is_ok()
        }));
    }
    let mut served = Vec::new();
    for task in tasks {
        served.push(task.await.unwrap());
    }
    assert_eq!(served, [false, false, true, true, true, true]);
    assert_eq!(slow.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_task_can_ask_again_while_its_first_call_waits_unpolled() {
    let (cache, source, _) = cache(Answer::Token(HOUR));
    source.hold();
    let mut first = cache.provide_credentials();
    assert!(poll(&mut first).is_pending());
    source.release();
    assert!(cache.provide_credentials().await.is_ok());
    assert!(first.await.is_ok());
    assert_eq!(source.calls(), 1);
}
