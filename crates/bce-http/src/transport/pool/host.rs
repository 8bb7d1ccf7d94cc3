//! The connections of a pool to one host.

use std::collections::VecDeque;
use std::time::Duration;

use http::Uri;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::connection::Connection;
use super::super::connector::origin_of;

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
        }
    }

    pub(super) fn is_of(&self, target: &Uri) -> bool {
        self.origin.authority() == target.authority() && self.origin.scheme() == target.scheme()
    }

    pub(super) fn is_used(&self) -> bool {
        !self.idle.is_empty() || self.waiting.iter().any(|waiting| !waiting.is_closed())
    }

    /// Takes the idle connection that was used last. Connections that are closed, or have been idle
    /// for longer than `limit`, are dropped.
    pub(super) fn take_idle(&mut self, limit: Duration) -> Option<Connection> {
        while let Some(idle) = self.idle.pop() {
            if idle.connection.is_ready() && !idle.is_expired(limit) {
                return Some(idle.connection);
            }
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
    pub(super) fn is_expired(&self, limit: Duration) -> bool {
        self.since.elapsed() > limit
    }
}
