//! From a response to a reply or the service's error.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::Reply;
use crate::error::{BoxError, Error, ServiceError};

/// Turns error answers into errors, so that outer layers see what the service said.
///
/// An answer is an error when its status is not 2xx, or when its body holds a non-empty `code`:
/// these services put errors into HTTP 200 as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decode(());

impl Decode {
    /// The layer.
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for Decode {
    type Service = DecodeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DecodeService { inner }
    }
}

/// The service of [`Decode`].
#[derive(Clone, Debug)]
pub struct DecodeService<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for DecodeService<S>
where
    S: Service<Request<B>, Response = Response<Bytes>>,
    S::Error: Into<BoxError>,
{
    type Response = Reply;
    type Error = Error;
    type Future = DecodeFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        DecodeFuture {
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`DecodeService`].
    #[derive(Debug)]
    pub struct DecodeFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, E> Future for DecodeFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Reply, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.project().inner.poll(cx));
        Poll::Ready(result.map_err(Error::from_inner).and_then(classify))
    }
}

fn classify(response: Response<Bytes>) -> Result<Reply, Error> {
    let (head, body) = response.into_parts();
    if !head.status.is_success() {
        let answer = ServiceError::from_response(head.status, &head.headers, &body);
        return Err(Error::from_service(answer));
    }
    match ServiceError::inside_success(head.status, &head.headers, &body) {
        Some(answer) => Err(Error::from_service(answer)),
        None => Ok(Reply::new(head.status, head.headers, body)),
    }
}
