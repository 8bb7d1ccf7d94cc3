//! The innermost service: connections, and the whole response read within bounds.

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
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use tower::ServiceExt as _;
use tower_service::Service;

pub use self::config::TransportConfig;
use self::connector::{Connector, Connectors, uri_of};
use self::first_bytes::Opening;
use self::pool::{Exchange, Pools};
use crate::connect::Proxy;
use crate::context::{CallRecord, Dispatch, ForwardedBy, NewConnection, Witnessed};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::mask::ProxyLogin;
use crate::message::{Body, WireBody};

/// Sends requests over pooled HTTP/1.1 connections and reads responses in full.
///
/// Never follows a redirect. A connection is used again only after its response was read to the
/// end, error responses included. Clones share the connections; two transports share nothing.
///
/// A transport works on every runtime that it is used from, also on several at once. Each of them has
/// connections of its own, since the runtime that opened a connection drives it: calls on one are
/// not held up when another is busy, and go on when it has ended.
///
/// When a kept connection turns out to be dead, because nothing at all came over it before the call
/// ended, the other unused ones are not tried but let go.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    endpoint: Uri,
    pools: Pools,
    unpooled: Client<Connector, WireBody>,
    connector: Connector,
    proxy: Proxy,
    /// What the proxy is told, and no text may show.
    login: Option<Arc<ProxyLogin>>,
    max_response_bytes: usize,
}

impl Transport {
    /// A transport to an endpoint. Needs no runtime yet.
    ///
    /// # Errors
    ///
    /// If the endpoint is https and there are no usable root certificates, or if the environment names
    /// a proxy for it that cannot be used: [`ErrorKind::Config`](crate::ErrorKind::Config).
    pub fn new(endpoint: &Endpoint, config: TransportConfig) -> Result<Self, Error> {
        let target = uri_of(endpoint);
        config.proxy.server_for(&target)?;
        let connectors = Connectors::new(endpoint, &config)?;
        let connector = connectors.unwatched();
        let pools = Pools::new(connectors, &config);
        Ok(Self(Arc::new(Shared {
            unpooled: pool::unpooled(connector.clone()),
            connector,
            pools,
            login: config.proxy.login(&target),
            endpoint: target,
            proxy: config.proxy,
            max_response_bytes: config.max_response_bytes,
        })))
    }

    /// Opens a connection to the endpoint as a call does, with name resolution, proxy and TLS,
    /// and closes it. Sends no request. For tools that look for what is in the way.
    ///
    /// # Errors
    ///
    /// If there is no connection, as for a call: [`ErrorKind::Connect`](crate::ErrorKind::Connect).
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

    /// Host and port of the proxy on the way to the endpoint, without its login.
    pub fn proxy(&self) -> Option<String> {
        let server = self.0.proxy.server_for(&self.0.endpoint).ok().flatten();
        server.map(ToString::to_string)
    }
}

impl Shared {
    /// Sends the request and reads the whole response.
    async fn exchange(
        &self,
        request: Request<WireBody>,
        connection: CaptureConnection,
        target: &Uri,
    ) -> Result<Response<Bytes>, Error> {
        let used = connection.clone();
        let response = if request.extensions().get::<NewConnection>().is_some() {
            self.unpooled.request(request).await
        } else {
            let exchange = Exchange::new(&self.pools, connection);
            exchange.send(request).await
        };
        let (mut head, body) = response
            .map_err(|error| {
                failure::of_request(error, target, &self.proxy, Opening::of(&used).as_ref())
            })?
            .into_parts();
        // Its page may break off: some proxies do not read the body of what they turn away.
        if let Some(error) = failure::of_forwarding(target, &self.proxy, head.status) {
            return Err(error);
        }
        if let Some(server) = self.proxy.forwarder(target) {
            head.extensions.insert(ForwardedBy(server.to_string()));
        }
        let limit = self.max_response_bytes;
        let body = collect::collect(body, limit).await;
        let body = body.map_err(|error| failure::of_response(error, limit))?;
        Ok(Response::from_parts(head, body))
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
        let connection = capture_connection(&mut request);
        let dispatch = begin(&mut request, connection.clone(), shared.login.as_ref());
        let target = request.uri().clone();
        let request = request.map(WireBody::from);
        Box::pin(async move {
            let result = shared.exchange(request, connection, &target).await;
            let Some(dispatch) = dispatch else {
                return result;
            };
            match result {
                Ok(mut response) => {
                    // Whoever reads the answer knows what it means.
                    response.extensions_mut().insert(dispatch);
                    Ok(response)
                }
                Err(error) => {
                    dispatch.finish(error.delivery());
                    Err(error)
                }
            }
        })
    }
}

/// Enters the request into the record of its call, if it has one.
fn begin(
    request: &mut Request<Body>,
    connection: CaptureConnection,
    login: Option<&Arc<ProxyLogin>>,
) -> Option<Dispatch> {
    let record = CallRecord::of(request.extensions())?;
    if let Some(login) = login {
        record.secrets().add_login(Arc::clone(login));
    }
    if let Some(Witnessed(outer)) = request.extensions_mut().remove() {
        outer.withdraw();
    }
    Some(record.dispatch(request.headers(), Some(connection)))
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("proxy", &self.0.proxy)
            .field("max_response_bytes", &self.0.max_response_bytes)
            .finish_non_exhaustive()
    }
}
