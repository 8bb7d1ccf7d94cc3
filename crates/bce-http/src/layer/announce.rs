//! Extensions of requests that are meant for layers and transports of applications.

use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::CallDeadline;
use crate::context::CallRecord;

/// A layer that adds the operation and the deadline of each call to the extensions of its request,
/// if there are layers or transports of an application.
///
/// The layers of this crate read both from the record of the call instead, because every extension
/// costs allocations, in the request and in each of its copies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announce {
    seen: bool,
}

impl Announce {
    /// Creates the layer. `seen` tells whether the application provides layers or the transport,
    /// which see the requests.
    pub(super) const fn new(seen: bool) -> Self {
        Self { seen }
    }
}

impl<S> Layer<S> for Announce {
    type Service = AnnounceService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let seen = self.seen;
        AnnounceService { inner, seen }
    }
}

/// The service of [`Announce`].
#[derive(Clone, Debug)]
pub(super) struct AnnounceService<S> {
    inner: S,
    seen: bool,
}

impl<S, B> Service<Request<B>> for AnnounceService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if self.seen {
            announce(&mut request);
        }
        self.inner.call(request)
    }
}

// Not part of the calls of clients without layers or transports of an application.
#[inline(never)]
fn announce<B>(request: &mut Request<B>) {
    let extensions = request.extensions_mut();
    let Some(record) = CallRecord::of(extensions) else {
        return;
    };
    // The record may belong to an outer call, whose operation and end are different.
    if let Some(operation) = CallRecord::operation_of(extensions) {
        extensions.insert(operation);
    }
    if let Some(deadline) = CallDeadline::of(extensions, &record) {
        extensions.insert(deadline);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::Method;
    use tokio::time::Instant;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::service::{Idempotency, Operation};

    static GET: Operation = Operation::new("zoo", "Get", Method::GET, Idempotency::Safe);
    static CREATE: Operation =
        Operation::new("zoo", "Create", Method::POST, Idempotency::NonIdempotent);

    /// Passes a request through the layer. Returns the operation that the inner service finds in
    /// the extensions of the request, and whether it finds a deadline there.
    async fn announced(
        layer: Announce,
        request: Request<()>,
    ) -> (Option<&'static Operation>, bool) {
        let seen = service_fn(|request: Request<()>| async move {
            let extensions = request.extensions();
            let operation = extensions.get::<&'static Operation>().copied();
            Ok::<_, Infallible>((operation, extensions.get::<CallDeadline>().is_some()))
        });
        layer.layer(seen).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn only_applications_are_told_of_the_call() {
        let mut request = Request::new(());
        let record = CallRecord::begin(request.extensions_mut(), &GET, Instant::now());
        record.set_end(Instant::now());
        let untold = announced(Announce::new(false), request.clone()).await;
        assert_eq!(untold, (None, false));
        let told = announced(Announce::new(true), request).await;
        assert_eq!(told, (Some(&GET), true));
    }

    #[tokio::test]
    async fn a_call_in_the_course_of_another_is_announced_by_its_own_operation() {
        let mut request = Request::new(());
        CallRecord::begin(request.extensions_mut(), &GET, Instant::now());
        announce(&mut request);
        CallRecord::begin(request.extensions_mut(), &CREATE, Instant::now());
        let told = announced(Announce::new(true), request).await;
        assert_eq!(told, (Some(&CREATE), false));
    }
}
