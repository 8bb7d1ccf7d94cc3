//! The innermost service of a client: it sends requests over pooled connections, and reads whole
//! responses, within limits.

mod collect;
mod config;
mod connector;
mod failure;
mod first_bytes;
mod pool;
mod pool_health;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::{Request, Response, Uri};
use hyper_util::client::legacy::connect::capture_connection;
use tower::ServiceExt as _;
use tower_service::Service;

pub use self::config::TransportConfig;
use self::connector::{Connector, Connectors, uri_of};
use self::pool::{Exchange, Pools};
use crate::connect::Proxy;
use crate::context::{
    CallOptions, CallRecord, Dispatch, ForwardedBy, Handover, NewConnection, Witnessed,
};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::mask::ProxyLogin;
use crate::message::{Body, BodyPolled, WireBody};
use crate::service::{Idempotency, Operation};

/// Sends requests over pooled HTTP/1.1 connections, and reads responses in full.
///
/// Redirects are never followed. A connection is reused only after its response, which may be an
/// error, has been read to the end. Clones share the connections; separate transports do not.
///
/// A transport works on every runtime that it is used from, even on several at once. Each runtime
/// has its own connections, since a connection is driven by the runtime that opened it: calls on
/// one runtime are not delayed while another runtime is busy, and continue after another runtime
/// has ended.
///
/// If a request over a kept connection ends, and no connection of its runtime has been made or has
/// received data in the meantime, all connections of this runtime count as dead: the idle ones are
/// dropped without being tried.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    endpoint: Uri,
    pools: Pools,
    connector: Connector,
    proxy: Proxy,
    /// The user name and the password for the proxy, which must not appear in errors or traces.
    login: Option<Arc<ProxyLogin>>,
    max_response_bytes: usize,
}

impl Transport {
    /// Creates a transport to an endpoint. This can be done outside a runtime.
    ///
    /// # Errors
    ///
    /// If the endpoint is https and there are no usable root certificates, or if the environment
    /// configures an unusable proxy for the endpoint:
    /// [`ErrorKind::Config`](crate::ErrorKind::Config).
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Endpoint;
    /// use bce_http::layer::{Transport, TransportConfig};
    ///
    /// # fn example() -> Result<(), bce_http::Error> {
    /// let endpoint: Endpoint = "http://127.0.0.1:7070".parse()?;
    /// let transport = Transport::new(&endpoint, TransportConfig::default())?;
    /// # let _ = transport;
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(endpoint: &Endpoint, config: TransportConfig) -> Result<Self, Error> {
        let target = uri_of(endpoint);
        config.proxy.server_for(&target)?;
        let connectors = Connectors::new(endpoint, &config)?;
        let connector = connectors.unwatched();
        let pools = Pools::new(connectors, &config);
        Ok(Self(Arc::new(Shared {
            connector,
            pools,
            login: config.proxy.login(&target),
            endpoint: target,
            proxy: config.proxy,
            max_response_bytes: config.max_response_bytes,
        })))
    }

    /// Opens a connection to the endpoint as a call does, with name resolution, proxy and TLS, and
    /// closes the connection. No request is sent. This is meant for tools that diagnose connection
    /// problems.
    ///
    /// # Errors
    ///
    /// If no connection can be made, as for a call:
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect).
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn example(transport: bce_http::layer::Transport) -> Result<(), bce_http::Error> {
    /// transport.connect().await?;
    /// println!("name, TCP, proxy and TLS are fine");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(&self) -> Result<(), Error> {
        let Shared {
            endpoint,
            connector,
            proxy,
            ..
        } = &*self.0;
        match connector.clone().oneshot(endpoint.clone()).await {
            Ok(_connection) => Ok(()),
            Err(error) => Err(failure::of_connecting(error, endpoint, proxy)),
        }
    }

    /// Returns the host and the port of the proxy that is used for the endpoint, without its login;
    /// `None` if no proxy is used.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(transport: &bce_http::layer::Transport) {
    /// println!("proxy: {:?}", transport.proxy());
    /// # }
    /// ```
    pub fn proxy(&self) -> Option<String> {
        let server = self.0.proxy.server_for(&self.0.endpoint).ok().flatten();
        server.map(ToString::to_string)
    }
}

impl Shared {
    /// Creates the [`Exchange`] for a request: over a kept connection or, if the request asks for
    /// one, over a new connection.
    fn exchange(&self, request: &Request<WireBody>, handover: Handover) -> Exchange<'_> {
        match request.extensions().get() {
            Some(NewConnection) => Exchange::over_new(&self.pools, handover),
            None => Exchange::over_kept(&self.pools, handover),
        }
    }

    /// Checks the head of a response: fails if the proxy has refused the request, and records the
    /// proxy if it has forwarded the request. This is done before the body is read, because the
    /// body may be impossible to read: some proxies close the connection without reading the body
    /// of a request that they refuse.
    fn look_at<B>(&self, response: &mut Response<B>, target: &Uri) -> Result<(), Error> {
        if let Some(error) = failure::of_forwarding(target, &self.proxy, response.status()) {
            return Err(error);
        }
        if let Some(server) = self.proxy.forwarder(target) {
            let server = ForwardedBy(server.to_string());
            response.extensions_mut().insert(server);
        }
        Ok(())
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let shared = Arc::clone(&self.0);
        if let Some(login) = shared.proxy.authorization(request.uri()) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, login);
        }
        let Prepared {
            request,
            handover,
            dispatch,
        } = Prepared::of(request, shared.login.as_ref());
        let target = request.uri().clone();
        // This is a single block and not several async functions: a captured variable takes up
        // space in the future only once, but the argument of a function takes it up a second time,
        // and allocations of up to 1,032 bytes are cheap.
        Box::pin(async move {
            let sent = {
                let exchange = shared.exchange(&request, handover);
                exchange.send(request).await.map_err(|error| {
                    failure::of_request(error, &target, &shared.proxy, exchange.opening())
                })
            };
            // The response is examined in place, because passing on the whole response would move
            // it.
            let mut result = 'received: {
                let mut response = match sent {
                    Ok(response) => response,
                    Err(error) => break 'received Err(error),
                };
                if let Err(error) = shared.look_at(&mut response, &target) {
                    break 'received Err(error);
                }
                let (head, body) = response.into_parts();
                let limit = shared.max_response_bytes;
                match collect::collect(body, limit).await {
                    Ok(body) => Ok(Response::from_parts(head, body)),
                    Err(error) => Err(failure::of_response(error, limit)),
                }
            };
            match (&mut result, dispatch) {
                // The layer that reads the response decides what its outcome means.
                (Ok(response), Some(dispatch)) => {
                    response.extensions_mut().insert(dispatch);
                }
                (Err(error), Some(dispatch)) => dispatch.finish(error.delivery()),
                (_, None) => {}
            }
            result
        })
    }
}

/// A request that is ready for a connection.
struct Prepared {
    request: Request<WireBody>,
    handover: Handover,
    /// Identifies the request in the [`CallRecord`] of its call; `None` if the request belongs to
    /// no call.
    dispatch: Option<Dispatch>,
}

impl Prepared {
    fn of(mut request: Request<Body>, login: Option<&Arc<ProxyLogin>>) -> Self {
        let record = CallRecord::of(request.extensions());
        let (handover, polled) = follow(&mut request, record.as_ref());
        let dispatch = record.map(|record| begin(&mut request, record, handover.clone(), login));
        Self {
            request: request.map(|body| WireBody::new(body, polled)),
            handover,
            dispatch,
        }
    }
}

/// Returns how to observe whether a connection has taken the request. The request counts as unsent
/// until then.
///
/// Normally, the connection itself is observed, and the second value is `None`. If the call has a
/// [`CallRecord`] and certainly only reads, it is sufficient to observe the body: the second value
/// is then the flag that the body sets when a connection polls it. The connection is observed
/// nevertheless if the record requires connections to be recorded.
///
/// A call certainly only reads if its operation and its method do, and if the caller has not
/// declared it non-idempotent.
fn follow(
    request: &mut Request<Body>,
    record: Option<&CallRecord>,
) -> (Handover, Option<BodyPolled>) {
    let extensions = request.extensions();
    let operation = match record {
        Some(record) => record.operation_among(extensions),
        None => CallRecord::operation_of(extensions),
    };
    let options = match record.is_some() && CallRecord::is_alone(extensions) {
        true => None,
        false => extensions.get::<CallOptions>(),
    };
    let reads = operation.map(Operation::idempotency) == Some(Idempotency::Safe)
        && request.method().is_safe()
        && options.is_none_or(|options| options.idempotent != Some(false));
    if reads && record.is_some_and(|record| !record.is_watched()) {
        let polled = BodyPolled::default();
        return (Handover::BodyPolled(polled.clone()), Some(polled));
    }
    (Handover::Connection(capture_connection(request)), None)
}

/// Records in the [`CallRecord`] of a call that a request of the call has been passed to the
/// transport.
fn begin(
    request: &mut Request<Body>,
    record: CallRecord,
    handover: Handover,
    login: Option<&Arc<ProxyLogin>>,
) -> Dispatch {
    if let Some(login) = login {
        record.secrets().add_login(Arc::clone(login));
    }
    if !CallRecord::is_alone(request.extensions())
        && let Some(Witnessed(outer)) = request.extensions_mut().remove()
    {
        outer.withdraw();
    }
    record.dispatch(request.headers(), handover)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("proxy", &self.0.proxy)
            .field("max_response_bytes", &self.0.max_response_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bce_testing::RawServer;
    use http::Method;
    use http_body::{Frame, SizeHint};
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::*;
    use crate::error::{BoxError, Delivery, ErrorKind};

    static GET: Operation = Operation::new("zoo", "Get", Method::GET, Idempotency::Safe);
    static CREATE: Operation =
        Operation::new("zoo", "Create", Method::POST, Idempotency::NonIdempotent);

    /// A body for tests. Before a connection polls the body, it calls `is_end_stream`. This method
    /// sends to `said` whether the request counts as sent at that time, according to `record`.
    struct Probe {
        body: WireBody,
        record: CallRecord,
        said: mpsc::UnboundedSender<Delivery>,
    }

    impl http_body::Body for Probe {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            Pin::new(&mut self.body).poll_frame(cx)
        }

        fn is_end_stream(&self) -> bool {
            self.said.send(self.record.delivery()).unwrap();
            self.body.is_end_stream()
        }

        fn size_hint(&self) -> SizeHint {
            self.body.size_hint()
        }
    }

    /// Sends a request, and drops the call after a connection has received the request, but before
    /// the connection has polled the body. Returns whether the request counted as sent at that
    /// time, according to the [`CallRecord`]. Also checks that the server receives the request
    /// although the call was dropped.
    async fn said_between_taking_and_looking(operation: &'static Operation) -> Delivery {
        let (arrived, mut arrivals) = mpsc::unbounded_channel();
        let server = RawServer::answering(move |request| {
            arrived.send(request.head.clone()).unwrap();
            Vec::new()
        });
        let server = server.await.unwrap();
        let mut request = Request::new(Body::empty());
        *request.method_mut() = operation.method().clone();
        *request.uri_mut() = server.url().parse().unwrap();
        let record = CallRecord::begin(request.extensions_mut(), operation, Instant::now());
        let Prepared { request, .. } = Prepared::of(request, None);
        let (said, mut answers) = mpsc::unbounded_channel();
        let request = request.map(|body| Probe { body, record, said });
        let client = Client::builder(TokioExecutor::new()).build_http();
        let answer = tokio::select! {
            biased;
            answer = answers.recv() => answer.unwrap(),
            response = client.request(request) => panic!("{response:?} came first"),
        };
        // The call no longer exists.
        let head = arrivals.recv().await.unwrap();
        let line = format!("{} / HTTP/1.1", operation.method());
        assert!(head.starts_with(&line), "{head}");
        answer
    }

    fn timeout(delivery: Delivery, operation: &'static Operation) -> Error {
        let error = Error::new(ErrorKind::Timeout, "too late").with_delivery(delivery);
        error.in_call(operation, None, Duration::ZERO)
    }

    #[tokio::test]
    async fn a_change_that_a_connection_has_taken_may_be_applied_before_it_looks_at_the_body() {
        let said = said_between_taking_and_looking(&CREATE).await;
        assert_eq!(said, Delivery::Unknown);
        assert!(timeout(said, &CREATE).may_have_been_applied());
    }

    #[tokio::test]
    async fn what_only_reads_is_told_a_moment_late_and_never_counts_as_applied() {
        let said = said_between_taking_and_looking(&GET).await;
        assert_eq!(said, Delivery::NotSent);
        assert!(!timeout(said, &GET).may_have_been_applied());
    }

    static STOP: Operation = Operation::new("zoo", "Stop", Method::GET, Idempotency::StateGuarded);

    /// Creates a request of a call that only reads, and applies `change` to it. Returns whether the
    /// transport then observes the connection, and not only the body, to find out whether the
    /// request was sent.
    fn is_followed_by_connection(change: impl FnOnce(&mut Request<Body>, &CallRecord)) -> bool {
        let mut request = Request::new(Body::empty());
        let record = CallRecord::begin(request.extensions_mut(), &GET, Instant::now());
        change(&mut request, &record);
        matches!(
            Prepared::of(request, None).handover,
            Handover::Connection(_)
        )
    }

    #[test]
    fn whatever_is_not_known_to_only_read_is_followed_by_its_connection() {
        assert!(!is_followed_by_connection(|_, _| {}));
        // Without a record.
        assert!(is_followed_by_connection(|request, _| {
            request.extensions_mut().remove::<CallRecord>();
            request.extensions_mut().insert(&GET);
        }));
        // Connections are recorded.
        assert!(is_followed_by_connection(|_, record| record.watch()));
        // Without an operation.
        assert!(is_followed_by_connection(|request, _| {
            request.extensions_mut().insert(CallRecord::default());
        }));
        assert!(is_followed_by_connection(|request, _| {
            request.extensions_mut().insert(CallRecord::default());
            CallRecord::begin(request.extensions_mut(), &STOP, Instant::now());
        }));
        // A change made during a call that reads.
        assert!(is_followed_by_connection(|request, _| {
            CallRecord::begin(request.extensions_mut(), &STOP, Instant::now());
        }));
        assert!(is_followed_by_connection(|request, _| {
            *request.method_mut() = Method::POST;
        }));
        // The caller has declared that it must not be repeated.
        assert!(is_followed_by_connection(|request, _| {
            let options = CallOptions {
                idempotent: Some(false),
                ..CallOptions::default()
            };
            request.extensions_mut().insert(options);
        }));
    }
}
