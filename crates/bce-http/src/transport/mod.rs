//! The innermost service of a client: it sends requests over pooled connections, and reads whole
//! responses, within limits.

mod collect;
mod config;
mod connection;
mod connector;
mod exchange;
mod failure;
mod first_bytes;
mod pool;
mod pool_health;
mod pools;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Request, Response, Uri, Version};
use tower::ServiceExt as _;
use tower_service::Service;

pub use self::config::TransportConfig;
use self::connector::{Connector, Connectors, uri_of};
use self::exchange::Exchange;
use self::pools::Pools;
use crate::connect::Proxy;
use crate::context::{CallRecord, Dispatch, ForwardedBy, Reuse, Witnessed};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::mask::ProxyLogin;
use crate::message::{Body, WireBody};

/// A request that cannot be repeated uses a connection only if it has been idle for at most this
/// long, which is less than servers and middleboxes keep idle connections. A longer time would be
/// of little use: whoever makes several such calls makes them one after another. The time during
/// which the machine sleeps does not count.
const RECENT: Duration = Duration::from_secs(1);

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
/// A request that [`Retry`](crate::layer::Retry) must not repeat, such as a creation, is not sent
/// over a connection that was idle for more than a second: if a middlebox has forgotten the
/// connection, the request is lost, and it stays unknown whether it was carried out.
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
    /// Creates the [`Exchange`] for a request: over a kept connection, unless the request restricts
    /// that.
    fn exchange(&self, request: &Request<WireBody>, dispatch: Option<Dispatch>) -> Exchange<'_> {
        match request.extensions().get() {
            Some(Reuse::Never) => Exchange::over_new(&self.pools, dispatch),
            Some(Reuse::Recent) => Exchange::over_kept(&self.pools, dispatch, RECENT),
            None => Exchange::over_kept(&self.pools, dispatch, Duration::MAX),
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
        complete(&mut request);
        let dispatch = begin(&mut request, shared.login.as_ref());
        let target = request.uri().clone();
        let mut request = request.map(WireBody::from);
        // This is a single block and not several async functions, and it uses the response in place:
        // a captured variable takes up space in the future only once, but the argument of a function
        // and a moved value take it up a second time, and allocations of up to 1,032 bytes are
        // cheap.
        Box::pin(async move {
            let mut exchange = shared.exchange(&request, dispatch);
            let mut result = 'received: {
                let (mut response, connection) = loop {
                    let unsent = match exchange.connection(&target).await {
                        Ok(mut connection) => {
                            exchange.hand_over(&connection);
                            match connection.send(request, &target).await {
                                Ok(response) => break (response, connection),
                                Err(error) => exchange.take_back(error, &connection),
                            }
                        }
                        Err(error) => Err(error),
                    };
                    match unsent {
                        Ok(unsent) => request = unsent,
                        Err(error) => {
                            let opening = exchange.opening();
                            let error = failure::of_request(error, &target, &shared.proxy, opening);
                            break 'received Err(error);
                        }
                    }
                };
                if let Err(error) = shared.look_at(&mut response, &target) {
                    break 'received Err(error);
                }
                let limit = shared.max_response_bytes;
                match collect::collect(response.body_mut(), limit).await {
                    Ok(body) => {
                        exchange.put_back(connection, &target);
                        Ok(response.map(|_| body))
                    }
                    Err(error) => Err(failure::of_response(error, limit)),
                }
            };
            match (&mut result, exchange.finish()) {
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

/// Adds what an HTTP/1.1 request needs and layers may have left out: the header `host`.
fn complete(request: &mut Request<Body>) {
    // hyper would write HTTP/1.1 in place of HTTP/2, and panic at later versions.
    *request.version_mut() = Version::HTTP_11;
    if request.headers().contains_key(HOST) {
        return;
    }
    let target = request.uri();
    let default_port = match target.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    let host = target.host().unwrap_or_default();
    let host = match target.port_u16().filter(|port| *port != default_port) {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")),
        None => HeaderValue::from_str(host),
    };
    if let Ok(host) = host {
        request.headers_mut().insert(HOST, host);
    }
}

/// Records in the [`CallRecord`] of the call that a request of the call has been passed to the
/// transport. Returns what identifies the request there; `None` if it belongs to no call.
fn begin(request: &mut Request<Body>, login: Option<&Arc<ProxyLogin>>) -> Option<Dispatch> {
    let record = CallRecord::of(request.extensions())?;
    if let Some(login) = login {
        record.secrets().add_login(Arc::clone(login));
    }
    if !CallRecord::is_alone(request.extensions())
        && let Some(Witnessed(outer)) = request.extensions_mut().remove()
    {
        outer.withdraw();
    }
    Some(record.dispatch(request.headers()))
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
mod tests;
