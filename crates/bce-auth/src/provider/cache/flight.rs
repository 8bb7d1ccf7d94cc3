//! A request to the provider of credentials, shared by all callers that wait for its outcome.
//!
//! Every waiting caller drives the request forward by polling it. The request does not belong to
//! any single caller, so a caller that is dropped, or that still exists but is no longer polled (a
//! branch of `select!`), does not block the others. With an async lock in place of the shared
//! request, the caller that holds the lock could block them.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use super::shared::Shared;
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};

/// If a request to the provider takes this long, it counts as lost, and new callers do not wait for
/// it. Requests for credentials usually take no more than seconds.
const LOST_AFTER: Duration = Duration::from_secs(120);

pub(super) type Outcome = Result<Credentials, CredentialsError>;

pub(super) struct Flight {
    started_at: Instant,
    work: Shared<Outcome>,
}

impl Flight {
    pub(super) fn new(
        started_at: Instant,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        // If the provider panics, the panic must not reach the caller that happens to poll it. The
        // state that the work shares with the cache is consistent even then, since no lock is held
        // while the work is polled.
        let work = AssertUnwindSafe(work).catch_unwind().map(|outcome| {
            outcome.unwrap_or_else(|_| {
                Err(CredentialsError::new(
                    CredentialsErrorKind::Unavailable,
                    "the provider of the credentials panicked",
                ))
            })
        });
        Self {
            started_at,
            work: Shared::new(work),
        }
    }

    /// Returns whether a caller that arrives now may wait for this request.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        now.duration_since(self.started_at) < LOST_AFTER && !self.work.is_complete()
    }

    /// Waits for the outcome of the request.
    pub(super) async fn outcome(&self) -> Outcome {
        self.work.outcome().await
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Waker};

    use tokio::sync::Notify;

    use super::super::shared::tests::Count;
    use super::*;

    fn credentials() -> Credentials {
        Credentials::new("ak", "sk").unwrap()
    }

    fn poll<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
        let mut context = Context::from_waker(Waker::noop());
        future.as_mut().poll(&mut context)
    }

    /// Returns a request that completes when the returned [`Notify`] is notified.
    fn held() -> (Flight, Arc<Notify>) {
        let gate = Arc::new(Notify::new());
        let opened = Arc::clone(&gate);
        let work = async move {
            opened.notified().await;
            Ok(credentials())
        };
        (Flight::new(Instant::now(), work), gate)
    }

    #[test]
    fn a_waiter_that_is_not_polled_any_more_holds_nobody_up() {
        let (flight, gate) = held();
        let mut first = Box::pin(flight.outcome());
        let mut second = Box::pin(flight.outcome());
        assert!(poll(&mut first).is_pending());
        assert!(poll(&mut second).is_pending());
        gate.notify_one();
        assert!(poll(&mut second).is_ready(), "the first is still there");
        assert!(poll(&mut first).is_ready(), "and gets the same outcome");
    }

    #[test]
    fn all_who_wait_are_woken_by_progress_and_by_the_outcome() {
        let (flight, gate) = held();
        let mut waiters = [(); 3].map(|()| {
            let count = Arc::new(Count(AtomicUsize::new(0)));
            (Box::pin(flight.outcome()), count)
        });
        for (waiter, count) in &mut waiters {
            let waker = Waker::from(Arc::clone(count));
            let polled = waiter.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        gate.notify_one();
        for (_, count) in &waiters {
            assert_eq!(count.0.load(Ordering::Relaxed), 1);
        }
    }

    #[test]
    fn work_that_wakes_itself_goes_on_only_after_its_task_has_yielded() {
        let steps = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&steps);
        let work = poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            match counted.fetch_add(1, Ordering::Relaxed) {
                4 => Poll::Ready(Ok(credentials())),
                _ => Poll::Pending,
            }
        });
        let flight = Flight::new(Instant::now(), work);
        let mut waiter = Box::pin(flight.outcome());
        for step in 1..5 {
            assert!(poll(&mut waiter).is_pending());
            assert_eq!(steps.load(Ordering::Relaxed), step);
        }
        assert!(poll(&mut waiter).is_ready());
    }

    #[test]
    fn work_that_panics_is_an_error_for_all_who_wait() {
        let work = poll_fn(|_| panic!("on purpose"));
        let flight = Flight::new(Instant::now(), work);
        let mut waiters = [(); 2].map(|()| Box::pin(flight.outcome()));
        for waiter in &mut waiters {
            let Poll::Ready(Err(error)) = poll(waiter) else {
                panic!("the work is over");
            };
            assert_eq!(error.kind(), CredentialsErrorKind::Unavailable);
        }
        assert!(!flight.is_open(Instant::now()));
    }

    #[test]
    fn work_ends_with_its_last_waiter_even_if_its_waker_is_kept() {
        let alive = Arc::new(());
        let (sender, wakers) = std::sync::mpsc::channel();
        let owned = Arc::clone(&alive);
        let work = poll_fn(move |cx| {
            let _owned = &owned;
            sender.send(cx.waker().clone()).unwrap();
            Poll::Pending
        });
        let flight = Flight::new(Instant::now(), work);
        assert!(poll(&mut Box::pin(flight.outcome())).is_pending());
        assert_eq!(Arc::strong_count(&alive), 2);
        drop(flight);
        assert_eq!(Arc::strong_count(&alive), 1);
        wakers.recv().unwrap().wake();
    }

    #[test]
    fn a_flight_takes_waiters_until_it_is_over_or_lost() {
        let (flight, gate) = held();
        let start = flight.started_at;
        assert!(flight.is_open(start));
        assert!(flight.is_open(start + LOST_AFTER - Duration::from_nanos(1)));
        assert!(!flight.is_open(start + LOST_AFTER));
        gate.notify_one();
        assert!(poll(&mut Box::pin(flight.outcome())).is_ready());
        assert!(!flight.is_open(start));
    }
}
