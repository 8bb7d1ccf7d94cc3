//! The time limit of one attempt: fetching credentials, connecting, sending the request and reading
//! the whole response.

use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use super::timeout_future::{Limit, LimitFuture, end_of};
use crate::context::CallRecord;
use crate::error::{BoxError, Error};

/// A layer that limits the duration of an attempt. An outer [`Deadline`](super::Deadline) may end
/// the attempt earlier.
#[derive(Clone, Copy, Debug)]
pub struct AttemptTimeout {
    limit: Duration,
}

impl AttemptTimeout {
    /// Creates a layer with this limit for each attempt.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bce_http::layer::AttemptTimeout;
    ///
    /// let layer = AttemptTimeout::new(Duration::from_secs(10));
    /// # let _ = layer;
    /// ```
    pub const fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl<S> Layer<S> for AttemptTimeout {
    type Service = AttemptTimeoutService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AttemptTimeoutService {
            inner,
            limit: self.limit,
        }
    }
}

/// The service of [`AttemptTimeout`].
#[derive(Clone, Debug)]
pub struct AttemptTimeoutService<S> {
    inner: S,
    limit: Duration,
}

impl<S, B> Service<Request<B>> for AttemptTimeoutService<S>
where
    S: Service<Request<B>>,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = LimitFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let end = end_of(self.limit, Instant::now());
        let record = CallRecord::of(request.extensions());
        LimitFuture::new(
            self.inner.call(request),
            end,
            Limit::Attempt(self.limit),
            record,
        )
    }
}
