//! Request ids that the client chooses.

use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::Entry;
use http::{HeaderValue, Request};
use tower_layer::Layer;
use tower_service::Service;

use crate::headers::REQUEST_ID;
use crate::uuid;

/// A layer that adds the header `x-bce-request-id` to each request that has none. The id is a
/// random UUID, as in the official Go SDK. If the response is lost, this id still identifies the
/// request.
///
/// Place this layer inside [`Sign`](super::Sign), so that the id is not signed: it identifies the
/// request in transit, and is not part of its meaning.
///
/// ```
/// use std::convert::Infallible;
///
/// use bce_http::layer::RequestId;
/// use http::Request;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Infallible> {
/// let transport = service_fn(|request: Request<()>| async move {
///     Ok::<_, Infallible>(request.headers().get("x-bce-request-id").cloned())
/// });
/// let client = ServiceBuilder::new().layer(RequestId::new()).service(transport);
/// let id = client.oneshot(Request::new(())).await?;
/// assert_eq!(id.map(|id| id.len()), Some(36));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestId(());

impl RequestId {
    /// Creates the layer.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::RequestId;
    ///
    /// let layer = RequestId::new();
    /// # let _ = layer;
    /// ```
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for RequestId {
    type Service = RequestIdService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequestIdService { inner }
    }
}

/// The service of [`RequestId`].
#[derive(Clone, Debug)]
pub struct RequestIdService<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for RequestIdService<S>
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
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Entry::Vacant(place) = request.headers_mut().entry(REQUEST_ID)
            && let Some(id) = new_id()
        {
            place.insert(id);
        }
        self.inner.call(request)
    }
}

/// Returns a random UUID, version 4, as the value of a header. It is random enough to be unique,
/// but is not a secret.
fn new_id() -> Option<HeaderValue> {
    let text = uuid::v4(fastrand::u128(..));
    // The bytes are shared from the start, since the record of the call also keeps the id.
    HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_is_a_random_uuid() {
        let ids: HashSet<_> = (0..1000).map(|_| new_id().unwrap()).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            let id = id.to_str().unwrap().to_owned();
            let groups: Vec<&str> = id.split('-').collect();
            let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(groups[2].starts_with('4'), "{id}");
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{id}");
            assert!(id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()));
        }
    }
}
