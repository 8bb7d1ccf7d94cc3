//! A future that ends at a point in time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep};

use crate::context::CallRecord;
use crate::error::{BoxError, Error, ErrorKind};
use crate::limit;
use crate::limit::timer;

/// The time limit of a call or of an attempt. The error message names which of the two was
/// exceeded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    Call(Duration),
    Attempt(Duration),
}

impl Limit {
    /// Creates the error. `connecting` tells whether the latest request had no connection yet: then
    /// the network is the reason, and not a slow service.
    fn into_error(self, connecting: bool) -> Error {
        let (what, limit) = match self {
            Self::Call(limit) => ("the call", limit),
            Self::Attempt(limit) => ("the attempt", limit),
        };
        let stage = match connecting {
            true => "; the latest request was still waiting for a connection",
            false => "",
        };
        Error::new(
            ErrorKind::Timeout,
            format!("no complete response to {what} within {limit:?}{stage}"),
        )
    }
}

/// Returns the point in time at which a limit ends. If it is beyond the range of the clock, returns
/// a time in a hundred years.
pub(super) fn end_of(limit: Duration, start: Instant) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    start.checked_add(limit).unwrap_or(start + CENTURY)
}

pin_project! {
    /// The future of [`DeadlineService`](super::DeadlineService) and
    /// [`AttemptTimeoutService`](super::AttemptTimeoutService).
    #[derive(Debug)]
    pub struct LimitFuture<F> {
        #[pin]
        inner: F,
        #[pin]
        sleep: Sleep,
        limit: Limit,
        record: Option<CallRecord>,
    }
}

impl<F> LimitFuture<F> {
    pub(super) fn new(inner: F, end: Instant, limit: Limit, record: Option<CallRecord>) -> Self {
        let sleep = tokio::time::sleep_until(end);
        Self {
            inner,
            sleep,
            limit,
            record,
        }
    }
}

impl<F, T, E> Future for LimitFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // The inner future is polled first: a response that has already been received counts,
        // however late it is.
        let entered = limit::until(this.sleep.deadline());
        let polled = this.inner.poll(cx);
        drop(entered);
        if let Poll::Ready(result) = polled {
            return Poll::Ready(result.map_err(Error::from_inner));
        }
        ready!(timer::poll_elapsed(this.sleep, cx));
        let connecting = this.record.as_ref().is_some_and(CallRecord::is_connecting);
        let error = this.limit.into_error(connecting);
        // A call that ends while it waits for credentials or for its turn was not sent.
        let delivery = this.record.as_ref().map(CallRecord::delivery);
        Poll::Ready(Err(match delivery {
            Some(delivery) => error.with_delivery(delivery),
            None => error,
        }))
    }
}
