//! The connections of a pool to one host.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::connection::Connection;
use super::super::connector::origin_of;

/// At most this many connections that no request needs any more are being opened at a time, or as
/// many as there are waiting requests.
///
/// Without a limit, a server that is slow to accept connections, but fast to respond over those that
/// it has accepted, would make every request leave a connection behind that is still being opened,
/// until the process has no file descriptors left.
pub(super) const MOST_SPARE: usize = 64;

/// The connections to one host and port.
pub(super) struct Host {
    origin: Uri,
    /// The idle connections; those that were used later are further back.
    pub(super) idle: Vec<Idle>,
    /// The requests that are waiting for a connection. Each of them also opens one itself, and some
    /// may have stopped waiting.
    pub(super) waiting: VecDeque<oneshot::Sender<Idle>>,
    /// Once this many requests are waiting, those that have stopped waiting are removed.
    most_waiting: usize,
    /// Has one more owner for each connection that is being opened, but that no request needs any
    /// more.
    spare: Arc<()>,
}

/// A connection that no request uses.
#[derive(Debug)]
pub(super) struct Idle {
    pub(super) connection: Connection,
    pub(super) since: Instant,
}

impl Host {
    pub(super) fn of(target: &Uri) -> Self {
        Self {
            origin: origin_of(target),
            idle: Vec::new(),
            waiting: VecDeque::new(),
            most_waiting: 4,
            spare: Arc::default(),
        }
    }

    pub(super) fn is_of(&self, target: &Uri) -> bool {
        self.origin.authority() == target.authority() && self.origin.scheme() == target.scheme()
    }

    pub(super) fn is_used(&self) -> bool {
        !self.idle.is_empty()
            || self.waiting.iter().any(|waiting| !waiting.is_closed())
            || Arc::strong_count(&self.spare) > 1
    }

    /// Returns what to hold while a connection is being opened that no request needs any more;
    /// `None` if there are too many of them already.
    pub(super) fn spare(&self) -> Option<Arc<()>> {
        let others = Arc::strong_count(&self.spare) - 1;
        (others < self.waiting.len().max(MOST_SPARE)).then(|| Arc::clone(&self.spare))
    }

    /// Takes the idle connection that was used last. Connections that are closed, or have been idle
    /// for longer than `limit`, are dropped.
    ///
    /// Takes none if all have been idle for longer than `max`. The one that has been idle for the
    /// longest time is then dropped, to make room for the one that has to be opened instead.
    /// Otherwise, a request now and then would add a connection each time.
    pub(super) fn take_idle(&mut self, max: Duration, limit: Duration) -> Option<Connection> {
        while let Some(idle) = self.idle.pop() {
            let age = idle.age();
            if !idle.connection.is_ready() || age > limit {
                continue;
            }
            if age > max {
                // The others have been idle for even longer.
                self.idle.push(idle);
                self.idle.remove(0);
                return None;
            }
            return Some(idle.connection);
        }
        None
    }

    /// Keeps a connection.
    pub(super) fn add_idle(&mut self, idle: Idle) {
        let used_before = |other: &Idle| other.since <= idle.since;
        let place = self.idle.partition_point(used_before);
        self.idle.insert(place, idle);
    }

    /// Returns what receives a connection that another request returns.
    pub(super) fn wait(&mut self) -> oneshot::Receiver<Idle> {
        if self.waiting.len() >= self.most_waiting {
            self.waiting.retain(|waiting| !waiting.is_closed());
            // The next search is as far away as this one was long.
            self.most_waiting = (2 * self.waiting.len()).max(4);
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.push_back(sender);
        receiver
    }
}

impl Idle {
    pub(super) fn from_now(connection: Connection) -> Self {
        let since = Instant::now();
        Self { connection, since }
    }

    /// Returns whether a request that accepts connections of this age can use the connection.
    pub(super) fn is_usable(&self, max: Duration) -> bool {
        self.connection.is_ready() && self.age() <= max
    }

    /// Returns for how long the connection has been idle.
    pub(super) fn age(&self) -> Duration {
        self.since.elapsed()
    }
}
