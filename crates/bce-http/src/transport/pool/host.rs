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
    /// The idle connections; the one that was used last is at the end.
    pub(super) idle: Vec<Idle>,
    /// The requests that are waiting for a connection. Each of them also opens one itself, and some
    /// may have stopped waiting.
    pub(super) waiting: VecDeque<oneshot::Sender<Connection>>,
    /// Once this many requests are waiting, those that have stopped waiting are removed.
    most_waiting: usize,
    /// Has one more owner for each connection that is being opened, but that no request needs any
    /// more.
    spare: Arc<()>,
}

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

    /// Takes the idle connection that was used last, unless it has been idle for longer than `max`.
    /// Connections that are closed, or have been idle for longer than `limit`, are dropped.
    pub(super) fn take_idle(&mut self, max: Duration, limit: Duration) -> Option<Connection> {
        while let Some(idle) = self.idle.pop() {
            let age = idle.age();
            if !idle.connection.is_ready() || age > limit {
                continue;
            }
            if age > max {
                // The others have been idle for even longer. They stay for requests that may use
                // them.
                self.idle.push(idle);
                return None;
            }
            return Some(idle.connection);
        }
        None
    }

    /// Returns what receives a connection that another request returns.
    pub(super) fn wait(&mut self) -> oneshot::Receiver<Connection> {
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
    /// Returns for how long the connection has been idle.
    pub(super) fn age(&self) -> Duration {
        self.since.elapsed()
    }
}
