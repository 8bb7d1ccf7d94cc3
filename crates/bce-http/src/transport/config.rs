//! The configuration of a transport.

use std::time::Duration;

use crate::connect::{Proxy, Resolver, TlsRoots};

/// The settings of a [`Transport`](super::Transport): how it makes connections, and its limits.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use bce_http::layer::TransportConfig;
///
/// let mut config = TransportConfig::default();
/// config.connect_timeout = Duration::from_secs(2);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// The time limit for making a connection, including name resolution, proxy and TLS; the
    /// default is 5 seconds. If a host name has several addresses of one family (IPv4 or IPv6),
    /// each of them gets an equal share of the time.
    pub connect_timeout: Duration,
    /// The proxy. The default is to use the proxies that are configured in the environment.
    pub proxy: Proxy,
    /// The resolver for host names; the default is that of the system.
    pub resolver: Resolver,
    /// The trusted root certificates; the default is to trust those of the platform.
    pub tls_roots: TlsRoots,
    /// The time for which an idle connection is kept; the default is 30 seconds.
    pub pool_idle_timeout: Duration,
    /// The maximum number of idle connections that are kept per host in each runtime. The default
    /// is no limit; with 0, none are kept.
    pub pool_max_idle_per_host: usize,
    /// The time without traffic after which TCP probes whether the peer is still there. The default
    /// is 10 seconds, and `None` disables probes. If the platform supports it, two probes are sent,
    /// 5 seconds apart; after 5 more seconds without a response, the connection counts as lost.
    pub tcp_keepalive: Option<Duration>,
    /// The time for which sent bytes, including the probes of
    /// [`tcp_keepalive`](Self::tcp_keepalive), may stay unacknowledged by the peer's TCP before the
    /// connection counts as lost. The default is 20 seconds, and `None` leaves it to the system.
    /// Has an effect only on Linux and related systems.
    pub tcp_user_timeout: Option<Duration>,
    /// The maximum size of a response body, in bytes; the default is 16 MiB. Reading a response
    /// takes up at most 8 times its size plus 16 MiB of memory.
    pub max_response_bytes: usize,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            proxy: Proxy::default(),
            resolver: Resolver::default(),
            tls_roots: TlsRoots::default(),
            pool_idle_timeout: Duration::from_secs(30),
            pool_max_idle_per_host: usize::MAX,
            tcp_keepalive: Some(Duration::from_secs(10)),
            tcp_user_timeout: Some(Duration::from_secs(20)),
            max_response_bytes: 16 << 20,
        }
    }
}
