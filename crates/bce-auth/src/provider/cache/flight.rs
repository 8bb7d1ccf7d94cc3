//! One request to the provider, shared by everybody who waits for its answer.
//!
//! Whoever waits drives the request on. It belongs to no single caller, so a caller that is dropped,
//! or that is still there but no longer polled (a branch of `select!`), holds nobody up. A lock that
//! its holder keeps across an await would.

use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::lock;
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, Ordering};

/// Longer than any call of this SDK takes. What is still under way then is not waited for any more.
const LOST_AFTER: Duration = Duration::from_secs(120);

pub(super) type Outcome = Result<Credentials, CredentialsError>;
pub(super) type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

pub(super) struct Flight {
    started_at: Instant,
    state: Mutex<State>,
    signal: Arc<Signal>,
}

enum State {
    Idle(Work),
    /// One of those who wait has taken the work out and is polling it now.
    Polled,
    Over(Outcome),
}

/// What the work wakes. Apart from the flight, because a waker that owned the work would keep it
/// alive after its last caller is gone.
struct Signal {
    woken: AtomicBool,
    progress: Notify,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        // All of them: any single one may never be polled again.
        self.progress.notify_waiters();
    }
}

impl Flight {
    pub(super) fn new(started_at: Instant, work: Work) -> Self {
        Self {
            started_at,
            state: Mutex::new(State::Idle(work)),
            signal: Arc::new(Signal {
                woken: AtomicBool::new(true),
                progress: Notify::new(),
            }),
        }
    }

    /// Whether a caller that comes now may wait for it.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        now.duration_since(self.started_at) < LOST_AFTER
            && !matches!(*lock(&self.state), State::Over(_))
    }

    /// Waits for the outcome.
    pub(super) async fn outcome(&self) -> Outcome {
        loop {
            // Made before the look at the state: it knows of every wake-up from now on.
            let mut progress = pin!(self.signal.progress.notified());
            if let Some(outcome) = self.advance() {
                return outcome;
            }
            // A pause between two steps, always: work that wakes itself, as tokio makes it do when a
            // task has had its share, can go on only after the task has yielded.
            let mut first = true;
            poll_fn(
                |cx| match (progress.as_mut().poll(cx), mem::take(&mut first)) {
                    (Poll::Ready(()), true) => {
                        cx.waker().wake_by_ref();
                        Poll::Pending
                    }
                    (poll, _) => poll,
                },
            )
            .await;
        }
    }

    /// Polls the work if it has asked for that and nobody else is at it.
    fn advance(&self) -> Option<Outcome> {
        let mut state = lock(&self.state);
        match &*state {
            State::Over(outcome) => return Some(outcome.clone()),
            State::Idle(_) if self.signal.woken.swap(false, Ordering::Acquire) => {}
            State::Idle(_) | State::Polled => return None,
        }
        let State::Idle(mut work) = mem::replace(&mut *state, State::Polled) else {
            return None;
        };
        drop(state);

        let turn = Turn::new(self);
        let waker = Waker::from(Arc::clone(&self.signal));
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => {
                turn.end_with(State::Over(outcome.clone()));
                Some(outcome)
            }
            Poll::Pending => {
                turn.end_with(State::Idle(work));
                None
            }
        }
    }
}

/// Ends the state [`State::Polled`], also when the work panics.
struct Turn<'a> {
    flight: &'a Flight,
    next: Option<State>,
}

impl<'a> Turn<'a> {
    fn new(flight: &'a Flight) -> Self {
        Self { flight, next: None }
    }

    fn end_with(mut self, next: State) {
        self.next = Some(next);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let next = self.next.take().unwrap_or_else(|| {
            State::Over(Err(CredentialsError::new(
                CredentialsErrorKind::Unavailable,
                "the provider of the credentials panicked",
            )))
        });
        let over = matches!(next, State::Over(_));
        *lock(&self.flight.state) = next;
        // Those who were woken during the turn found the work taken, and wait again.
        if over || self.flight.signal.woken.load(Ordering::Acquire) {
            self.flight.signal.progress.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Counts how often it is woken.
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn credentials() -> Credentials {
        Credentials::new("ak", "sk").unwrap()
    }

    fn poll<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
        let mut context = Context::from_waker(Waker::noop());
        future.as_mut().poll(&mut context)
    }

    /// A flight that lands when told to.
    fn held() -> (Flight, Arc<Notify>) {
        let gate = Arc::new(Notify::new());
        let opened = Arc::clone(&gate);
        let work = async move {
            opened.notified().await;
            Ok(credentials())
        };
        (Flight::new(Instant::now(), Box::pin(work)), gate)
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
        let flight = Flight::new(Instant::now(), Box::pin(work));
        let mut waiter = Box::pin(flight.outcome());
        for step in 1..5 {
            assert!(poll(&mut waiter).is_pending());
            assert_eq!(steps.load(Ordering::Relaxed), step);
        }
        assert!(poll(&mut waiter).is_ready());
    }

    #[test]
    fn a_waiter_that_came_in_vain_while_another_polled_is_woken_again() {
        type Waiter = Pin<Box<dyn Future<Output = Outcome> + Send>>;
        let (sender, waiters) = std::sync::mpsc::channel::<(Waiter, Waker)>();
        let mut second = None;
        let work = poll_fn(move |cx| {
            // What happens on two threads otherwise: woken, and somebody looks before the turn ends.
            cx.waker().wake_by_ref();
            second = second.take().or_else(|| waiters.try_recv().ok());
            if let Some((waiter, waker)) = &mut second {
                for _ in 0..2 {
                    let polled = waiter.as_mut().poll(&mut Context::from_waker(waker));
                    assert!(polled.is_pending());
                }
            }
            Poll::Pending
        });
        let flight = Arc::new(Flight::new(Instant::now(), Box::pin(work)));
        let shared = Arc::clone(&flight);
        let waiter: Waiter = Box::pin(async move { shared.outcome().await });
        let count = Arc::new(Count(AtomicUsize::new(0)));
        sender
            .send((waiter, Waker::from(Arc::clone(&count))))
            .unwrap();
        let mut first = Box::pin(flight.outcome());
        assert!(poll(&mut first).is_pending());
        assert_eq!(count.0.load(Ordering::Relaxed), 1, "after the turn");
    }

    #[test]
    fn work_that_panics_is_an_error_for_the_others() {
        let work = poll_fn(|_| panic!("by intent"));
        let flight = Flight::new(Instant::now(), Box::pin(work));
        let mut first = Box::pin(flight.outcome());
        let mut second = Box::pin(flight.outcome());
        assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut first))).is_err());
        let Poll::Ready(Err(error)) = poll(&mut second) else {
            panic!("the work is over");
        };
        assert_eq!(error.kind(), CredentialsErrorKind::Unavailable);
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
        let flight = Flight::new(Instant::now(), Box::pin(work));
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
