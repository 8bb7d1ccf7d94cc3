//! The time limit for making a connection.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Uri;
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tower_layer::Layer;
use tower_service::Service;

use super::resolver;
use crate::error::BoxError;
use crate::limit::timer;

/// A layer that limits the time for making a connection. The limit covers everything that the inner
/// connector does: if the layer is placed around TCP, proxy and TLS, it covers all three together.
///
/// The error is a [`ConnectTimeoutError`], or the error of the inner connector.
#[derive(Clone, Copy, Debug)]
pub struct ConnectTimeout {
    limit: Duration,
}

impl ConnectTimeout {
    /// Creates a layer with this limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bce_http::connect::ConnectTimeout;
    ///
    /// let layer = ConnectTimeout::new(Duration::from_secs(5));
    /// # let _ = layer;
    /// ```
    pub const fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

/// Creates a layer with a limit of 5 seconds.
impl Default for ConnectTimeout {
    fn default() -> Self {
        Self::new(Duration::from_secs(5))
    }
}

impl<C> Layer<C> for ConnectTimeout {
    type Service = ConnectTimeoutService<C>;

    fn layer(&self, inner: C) -> Self::Service {
        ConnectTimeoutService {
            inner,
            limit: self.limit,
        }
    }
}

/// The connector that a [`ConnectTimeout`] layer returns.
#[derive(Clone, Debug)]
pub struct ConnectTimeoutService<C> {
    inner: C,
    limit: Duration,
}

impl<C> Service<Uri> for ConnectTimeoutService<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = ConnectTimeoutFuture<C::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        ConnectTimeoutFuture {
            inner: self.inner.call(target),
            sleep: Box::pin(tokio::time::sleep(self.limit)),
            limit: self.limit,
        }
    }
}

pin_project! {
    /// The future of [`ConnectTimeoutService`].
    #[derive(Debug)]
    pub struct ConnectTimeoutFuture<F> {
        #[pin]
        inner: F,
        // Boxed, because hyper-util requires a future that is `Unpin`.
        sleep: Pin<Box<Sleep>>,
        limit: Duration,
    }
}

impl<F, T, E> Future for ConnectTimeoutFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = this.inner.poll(cx);
        let resolving = resolver::was_waiting();
        match polled {
            Poll::Ready(Ok(connection)) => return Poll::Ready(Ok(connection)),
            // An error that occurs exactly when the limit passes is usually caused by a limit of
            // the inner connector.
            Poll::Ready(Err(error)) if !this.sleep.is_elapsed() => {
                return Poll::Ready(Err(error.into()));
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => ready!(timer::poll_elapsed(this.sleep.as_mut(), cx)),
        }
        let limit = *this.limit;
        Poll::Ready(Err(ConnectTimeoutError { limit, resolving }.into()))
    }
}

/// The error for a connection that was not made within the limit. No part of the request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectTimeoutError {
    limit: Duration,
    resolving: bool,
}

impl ConnectTimeoutError {
    /// Returns the limit that was exceeded.
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns whether the host name, or that of the proxy, had not been resolved when the limit
    /// was exceeded.
    pub const fn was_resolving(&self) -> bool {
        self.resolving
    }
}

impl fmt::Display for ConnectTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {:?}", self.limit)?;
        if self.resolving {
            f.write_str(", as the name was not resolved; check the DNS servers of this machine")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConnectTimeoutError {}
