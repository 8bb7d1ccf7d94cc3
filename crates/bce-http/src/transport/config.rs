//! The bounds and the surroundings of a transport.

use std::time::Duration;

use crate::connect::{Proxy, Resolver, TlsRoots};

/// The settings of a [`Transport`](super::Transport): how it connects, and its bounds.
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
    /// The time limit for making a connection, with name resolution, proxy and TLS; the default is
    /// 5 seconds. When a name has several addresses, each has an equal share of it.
    pub connect_timeout: Duration,
    /// The proxy; the default is what the environment says.
    pub proxy: Proxy,
    /// Who finds the addresses of names; the default is the system.
    pub resolver: Resolver,
    /// The certificates that are trusted; the default is those of the platform.
    pub tls_roots: TlsRoots,
    /// The time for which an unused connection is kept; the default is 30 seconds.
    pub pool_idle_timeout: Duration,
    /// The number of unused connections to one host that are kept; there is no limit by default,
    /// and 0 keeps none.
    pub pool_max_idle_per_host: usize,
    /// The time for which a connection is quiet before TCP asks whether the peer is still there;
    /// the default is 10 seconds, and `None` never asks. Where the platform lets one say so, it
    /// asks twice, 5 seconds apart; after 5 more seconds without a response the connection is lost.
    pub tcp_keepalive: Option<Duration>,
    /// The time for which sent bytes may stay without an acknowledgement of the peer's TCP before
    /// the connection is lost, probes of [`tcp_keepalive`](Self::tcp_keepalive) included; the
    /// default is 20 seconds, and `None` leaves it to the system. Only Linux and its kin have it.
    pub tcp_user_timeout: Option<Duration>,
    /// The largest response body, in bytes; the default is 16 MiB. Reading a response takes at most 8
    /// times its size and 16 MiB of memory.
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
