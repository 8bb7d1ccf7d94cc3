//! What is known about a connection.

use std::net::SocketAddr;

use tokio::time::Instant;

/// A connection that a request was given to.
#[derive(Debug)]
pub(crate) struct ConnectionInfo {
    /// The address at the other end, which is that of the proxy if there is one; `None` if the
    /// connector did not report it.
    pub(crate) peer: Option<SocketAddr>,
    /// The time at which the connection was ready for its first request.
    pub(crate) made: Instant,
}
