//! The client of one service: the address of the service, and the layers and the transport that
//! requests pass through.

mod builder;
mod user_agent;

use std::fmt;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Uri};
use tokio::time::Instant;

use crate::context::{CallOptions, CallRecord, ServiceHeaders};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::layer::SkewedClock;
use crate::layer::stack::Stack;
use crate::limit;
use crate::message::{ApiResponse, Body, Reply};
use crate::service::{Operation, ServiceInfo};

pub use self::builder::{ClientBuilder, from_service};

/// A client of one service: the layers and the transport that its requests pass through.
///
/// Clones share their connections; create one client per service and clone it. Clients of service
/// crates, such as `aihc_dev::Client`, contain one of these.
///
/// Dropping the future of a call cancels it. A request that was already under way may still be
/// carried out.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    stack: Stack,
    endpoint: Endpoint,
    /// The headers that are added to each request before it enters the layers; `None` if the retry
    /// layer adds them instead.
    headers: Option<ServiceHeaders>,
    clock: SkewedClock,
}

impl Client {
    pub(crate) fn new(
        stack: Stack,
        endpoint: Endpoint,
        headers: Option<ServiceHeaders>,
        clock: SkewedClock,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                stack,
                endpoint,
                headers,
                clock,
            }),
        }
    }

    /// Returns the address of the service.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// Returns the clock used for signing. It follows the service's clock once responses have shown
    /// that the local clock is wrong, unless this was switched off with
    /// [`correct_clock_skew`](ClientBuilder::correct_clock_skew).
    pub fn clock(&self) -> &SkewedClock {
        &self.inner.clock
    }

    /// Sends a request through the client's layers and reads the response.
    ///
    /// The URI of the request is a path and a query; the host, the scheme, the headers of the
    /// service and `content-length` are added here. The query is sent unchanged, so it must be
    /// percent-encoded. Generated clients use [`Call`](crate::rt::Call), which takes care of that.
    ///
    /// # Errors
    ///
    /// If the call does not succeed; the error may be of any [`ErrorKind`].
    pub async fn execute(
        &self,
        operation: &'static Operation,
        request: Request<Body>,
    ) -> Result<Reply, Error> {
        let exchange = self.exchange(operation, request).await?;
        Ok(exchange.into_reply())
    }

    /// Sends a request through the layers and the transport. Starts a record of what happens to the
    /// call and, if the call fails, adds details of the call to the error.
    ///
    /// This function is not generic, so it is compiled once, in this crate, and not for every
    /// response type of every client. The request is passed to the layers before the future is
    /// created, because the future would otherwise need space for the request.
    pub(crate) fn exchange(
        &self,
        operation: &'static Operation,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Exchange, Error>> + Send + use<> {
        let options = request.extensions().get::<CallOptions>();
        let idempotent = options.and_then(|options| options.idempotent);
        let started = Instant::now();
        let details = Details {
            operation,
            idempotent,
            started,
            record: CallRecord::begin(request.extensions_mut(), operation, started),
        };
        let prepared = self.prepare(request);
        let sent = prepared.map(|request| self.inner.stack.call(request));
        async move {
            let reply = match sent {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            match reply {
                Ok(reply) => Ok(Exchange { reply, details }),
                Err(error) => Err(details.complete(error)),
            }
        }
    }

    /// Prepares a request for the layers: adds the address of the service; the headers of the
    /// service, unless the retry layer adds them; and the length of the body, if it is known and
    /// not zero.
    pub(crate) fn prepare(&self, mut request: Request<Body>) -> Result<Request<Body>, Error> {
        let uri = std::mem::take(request.uri_mut());
        *request.uri_mut() = self.absolute(uri)?;
        if let Some(headers) = &self.inner.headers {
            headers.add_to(&mut request);
        }
        if let Some(length) = request.body().len().filter(|length| *length > 0) {
            let length = HeaderValue::from(length);
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        Ok(request)
    }

    fn absolute(&self, uri: Uri) -> Result<Uri, Error> {
        if uri
            .authority()
            .is_some_and(|authority| authority != self.inner.endpoint.authority())
        {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "the request is for a host other than {}",
                    self.inner.endpoint
                ),
            ));
        }
        let mut parts = uri.into_parts();
        parts.scheme = Some(self.inner.endpoint.scheme().clone());
        parts.authority = Some(self.inner.endpoint.authority().clone());
        parts
            .path_and_query
            .get_or_insert_with(|| PathAndQuery::from_static("/"));
        Uri::from_parts(parts).map_err(|cause| {
            Error::new(
                ErrorKind::InvalidInput,
                "the path of the request is not a valid URI",
            )
            .with_cause(cause)
        })
    }
}

/// The reply to a call, and the details of the call that are added to the error if the reply cannot
/// be parsed.
pub(crate) struct Exchange {
    reply: Reply,
    details: Details,
}

/// Details of a call that are added to its error if it fails.
struct Details {
    operation: &'static Operation,
    idempotent: Option<bool>,
    started: Instant,
    record: CallRecord,
}

impl Exchange {
    /// Parses the reply. Parsing is part of the call, so the deadline of the call applies to it.
    pub(crate) fn read<T: ApiResponse>(&self) -> Result<T, Error> {
        self.read_by(Reply::decode)
    }

    /// Parses the reply with the given function.
    pub(crate) fn read_by<T>(&self, read: fn(&Reply) -> Result<T, Error>) -> Result<T, Error> {
        let result = {
            let _entered = self.details.record.end().map(limit::until);
            read(&self.reply)
        };
        result.map_err(|error| self.unreadable(error))
    }

    /// Returns the reply unchanged.
    pub(crate) fn into_reply(self) -> Reply {
        self.reply
    }

    fn unreadable(&self, error: Error) -> Error {
        // The call itself has succeeded and was logged as a success.
        let operation = self.details.operation.name();
        tracing::warn!(operation, %error, "the response cannot be read");
        self.details.complete(error)
    }
}

impl Details {
    fn complete(&self, error: Error) -> Error {
        let error = self.record.annotate(error);
        error.in_call(self.operation, self.idempotent, self.started.elapsed())
    }
}

/// The client type of a service crate, which [`ClientBuilder`] builds.
pub trait ServiceClient: Sized {
    /// The description of the service that the client calls.
    const SERVICE: &'static ServiceInfo;

    /// Creates the client of the service crate; `client` sends its requests.
    fn from_http(client: Client) -> Self;
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoint)
            .finish_non_exhaustive()
    }
}

/// Returns the headers that every request of a client has, unless the request's operation omits or
/// replaces them.
pub(crate) fn constant_headers(
    service: &ServiceInfo,
    user_agent: &str,
) -> Result<ServiceHeaders, Error> {
    let mut headers = HeaderMap::new();
    let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
        Error::config("the user agent contains characters that are not allowed in a header")
    })?;
    headers.insert(USER_AGENT, user_agent);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(service.content_type));
    for (name, value) in service.headers {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    Ok(ServiceHeaders::new(&headers))
}
