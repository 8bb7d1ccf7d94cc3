//! The connector: nested services for the connect timeout, TLS, the proxy and TCP, from the
//! outermost to the innermost.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use tower::ServiceExt as _;
use tower::util::Oneshot;
use tower_layer::Layer;
use tower_service::Service;

use super::config::TransportConfig;
use super::pool_health::{Pulse, Watched};
use crate::connect::{
    ConnectTimeout, ConnectTimeoutService, Proxy, ProxyConnector, ResolverService, client_config,
};
use crate::endpoint::Endpoint;
use crate::error::Error;

type Parts =
    ConnectTimeoutService<HttpsConnector<ProxyConnector<Watched<HttpConnector<ResolverService>>>>>;

/// Makes connections. The type is a single pointer, because hyper-util clones the connector for
/// every request, even if the request needs no new connection.
#[derive(Clone)]
pub(super) struct Connector(Arc<Parts>);

impl Service<Uri> for Connector {
    type Response = <Parts as Service<Uri>>::Response;
    type Error = <Parts as Service<Uri>>::Error;
    // Boxed, since hyper-util's future of every request reserves space for this future, although
    // few requests connect.
    type Future = Pin<Box<Oneshot<Parts, Uri>>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // The future waits until the parts are ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        Box::pin(Parts::clone(&self.0).oneshot(target))
    }
}

/// The time that TCP waits for the response to a keepalive probe.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// A connection counts as lost once TCP has sent this many keepalive probes without a response.
const PROBES: u32 = 2;

/// Creates connectors with the same settings. Each connector can have a separate [`Pulse`], which
/// counts the connections of this connector and how often they receive data.
pub(super) struct Connectors {
    tcp: HttpConnector<ResolverService>,
    proxy: Proxy,
    tls: Arc<ClientConfig>,
    limit: ConnectTimeout,
}

impl Connectors {
    pub(super) fn new(endpoint: &Endpoint, config: &TransportConfig) -> Result<Self, Error> {
        let roots = endpoint.is_https().then_some(&config.tls_roots);
        Ok(Self {
            tcp: tcp(config),
            proxy: config.proxy.clone(),
            tls: Arc::new(client_config(roots)?),
            limit: ConnectTimeout::new(config.connect_timeout),
        })
    }

    /// Returns a connector for connections that are not kept in a pool, and that nothing monitors.
    pub(super) fn unwatched(&self) -> Connector {
        self.watched_by(Pulse::new())
    }

    pub(super) fn watched_by(&self, pulse: Pulse) -> Connector {
        let tcp = Watched::new(self.tcp.clone(), pulse);
        let proxied = ProxyConnector::new(tcp, self.proxy.clone());
        let tls = HttpsConnector::from((proxied, Arc::clone(&self.tls)));
        Connector(Arc::new(self.limit.layer(tls)))
    }
}

fn tcp(config: &TransportConfig) -> HttpConnector<ResolverService> {
    let mut tcp = HttpConnector::new_with_resolver(ResolverService(config.resolver.clone()));
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    // This limit is divided among the addresses of a host name; `limit` applies to all of them
    // together.
    tcp.set_connect_timeout(Some(config.connect_timeout));
    tcp.set_keepalive(config.tcp_keepalive);
    if config.tcp_keepalive.is_some() {
        tcp.set_keepalive_interval(Some(PROBE_INTERVAL));
        tcp.set_keepalive_retries(Some(PROBES));
    }
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    tcp.set_tcp_user_timeout(config.tcp_user_timeout);
    tcp
}

/// Returns the URI that is passed to a connector in order to connect to an endpoint.
pub(super) fn uri_of(endpoint: &Endpoint) -> Uri {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(endpoint.scheme().clone());
    parts.authority = Some(endpoint.authority().clone());
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    // All three parts are present, so they form a valid URI.
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use socket2::SockRef;
    use tokio::net::TcpListener;

    use super::*;

    /// Opens a connection and returns its options: whether TCP sends probes, after which time, at
    /// which interval, and how many; and how long sent bytes may stay unacknowledged by the peer's
    /// TCP.
    async fn options(
        config: &TransportConfig,
    ) -> (bool, Duration, Duration, u32, Option<Duration>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}/", listener.local_addr().unwrap());
        let connection = tcp(config).oneshot(target.parse().unwrap()).await.unwrap();
        let socket = SockRef::from(connection.inner());
        (
            socket.keepalive().unwrap(),
            socket.tcp_keepalive_time().unwrap(),
            socket.tcp_keepalive_interval().unwrap(),
            socket.tcp_keepalive_retries().unwrap(),
            socket.tcp_user_timeout().unwrap(),
        )
    }

    #[tokio::test]
    async fn a_peer_that_has_gone_is_noticed_by_tcp() {
        let seconds = Duration::from_secs;
        let mut config = TransportConfig::default();
        assert_eq!(
            options(&config).await,
            (true, seconds(10), seconds(5), 2, Some(seconds(20)))
        );
        config.tcp_keepalive = None;
        config.tcp_user_timeout = None;
        let (asks, .., user_timeout) = options(&config).await;
        assert_eq!((asks, user_timeout), (false, None));
    }
}
