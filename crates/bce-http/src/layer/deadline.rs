//! The time limit of a whole call, including retries and pauses.

use std::task::{Context, Poll};
use std::time::Duration;

use http::{Extensions, Request};
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use super::ready_and_call::ReadyAndCall;
use super::timeout_future::{Limit, LimitFuture, end_of};
use crate::context::{CallOptions, CallRecord};
use crate::error::{BoxError, Error};

/// A layer that ends a call at its deadline: the call fails, and the future of the inner service is
/// not polled any more.
///
/// The time limit is that of the call ([`CallOptions::timeout`]), if it has one, and otherwise that
/// of the layer. Inner layers find the time at which the call ends as [`CallDeadline`] in the
/// extensions of the request.
///
/// An inner service that is always ready to continue cannot delay the end, as long as it returns
/// from its polls. Reading a long response also stops at the limit.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    limit: Duration,
    /// Whether this layer adds a [`CallDeadline`] to every request. If not, the
    /// [`announce`](super::announce) layer adds it if layers or transports of the application may
    /// read it.
    announced: bool,
    /// Whether this layer has to wait until the inner service is ready.
    waits: bool,
}

/// The time at which the call ends; an extension of the request.
#[derive(Clone, Copy, Debug)]
pub struct CallDeadline(Instant);

impl Deadline {
    /// Creates a layer with this limit, which applies to calls that do not have a limit of their
    /// own.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bce_http::layer::Deadline;
    ///
    /// let layer = Deadline::new(Duration::from_secs(60));
    /// # let _ = layer;
    /// ```
    pub const fn new(limit: Duration) -> Self {
        Self {
            limit,
            announced: true,
            waits: true,
        }
    }

    /// Creates the layer for this crate's own stack, whose layers read the end of a call from its
    /// record. The layer therefore adds no [`CallDeadline`], except to a call that is part of an
    /// outer call, because the record then contains the end of the outer call. `waits` tells
    /// whether the layer has to wait until the inner service is ready.
    pub(super) const fn unannounced(limit: Duration, waits: bool) -> Self {
        Self {
            limit,
            announced: false,
            waits,
        }
    }
}

impl CallDeadline {
    /// Returns the time at which a request's call ends, or `None` if it has no limit. If the
    /// extensions and the record state different times, the earlier one counts.
    pub(super) fn of(extensions: &Extensions, record: &CallRecord) -> Option<Self> {
        let announced = match CallRecord::is_alone(extensions) {
            true => None,
            false => extensions.get::<Self>().map(|deadline| deadline.0),
        };
        let ends = record.end().into_iter().chain(announced);
        ends.min().map(Self)
    }

    /// Returns the time that remains until the call ends; zero if none remains.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

impl<S> Layer<S> for Deadline {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DeadlineService {
            inner,
            deadline: *self,
        }
    }
}

/// The service of [`Deadline`].
#[derive(Clone, Debug)]
pub struct DeadlineService<S> {
    inner: S,
    deadline: Deadline,
}

impl<S, B> Service<Request<B>> for DeadlineService<S>
where
    S: Service<Request<B>> + Clone,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = LimitFuture<ReadyAndCall<S, Request<B>>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        // The deadline also covers the wait for the inner service, so the future waits for it.
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let extensions = request.extensions();
        let record = CallRecord::of(extensions);
        let alone = record.as_ref().filter(|_| CallRecord::is_alone(extensions));
        let options = match alone {
            Some(_) => None,
            None => extensions.get::<CallOptions>(),
        };
        let own = options.and_then(|options| options.timeout);
        let limit = own.unwrap_or(self.deadline.limit);
        // In this crate's stack, only the layer that traces the call runs before this one, so the
        // start of the call is recent enough; reading the clock would take as long as everything
        // else here. If there are other extensions, the record may belong to an outer call.
        let started = match self.deadline.announced {
            true => None,
            false => alone.and_then(CallRecord::started),
        };
        let end = end_of(limit, started.unwrap_or_else(Instant::now));
        let outer = record.as_ref().and_then(|record| record.set_end(end));
        // The record of an outer call contains the end of that call, not of this one.
        if self.deadline.announced || outer.is_some() {
            let end = outer.map_or(end, |outer| outer.min(end));
            request.extensions_mut().insert(CallDeadline(end));
        }
        let call = match self.deadline.waits {
            true => ReadyAndCall::new(self.inner.clone(), request),
            // The service is called here, so it need not be cloned, and the future needs no space
            // for the request.
            false => ReadyAndCall::called(self.inner.call(request)),
        };
        LimitFuture::new(call, end, Limit::Call(limit), record)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::service::{Idempotency, Operation};

    #[tokio::test(start_paused = true)]
    async fn a_call_in_the_course_of_another_leaves_the_end_of_that_alone() {
        let now = Instant::now();
        for (own, expected) in [(2, 2), (60, 10)] {
            let (outer, inner) = (seconds(10), seconds(own));
            let mut request = Request::new(());
            let record = CallRecord::default();
            request.extensions_mut().insert(record.clone());
            let seen = service_fn(|request: Request<()>| async move {
                let record = CallRecord::of(request.extensions()).unwrap();
                let known = CallDeadline::of(request.extensions(), &record);
                Ok::<_, Error>(known.map(|known| known.0))
            });
            let inside = Deadline::unannounced(inner, true).layer(seen);
            let around = Deadline::unannounced(outer, true).layer(inside);
            let known = around.oneshot(request).await.unwrap();
            assert_eq!(known, Some(now + seconds(expected)));
            assert_eq!(record.end(), Some(now + outer));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_begins_with_its_call_and_not_with_the_one_around_it() {
        static GET: Operation = Operation::new("zoo", "Get", Method::GET, Idempotency::Safe);
        let ends = service_fn(|request: Request<()>| async move {
            let record = CallRecord::of(request.extensions()).unwrap();
            let known = CallDeadline::of(request.extensions(), &record);
            Ok::<_, Error>(known.map(|known| known.0))
        });
        let start = Instant::now();
        let mut request = Request::new(());
        CallRecord::begin(request.extensions_mut(), &GET, start);
        tokio::time::advance(seconds(1)).await;
        let outer = Deadline::unannounced(seconds(10), false).layer(ends);
        let end = outer.oneshot(request.clone()).await.unwrap();
        assert_eq!(end, Some(start + seconds(10)));
        CallRecord::begin(request.extensions_mut(), &GET, Instant::now());
        let inner = Deadline::unannounced(seconds(2), false).layer(ends);
        let end = inner.oneshot(request).await.unwrap();
        assert_eq!(end, Some(start + seconds(3)));
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
