//! What the server takes from its clients.

use std::time::Duration;

/// The limits of the server for its clients. They are those of the emulator; those of the service
/// are not documented.
///
/// ```
/// use std::time::Duration;
///
/// let mut limits = aihc_emulator::Limits::default();
/// limits.body_time = Duration::from_millis(100); // to see what a client does with status 408
/// # let _ = aihc_emulator::Emulator::builder().limits(limits);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// The time limit for the head of a request, and for an idle connection. The connection is
    /// closed then. Default 60 s.
    pub head_time: Duration,
    /// The time limit for the body of a request; more is answered with status 408. Default 30 s.
    pub body_time: Duration,
    /// The time for which a client may leave a response unread before the connection is closed.
    /// Default 60 s.
    pub write_time: Duration,
    /// The largest head of a request in bytes; a larger one, and one of more than a hundred headers,
    /// is answered with status 431. Default 65,536.
    pub head_size: usize,
    /// The largest body of a request in bytes; a larger one is answered with status 413. Default
    /// 1,048,576.
    pub body_size: usize,
    /// The number of connections that are open at once; others wait to be accepted. Default 4096.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(60),
            body_time: Duration::from_secs(30),
            write_time: Duration::from_secs(60),
            head_size: 64 * 1024,
            body_size: 1024 * 1024,
            connections: 4096,
        }
    }
}
