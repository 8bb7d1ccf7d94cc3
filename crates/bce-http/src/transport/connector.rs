//! The connector: nested services for the connect timeout, TLS, the proxy and TCP, from the
//! outermost to the innermost.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use tower_layer::Layer;

use super::config::TransportConfig;
use super::pool_health::{Pulse, Watched};
use crate::connect::{
    ConnectTimeout, ConnectTimeoutService, Proxy, ProxyConnector, ResolverService, client_config,
};
use crate::endpoint::Endpoint;
use crate::error::Error;

/// Makes connections.
pub(super) type Connector =
    ConnectTimeoutService<HttpsConnector<ProxyConnector<Watched<HttpConnector<ResolverService>>>>>;

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
        self.limit.layer(tls)
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
    let authority = endpoint.authority().clone();
    origin(Some(endpoint.scheme().clone()), Some(authority))
}

/// Returns the URI that is passed to a connector in order to connect to the host of a target.
pub(super) fn origin_of(target: &Uri) -> Uri {
    origin(target.scheme().cloned(), target.authority().cloned())
}

fn origin(scheme: Option<Scheme>, authority: Option<Authority>) -> Uri {
    let mut parts = http::uri::Parts::default();
    parts.scheme = scheme;
    parts.authority = authority;
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    // If the scheme or the host is missing, this is a URI that connectors refuse.
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use socket2::SockRef;
    use tokio::net::TcpListener;
    use tower::ServiceExt as _;

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
