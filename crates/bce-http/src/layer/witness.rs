//! What becomes of a request that a transport of the application sends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::{BoxError, Error};
use crate::progress::{Dispatch, Progress};

/// Enters the requests that go to a transport of the application into the record of their call. Our
/// own [`Transport`](crate::Transport) does that itself, and more precisely; where it is part of
/// theirs, its entries take the place of this layer's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Witness;

/// The entry of a witness; an extension of the request.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed(pub(crate) Dispatch);

impl<S> Layer<S> for Witness {
    type Service = WitnessService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WitnessService { inner }
    }
}

/// The service of [`Witness`].
#[derive(Clone, Debug)]
pub(crate) struct WitnessService<S> {
    inner: S,
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

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let dispatch = Progress::of(request.extensions())
            .map(|progress| progress.dispatch(request.headers(), None));
        if let Some(dispatch) = &dispatch {
            request.extensions_mut().insert(Witnessed(dispatch.clone()));
        }
        WitnessFuture {
            inner: self.inner.call(request),
            dispatch,
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
    }
}

impl<F, E> Future for WitnessFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<Bytes>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut result = ready!(this.inner.poll(cx)).map_err(Error::from_inner);
        if let Some(dispatch) = this.dispatch {
            match &mut result {
                Ok(response) => {
                    let extensions = response.extensions_mut();
                    extensions.get_or_insert_with(|| dispatch.clone());
                }
                Err(error) => dispatch.ends(error.delivery()),
            }
        }
        Poll::Ready(result)
    }
}
