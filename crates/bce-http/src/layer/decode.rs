//! From a response to a reply or an error.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::response::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::{self, NoAnswer};
use crate::codec;
use crate::current;
use crate::error::{BoxError, Error, ServiceError, Unreadable};
use crate::operation::Operation;
use crate::progress::Dispatch;
use crate::reply::Reply;
use crate::service::Envelope;

/// Turns whatever is no success into an error, so that outer layers see what the service said, and
/// what somebody else said in its place.
///
/// An answer is the service's error when its status is not 2xx, or when its body holds a `code` that
/// stands for none of the successes of its [`Envelope`]: some services put errors into HTTP 200 as
/// well. It is a success when it carries a request id, in the body or in the header
/// `x-bce-request-id` or `x-bce-debug-id`, or a documented member that is not null
/// ([`Operation::answered_with`]). Anything else, such as the page of a gateway with status 200, is an
/// error of kind [`Decode`](crate::ErrorKind::Decode).
#[derive(Clone, Copy, Debug, Default)]
pub struct Decode {
    envelope: Envelope,
}

impl Decode {
    /// The layer, for a service with [`Envelope::DEFAULT`].
    pub const fn new() -> Self {
        Self::with(Envelope::DEFAULT)
    }

    /// The layer, for a service with this envelope.
    ///
    /// ```
    /// use bce_http::layer::Decode;
    /// use bce_http::{Envelope, Error, ErrorKind, Reply};
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// async fn decode(body: &'static str) -> Result<Reply, Error> {
    ///     let answer = move |_: Request<()>| async move {
    ///         Ok::<_, std::io::Error>(Response::new(Bytes::from(body)))
    ///     };
    ///     let envelope = Envelope { success_codes: &["OK"], ..Envelope::DEFAULT };
    ///     let stack = ServiceBuilder::new().layer(Decode::with(envelope)).service(service_fn(answer));
    ///     stack.oneshot(Request::new(())).await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert!(decode(r#"{"code": "OK", "zones": []}"#).await.is_ok());
    /// assert!(decode(r#"{"code": "Busy"}"#).await.is_err_and(|error| error.code() == Some("Busy")));
    /// let page = decode("<html>please log in</html>").await;
    /// assert!(page.is_err_and(|error| error.kind() == ErrorKind::Decode));
    /// # }
    /// ```
    pub const fn with(envelope: Envelope) -> Self {
        Self { envelope }
    }
}

impl<S> Layer<S> for Decode {
    type Service = DecodeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DecodeService {
            inner,
            envelope: self.envelope,
        }
    }
}

/// The service of [`Decode`].
#[derive(Clone, Debug)]
pub struct DecodeService<S> {
    inner: S,
    envelope: Envelope,
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
        let operation = request.extensions().get::<&'static Operation>().copied();
        DecodeFuture {
            inner: self.inner.call(request),
            members: operation.and_then(Operation::answer_members),
            envelope: self.envelope,
        }
    }
}

pin_project! {
    /// The future of [`DecodeService`].
    #[derive(Debug)]
    pub struct DecodeFuture<F> {
        #[pin]
        inner: F,
        members: Option<&'static [&'static str]>,
        envelope: Envelope,
    }
}

impl<F, E> Future for DecodeFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Reply, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx)).map_err(Error::from_inner)?;
        Poll::Ready(classify(response, this.envelope, *this.members))
    }
}

fn classify(
    response: Response<Bytes>,
    envelope: &Envelope,
    members: Option<&[&str]>,
) -> Result<Reply, Error> {
    let (mut head, body) = response.into_parts();
    let result = read(&head, body.clone(), envelope, members);
    let result = match codec::is_cut_short(&body) {
        true => Err(current::error()),
        false => result,
    };
    // A success stays in the record: it was carried out, whatever comes of reading it.
    if let (Some(dispatch), Err(error)) = (head.extensions.remove::<Dispatch>(), &result) {
        dispatch.ends(error.delivery());
    }
    result
}

fn read(
    head: &Parts,
    body: Bytes,
    envelope: &Envelope,
    members: Option<&[&str]>,
) -> Result<Reply, Error> {
    let (status, headers) = (head.status, &head.headers);
    if !status.is_success() {
        let answer = ServiceError::from_response(status, headers, &body, envelope);
        return Err(Error::from_service(answer));
    }
    if let Some(answer) = ServiceError::inside_success(status, headers, &body, envelope) {
        return Err(Error::from_service(answer));
    }
    if let Err(problem) = answer::recognise(headers, &body, envelope, members) {
        let unreadable = Unreadable {
            status,
            headers,
            body: &body,
            problem: &problem,
            foreign: problem != NoAnswer::Cut,
        };
        // Whoever answered in the place of the service may let the next attempt pass.
        return Err(Error::decode(unreadable).passing());
    }
    Ok(Reply::new(status, head.headers.clone(), body))
}
