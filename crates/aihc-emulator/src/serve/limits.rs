//! The limits that the server imposes on its clients.

use std::time::Duration;

/// The limits that the server imposes on its clients. They are specific to the emulator; the limits
/// of the service are not documented.
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
    /// The time limit for the head of a request, and for an idle connection; afterwards, the
    /// connection is closed. The default is 60 s.
    pub head_time: Duration,
    /// The time limit for the body of a request; afterwards, the response has status 408. The
    /// default is 30 s.
    pub body_time: Duration,
    /// The time for which a client may leave a response unread before the connection is closed. The
    /// default is 60 s.
    pub write_time: Duration,
    /// The maximum size of the head of a request in bytes. If the head is larger, or has more than
    /// a hundred headers, the response has status 431. The default is 65,536.
    pub head_size: usize,
    /// The maximum size of the body of a request in bytes. If the body is larger, the response has
    /// status 413. The default is 1,048,576.
    pub body_size: usize,
    /// The maximum number of open connections; further ones wait to be accepted. The default is
    /// 4096.
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
