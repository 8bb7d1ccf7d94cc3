//! A limit on the number of concurrent requests of a client.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use tokio::sync::Semaphore;
use tower_layer::Layer;
use tower_service::Service;

use super::maybe_boxed::MaybeBoxed;
use super::ready_and_call::ReadyAndCall;
use crate::context::CallRecord;
use crate::error::{BoxError, Error};

/// A layer that limits the number of concurrent requests; a request beyond the limit waits until
/// another one has ended. The wait is part of the call, so its [`Deadline`](super::Deadline)
/// applies. A call that pauses between two attempts does not count.
///
/// Clones of the layer share the limit.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// One permit for each request that may run at the same time; `None` if their number is not
    /// limited.
    places: Option<Arc<Semaphore>>,
}

impl InFlight {
    /// Creates a layer with a limit of `max` requests; 0 counts as 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::InFlight;
    ///
    /// let layer = InFlight::new(64);
    /// assert_eq!(layer.free(), 64);
    /// ```
    pub fn new(max: usize) -> Self {
        Self::limited(Some(max))
    }

    /// Creates a layer with a limit of `max` requests. With `None`, the layer only forwards
    /// requests.
    pub(super) fn limited(max: Option<usize>) -> Self {
        let places = |max: usize| Semaphore::new(max.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            places: max.map(places).map(Arc::new),
        }
    }

    /// Returns the number of requests that could be started right now.
    pub fn free(&self) -> usize {
        let places = self.places.as_ref();
        places.map_or(Semaphore::MAX_PERMITS, |places| places.available_permits())
    }
}

impl<S> Layer<S> for InFlight {
    type Service = InFlightService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        InFlightService {
            inner,
            places: self.places.clone(),
        }
    }
}

/// The service of [`InFlight`].
#[derive(Clone, Debug)]
pub struct InFlightService<S> {
    inner: S,
    places: Option<Arc<Semaphore>>,
}

impl<S, B> Service<Request<B>> for InFlightService<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = MaybeBoxed<S::Future, S::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.places {
            // The inner service is polled only after this layer has admitted the request, so that
            // no resource of the inner service is held during the wait.
            Some(_) => Poll::Ready(Ok(())),
            None => self.inner.poll_ready(cx).map_err(Error::from_inner),
        }
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some(places) = self.places.clone() else {
            return MaybeBoxed::in_place(self.inner.call(request));
        };
        let inner = self.inner.clone();
        MaybeBoxed::boxed(async move {
            let record = CallRecord::of(request.extensions());
            let queued = record.as_ref().map(CallRecord::enter_queue);
            // The semaphore is never closed; if it were, the request would be sent without a limit.
            let _place = places.acquire_owned().await.ok();
            drop(queued);
            ReadyAndCall::new(inner, request)
                .await
                .map_err(Error::from_inner)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, poll_fn, ready};

    use super::*;
    use crate::error::ErrorKind;

    /// A service that may only be called after it was polled ready, and whose clones have to be
    /// polled themselves.
    #[derive(Debug)]
    struct Strict {
        polls_until_ready: u32,
    }

    impl Clone for Strict {
        fn clone(&self) -> Self {
            Self {
                polls_until_ready: u32::MAX,
            }
        }
    }

    impl Service<Request<()>> for Strict {
        type Response = ();
        type Error = Error;
        type Future = Ready<Result<(), Error>>;

        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
            match self.polls_until_ready {
                0 => Poll::Ready(Ok(())),
                u32::MAX => Poll::Ready(Err(Error::new(ErrorKind::Connect, "closed"))),
                _ => {
                    self.polls_until_ready -= 1;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        }

        fn call(&mut self, _: Request<()>) -> Self::Future {
            assert_eq!(self.polls_until_ready, 0, "called before it was ready");
            ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn without_a_limit_the_inner_service_is_polled_and_called_itself() {
        let layer = InFlight::limited(None);
        let mut service = layer.layer(Strict {
            polls_until_ready: 2,
        });
        poll_fn(|cx| Service::<Request<()>>::poll_ready(&mut service, cx))
            .await
            .unwrap();
        service.call(Request::new(())).await.unwrap();
        let mut closed = service.clone();
        let error = poll_fn(|cx| Service::<Request<()>>::poll_ready(&mut closed, cx)).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Connect);
    }
}
