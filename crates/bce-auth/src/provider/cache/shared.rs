//! A future that all callers who wait for its outcome drive together.
//!
//! `futures_util::future::Shared` does nearly the same, but can lose a wake-up: if the future is
//! woken while one caller polls it, and this caller is then dropped or no longer polled, the others
//! wait in vain ([futures-rs#2706](https://github.com/rust-lang/futures-rs/issues/2706)).

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::sync::{Mutex, lock};

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A future whose outcome any number of callers can wait for. It is dropped with its last clone and
/// its last waiting caller.
pub(super) struct Shared<T> {
    state: Arc<Mutex<State<T>>>,
    /// Wakes all waiting callers.
    waker: Waker,
}

struct State<T> {
    /// The future; `None` while a caller polls it, and once it has completed.
    work: Option<Work<T>>,
    outcome: Option<T>,
    /// Whether the future has been woken since a caller began to poll it.
    woken: bool,
    /// The callers to wake, each with its number.
    waiting: Vec<(u64, Waker)>,
    /// How many callers there have been.
    callers: u64,
}

impl<T: Clone + Send + 'static> Shared<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        let state = Arc::new(Mutex::new(State {
            work: Some(Box::pin(work)),
            outcome: None,
            woken: false,
            waiting: Vec::new(),
            callers: 0,
        }));
        let waker = Waker::from(Arc::new(Notifier(Arc::downgrade(&state))));
        Self { state, waker }
    }

    pub(super) fn is_complete(&self) -> bool {
        lock(&self.state).outcome.is_some()
    }

    /// Waits for the outcome.
    pub(super) fn outcome(&self) -> Waiting<T> {
        let mut state = lock(&self.state);
        state.callers += 1;
        Waiting {
            shared: self.clone(),
            number: state.callers,
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            waker: self.waker.clone(),
        }
    }
}

impl<T> State<T> {
    fn register(&mut self, number: u64, waker: &Waker) {
        match self.waiting.iter_mut().find(|(known, _)| *known == number) {
            Some((_, known)) => known.clone_from(waker),
            None => self.waiting.push((number, waker.clone())),
        }
    }
}

/// A caller that waits for the outcome of a [`Shared`] future.
pub(super) struct Waiting<T> {
    shared: Shared<T>,
    number: u64,
}

impl<T: Clone> Future for Waiting<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let shared = &self.shared;
        let mut state = lock(&shared.state);
        if let Some(outcome) = &state.outcome {
            return Poll::Ready(outcome.clone());
        }
        state.register(self.number, cx.waker());
        let Some(mut work) = state.work.take() else {
            // Another caller polls it, and passes on its wake-ups afterwards.
            return Poll::Pending;
        };
        state.woken = false;
        drop(state);
        let polled = work.as_mut().poll(&mut Context::from_waker(&shared.waker));
        let mut state = lock(&shared.state);
        let waiting = match &polled {
            Poll::Ready(outcome) => {
                state.outcome = Some(outcome.clone());
                let mut waiting = std::mem::take(&mut state.waiting);
                waiting.retain(|(number, _)| *number != self.number);
                waiting
            }
            Poll::Pending => {
                state.work = Some(work);
                match state.woken {
                    true => std::mem::take(&mut state.waiting),
                    false => Vec::new(),
                }
            }
        };
        // A waker may run any code.
        drop(state);
        wake(waiting);
        polled
    }
}

impl<T> Drop for Waiting<T> {
    fn drop(&mut self) {
        let own;
        {
            let waiting = &mut lock(&self.shared.state).waiting;
            let at = waiting.iter().position(|(known, _)| *known == self.number);
            own = at.map(|at| waiting.swap_remove(at));
        }
        // A waker may run any code when it is dropped.
        drop(own);
    }
}

/// Wakes the callers that wait for a [`Shared`] future. Does not keep the future alive.
struct Notifier<T>(Weak<Mutex<State<T>>>);

impl<T: Send> Wake for Notifier<T> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let Some(shared) = self.0.upgrade() else {
            return;
        };
        let waiting = {
            let mut state = lock(&shared);
            state.woken = true;
            match state.work.is_some() {
                true => std::mem::take(&mut state.waiting),
                // The caller that polls it wakes the others, who could not poll it now.
                false => Vec::new(),
            }
        };
        wake(waiting);
    }
}

fn wake(waiting: Vec<(u64, Waker)>) {
    for (_, waker) in waiting {
        waker.wake();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::future::poll_fn;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts wake-ups.
    pub(in super::super) struct Count(pub(in super::super) AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn poll(waiting: &mut Waiting<u8>, waker: &Waker) -> Poll<u8> {
        Pin::new(waiting).poll(&mut Context::from_waker(waker))
    }

    #[test]
    fn a_wake_up_during_a_poll_reaches_the_others_even_if_that_caller_is_gone() {
        let other = Arc::new(std::sync::Mutex::new(None));
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&count));
        let shared = {
            let (other, waker) = (Arc::clone(&other), waker.clone());
            let mut polls = 0;
            Shared::new(poll_fn(move |cx| {
                polls += 1;
                if polls > 1 {
                    return Poll::Ready(7);
                }
                cx.waker().wake_by_ref();
                // The other caller is polled by another thread after this wake-up.
                let mut other = other.lock().unwrap();
                assert!(poll(other.as_mut().unwrap(), &waker).is_pending());
                Poll::Pending
            }))
        };
        *other.lock().unwrap() = Some(shared.outcome());
        let mut first = shared.outcome();
        assert!(poll(&mut first, Waker::noop()).is_pending());
        drop(first);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        let mut other = other.lock().unwrap().take().unwrap();
        assert_eq!(poll(&mut other, &waker), Poll::Ready(7));
        assert!(shared.is_complete());
    }

    #[test]
    fn callers_that_are_dropped_leave_no_waker_behind() {
        let shared = Shared::new(std::future::pending::<u8>());
        for _ in 0..3 {
            assert!(poll(&mut shared.outcome(), Waker::noop()).is_pending());
        }
        assert!(lock(&shared.state).waiting.is_empty());
    }
}
