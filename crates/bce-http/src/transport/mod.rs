//! The innermost service: connections, and the whole response read within bounds.

mod config;
mod failure;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{HttpConnector, capture_connection};
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_layer::Layer;
use tower_service::Service;

pub use self::config::TransportConfig;
use crate::body::{Body, WireBody};
use crate::connect::{ConnectTimeout, ConnectTimeoutService, Proxy, ProxyConnector, client_config};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::layer::Witnessed;
use crate::progress::{Dispatch, Progress};

type Connector = ConnectTimeoutService<HttpsConnector<ProxyConnector<HttpConnector>>>;

/// Beyond this, points in time overflow.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Asks for a connection of its own: one that was lost may not be the only one; an extension of the
/// request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewConnection;

/// Sends requests over pooled HTTP/1.1 connections and reads responses in full.
///
/// Never follows a redirect. A connection is used again only after its response was read to the
/// end, error responses included. Clones share the connections; two transports share nothing.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    client: Client<Connector, WireBody>,
    proxy: Proxy,
    max_response_bytes: usize,
}

impl Transport {
    /// A transport to an endpoint. Needs no runtime yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the endpoint is https and there are
    /// no usable root certificates, or when the environment names a proxy for it that cannot be
    /// used.
    pub fn new(endpoint: &Endpoint, config: TransportConfig) -> Result<Self, Error> {
        config.proxy.server_for(&uri_of(endpoint))?;
        let roots = endpoint.is_https().then_some(&config.tls_roots);
        let tls = HttpsConnectorBuilder::new()
            .with_tls_config(client_config(roots)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(ProxyConnector::new(tcp(&config), config.proxy.clone()));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(config.pool_idle_timeout.min(LONGEST_IDLE))
            .pool_max_idle_per_host(config.pool_max_idle_per_host)
            // Without a timer the pool drops idle connections only when it is asked for one.
            .pool_timer(TokioTimer::new())
            .build(ConnectTimeout::new(config.connect_timeout).layer(tls));
        Ok(Self(Arc::new(Shared {
            client,
            proxy: config.proxy,
            max_response_bytes: config.max_response_bytes,
        })))
    }
}

impl Shared {
    /// Reads the whole response.
    async fn receive(
        &self,
        response: ResponseFuture,
        target: &Uri,
    ) -> Result<Response<Bytes>, Error> {
        let (head, body) = response
            .await
            .map_err(|error| failure::of_request(error, target, &self.proxy))?
            .into_parts();
        let limit = self.max_response_bytes;
        let body = Limited::new(body, limit)
            .collect()
            .await
            .map_err(|error| failure::of_response(error, limit))?;
        match failure::of_forwarding(target, &self.proxy, head.status) {
            Some(error) => Err(error),
            None => Ok(Response::from_parts(head, body.to_bytes())),
        }
    }
}

fn tcp(config: &TransportConfig) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(config.tcp_keepalive);
    tcp
}

fn uri_of(endpoint: &Endpoint) -> Uri {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(endpoint.scheme().clone());
    parts.authority = Some(endpoint.authority().clone());
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    // All three parts are there, so the parts make a URI.
    Uri::from_parts(parts).unwrap_or_default()
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
        let dispatch = begin(&mut request);
        let target = request.uri().clone();
        let response = shared.client.request(request.map(WireBody::from));
        Box::pin(async move {
            let result = shared.receive(response, &target).await;
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
                    dispatch.ends(error.delivery());
                    Err(error)
                }
            }
        })
    }
}

/// Enters the request into the record of its call, if it has one.
fn begin(request: &mut Request<Body>) -> Option<Dispatch> {
    let progress = Progress::of(request.extensions())?;
    if let Some(Witnessed(outer)) = request.extensions_mut().remove() {
        outer.withdraw();
    }
    let connection = capture_connection(request);
    Some(progress.dispatch(request.headers(), Some(connection)))
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("proxy", &self.0.proxy)
            .field("max_response_bytes", &self.0.max_response_bytes)
            .finish_non_exhaustive()
    }
}
