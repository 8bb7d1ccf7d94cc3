//! A service whose layers are shared between its clones where this is possible.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower_layer::{Layer, layer_fn};
use tower_service::Service;

/// A service together with its layers, which clones of this value share (`Shared`) or do not share
/// (`Own`).
///
/// Each layer has one or two reference-counted pointers, whose counters are shared between threads.
/// Cloning the layers updates all of these counters, and a call clones the service inside
/// [`Retry`](super::Retry) several times. `Shared` avoids this: cloning it updates a single
/// counter, and the layers are cloned only when they are called. This requires a service that is
/// always ready, since readiness belongs to the clone that was polled.
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
