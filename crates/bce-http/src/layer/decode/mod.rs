//! Conversion of a response to a reply or an error.

mod answer;
mod expected;
mod intermediary;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::response::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use self::expected::Expected;
use self::intermediary::Way;
use crate::codec;
use crate::context::{CallRecord, Dispatch, ForwardedBy};
use crate::error::{Answer, BoxError, Error, Named, Unreadable};
use crate::mask::{SentSecrets, SharedSecrets};
use crate::message::Reply;
use crate::service::Envelope;

/// A layer that turns unsuccessful responses into errors, so that outer layers see what the
/// service, or a server in its place, has responded. A response is one of the following:
///
/// - An error of the service, if its status is not 2xx, or if its [`Envelope`] counts the `code` in
///   its body as an error. Some services send errors with the HTTP status of a success.
/// - A success, if it has a request id, in the body or in the header `x-bce-request-id` or
///   `x-bce-debug-id`; a documented member that is not null
///   ([`Operation::answered_with`](crate::rt::Operation::answered_with)); or one of the success
///   codes of the envelope. It needs none of these if the envelope has no success codes and says
///   that the service sends no request ids.
/// - An error of kind [`Decode`](crate::ErrorKind::Decode) otherwise, such as a gateway's page with
///   status 200. If the operation has documented members, this includes a body that is not empty
///   and does not begin like a JSON object, and one that ends too early because the connection
///   ended.
///
/// An operation whose responses are not documents declares this with
/// [`answered_with_bytes`](crate::rt::Operation::answered_with_bytes); an operation that accepts
/// other statuses as values declares them with [`accepting`](crate::rt::Operation::accepting).
#[derive(Clone, Copy, Debug, Default)]
pub struct Decode {
    envelope: Envelope,
}

impl Decode {
    /// Creates the layer for a service with [`Envelope::DEFAULT`].
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::Decode;
    ///
    /// let layer = Decode::new();
    /// # let _ = layer;
    /// ```
    pub const fn new() -> Self {
        Self::with(Envelope::DEFAULT)
    }

    /// Creates the layer for a service whose responses are interpreted according to `envelope`.
    ///
    /// ```
    /// use bce_http::layer::Decode;
    /// use bce_http::{Error, ErrorKind};
    /// use bce_http::layer::Reply;
    /// use bce_http::rt::Envelope;
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
            envelope: Arc::new(self.envelope),
        }
    }
}

/// The service of [`Decode`].
#[derive(Clone, Debug)]
pub struct DecodeService<S> {
    inner: S,
    /// Shared, because the future of every call contains it, and futures should stay small.
    envelope: Arc<Envelope>,
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

    #[inline]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // A record is needed even if the request does not belong to a call, because the inner
        // layers record in it the secrets that errors must not show.
        let record = CallRecord::of_or_begin(request.extensions_mut());
        if !CallRecord::is_alone(request.extensions())
            && let Some(sent) = request.extensions().get::<SentSecrets>()
        {
            record.secrets().add_sent(sent.clone());
        }
        let operation = record.operation_among(request.extensions());
        let expected = Expected::of(operation, request.headers());
        DecodeFuture {
            way: Way::of(request.uri()),
            inner: self.inner.call(request),
            reading: Some(Reading {
                expected,
                envelope: Arc::clone(&self.envelope),
                secrets: record.into_secrets(),
            }),
        }
    }
}

pin_project! {
    /// The future of [`DecodeService`].
    #[derive(Debug)]
    pub struct DecodeFuture<F> {
        #[pin]
        inner: F,
        way: Way,
        // `None` once the response has been read.
        reading: Option<Reading>,
    }
}

/// The state that is needed to read a response.
#[derive(Debug)]
struct Reading {
    expected: Expected,
    envelope: Arc<Envelope>,
    secrets: SharedSecrets,
}

impl<F, E> Future for DecodeFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Reply, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx)).map_err(Error::from_inner);
        let Some(reading) = this.reading.take() else {
            return Poll::Pending;
        };
        Poll::Ready(match result {
            Ok(response) => reading.classify(response, this.way),
            Err(error) => Err(error.hiding(&reading.secrets)),
        })
    }
}

impl Reading {
    fn classify(self, response: Response<Bytes>, way: &Way) -> Result<Reply, Error> {
        let (mut head, body) = response.into_parts();
        // The code in a success has not been parsed before.
        let named = match head.status.is_success() {
            true => None,
            false => head.extensions.remove::<Named>(),
        };
        let result = self.check(&head, &body, named);
        let result = match codec::is_cut_short(&body) {
            true => Err(Error::unread_in_time()),
            false => result,
        };
        // A success stays in the record: the request was carried out, even if reading the response
        // fails.
        match result {
            Ok(()) => {
                let reply = Reply::new(head.status, head.headers, body);
                Ok(reply.hiding(self.secrets))
            }
            Err(error) => Err(noted(error, &head, way).hiding(&self.secrets)),
        }
    }

    /// Checks that a response is a success. If not, returns the error that the response contains,
    /// or one that describes why the response is not accepted.
    fn check(&self, head: &Parts, body: &Bytes, named: Option<Named>) -> Result<(), Error> {
        let (status, headers) = (head.status, &head.headers);
        let answer = Answer {
            status,
            headers,
            body,
            envelope: &self.envelope,
        };
        let expected = &self.expected;
        if expected.accepts(&answer, named.as_ref()) {
            return Ok(());
        }
        let error = match expected.is_data() && status.is_success() {
            true => None,
            false => answer.error(named, &self.secrets),
        };
        if let Some(error) = error {
            return Err(Error::from_service(error));
        }
        expected.recognise(&answer).map_err(|problem| {
            let unreadable = Unreadable {
                status,
                headers,
                body,
                problem: &problem,
                foreign: !expected.may_be_of_user(problem),
                secrets: &self.secrets,
            };
            // The next attempt may reach the service, and not the server that responded in its
            // place.
            Error::decode(unreadable).transient()
        })
    }
}

/// Records what a response with an error proves about its request, and adds advice about servers
/// between the client and the service to the error.
#[cold]
fn noted(error: Error, head: &Parts, way: &Way) -> Error {
    if let Some(dispatch) = head.extensions.get::<Dispatch>() {
        dispatch.finish(error.delivery());
    }
    let note = way.note(&error, head.extensions.get::<ForwardedBy>());
    error.with_note(note)
}
