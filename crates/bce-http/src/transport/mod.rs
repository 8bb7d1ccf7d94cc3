//! The innermost service: connections, TLS, and the whole response read within bounds.

mod failure;
mod tls;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use crate::body::{Body, WireBody};
use crate::endpoint::Endpoint;
use crate::error::Error;

const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// Sends requests over pooled HTTP/1.1 connections and reads responses in full.
///
/// Never follows a redirect. A connection is used again only after its response was read to the
/// end, error responses included.
#[derive(Clone)]
pub struct Transport {
    client: Client<HttpsConnector<HttpConnector>, WireBody>,
    max_response_bytes: usize,
}

/// Bounds of the transport.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct TransportConfig {
    /// How long an unused connection is kept; the default is 30 seconds.
    pub pool_idle_timeout: Duration,
    /// The largest response body, in bytes; the default is 16 MiB.
    pub max_response_bytes: usize,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            pool_idle_timeout: Duration::from_secs(30),
            max_response_bytes: 16 << 20,
        }
    }
}

impl Transport {
    /// A transport to an endpoint. Needs no runtime yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the endpoint is https and the
    /// platform has no usable root certificates.
    pub fn new(endpoint: &Endpoint, config: TransportConfig) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::client_config(endpoint)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(config.pool_idle_timeout)
            // Without a timer the pool drops idle connections only when it is asked for one.
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            client,
            max_response_bytes: config.max_response_bytes,
        })
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let limit = self.max_response_bytes;
        let authority = request.uri().authority().cloned();
        let response = self.client.request(request.map(WireBody::from));
        Box::pin(async move {
            let (head, body) = response
                .await
                .map_err(|error| failure::of_request(error, authority.as_ref()))?
                .into_parts();
            let body = Limited::new(body, limit)
                .collect()
                .await
                .map_err(|error| failure::of_response(error, limit))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}
