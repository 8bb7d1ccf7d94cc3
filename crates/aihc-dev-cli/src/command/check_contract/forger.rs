//! Sends a request with an invalid signature, to see how the service refuses it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bce_http::layer::Transport;
use bce_http::{Body, Error};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use tower::Service;

/// A transport that changes the last digit of each signature.
#[derive(Clone)]
pub(super) struct Forger(pub(super) Transport);

impl Service<Request<Body>> for Forger {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(header) = request.headers_mut().get_mut(AUTHORIZATION) {
            let mut changed = header.as_bytes().to_vec();
            if let Some(last) = changed.last_mut() {
                *last = if *last == b'0' { b'1' } else { b'0' };
            }
            if let Ok(mut value) = HeaderValue::from_bytes(&changed) {
                value.set_sensitive(true);
                *header = value;
            }
        }
        self.0.call(request)
    }
}
