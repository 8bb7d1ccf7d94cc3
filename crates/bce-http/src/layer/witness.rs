//! Records the outcome of requests that a transport sends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::context::{CallRecord, Dispatch, Witnessed};
use crate::error::{Answer, BoxError, Delivery, Error};
use crate::headers::REQUEST_ID;
use crate::service::Envelope;

/// A layer that records each request that is passed to a transport of the application. This crate's
/// own [`Transport`](crate::layer::Transport) records requests itself, and more precisely; if the
/// application's transport uses it, the entries of `Transport` replace those of this layer.
///
/// The layer also records responses with which the service refused a request. If a layer of the
/// application does not pass on such a response, the request would otherwise be mistaken for one
/// that may have been carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Witness {
    envelope: Envelope,
    /// Whether the application provides the transport.
    foreign: bool,
}

impl Witness {
    pub(crate) const fn new(envelope: Envelope, foreign: bool) -> Self {
        Self { envelope, foreign }
    }
}

impl<S> Layer<S> for Witness {
    type Service = WitnessService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WitnessService {
            inner,
            witness: *self,
        }
    }
}

/// The service of [`Witness`].
#[derive(Clone, Debug)]
pub(crate) struct WitnessService<S> {
    inner: S,
    witness: Witness,
}

impl<S, B> Service<Request<B>> for WitnessService<S>
where
    S: Service<Request<B>, Response = Response<Bytes>>,
    S::Error: Into<BoxError>,
{
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = WitnessFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    #[inline]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let record = match self.witness.foreign {
            true => CallRecord::of(request.extensions()),
            false => None,
        };
        let dispatch = record.map(|record| record.dispatch_unobserved(request.headers()));
        if let Some(dispatch) = &dispatch {
            request.extensions_mut().insert(Witnessed(dispatch.clone()));
        }
        WitnessFuture {
            inner: self.inner.call(request),
            dispatch,
            envelope: self.witness.envelope,
        }
    }
}

pin_project! {
    /// The future of [`WitnessService`].
    #[derive(Debug)]
    pub(crate) struct WitnessFuture<F> {
        #[pin]
        inner: F,
        dispatch: Option<Dispatch>,
        envelope: Envelope,
    }
}

impl<F, E> Future for WitnessFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<Bytes>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut result = ready!(this.inner.poll(cx)).map_err(Error::from_inner);
        match (&mut result, this.dispatch.take()) {
            (Ok(response), dispatch) => {
                if let Some(dispatch) = dispatch {
                    let extensions = response.extensions_mut();
                    extensions.get_or_insert_with(|| dispatch);
                }
                drop_echo(response);
                note_refusal(response, this.envelope);
            }
            (Err(error), Some(dispatch)) => dispatch.finish(error.delivery()),
            (Err(_), None) => {}
        }
        Poll::Ready(result)
    }
}

/// Removes the request id from a response if it is the one that the request had: the service
/// assigns its own ids, and a server that sends back the headers of a request is not necessarily
/// the service.
fn drop_echo(response: &mut Response<Bytes>) {
    let sent = (response.extensions().get::<Dispatch>()).and_then(Dispatch::id);
    if sent.is_some() && sent == response.headers().get(&REQUEST_ID) {
        response.headers_mut().remove(REQUEST_ID);
    }
}

fn note_refusal(response: &mut Response<Bytes>, envelope: &Envelope) {
    // The body of a success is parsed only by the code that reads it.
    if response.status().is_success() {
        return;
    }
    if let Some(dispatch) = response.extensions().get::<Dispatch>().cloned() {
        let (status, headers) = (response.status(), response.headers());
        let answer = Answer {
            status,
            headers,
            body: response.body(),
            envelope,
        };
        let named = answer.names();
        dispatch.finish(Delivery::proven_by(named.proof()));
        response.extensions_mut().insert(named);
    }
}
