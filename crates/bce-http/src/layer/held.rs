//! Layers behind one pointer.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower_layer::{Layer, layer_fn};
use tower_service::Service;

/// A service and its layers, each of which holds a pointer or two: cloned, they are as many operations on
/// counters that threads share, and a call clones what is inside of [`Retry`](super::Retry) several times.
///
/// Shared, they are cloned as one pointer, and once more for what is called. That is for services that are
/// ready at any time, since readiness belongs to the clone that has found it.
#[derive(Clone, Debug)]
pub(super) enum Held<S> {
    Shared(Arc<S>),
    Own(S),
}

impl<S> Held<S> {
    pub(super) fn layer(always_ready: bool) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |service| match always_ready {
            true => Self::Shared(Arc::new(service)),
            false => Self::Own(service),
        })
    }
}

impl<S, R> Service<R> for Held<S>
where
    S: Service<R> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        match self {
            Self::Shared(_) => Poll::Ready(Ok(())),
            Self::Own(service) => service.poll_ready(cx),
        }
    }

    #[inline]
    fn call(&mut self, request: R) -> S::Future {
        match self {
            Self::Shared(service) => S::clone(service).call(request),
            Self::Own(service) => service.call(request),
        }
    }
}
