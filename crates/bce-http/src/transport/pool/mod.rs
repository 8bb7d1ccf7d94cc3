//! The connections that one runtime has opened.
//!
//! The pool of hyper-util's client does the same. It is not used because it costs more than the
//! rest of the transport: for each request, it copies the connector and the key of the host several
//! times, hashes the key, and creates a future that could connect. In addition, that client hides
//! whether a connection has returned a request unsent.

mod host;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::{Either, select};
use http::Uri;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use self::host::{Host, Idle};
use super::connection::{Connection, OpenError};
use super::connector::{Connector, origin_of};
use super::pool_health::Pulse;

/// Expired connections are searched for at most this often.
const SHORTEST_REST: Duration = Duration::from_millis(90);

/// How many idle connections are kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeepLimits {
    pub(super) idle_timeout: Duration,
    pub(super) max_idle_per_host: usize,
}

impl KeepLimits {
    /// No connection is kept.
    pub(super) const NONE: Self = Self {
        idle_timeout: Duration::ZERO,
        max_idle_per_host: 0,
    };

    const fn keep_any(&self) -> bool {
        self.max_idle_per_host > 0 && !self.idle_timeout.is_zero()
    }
}

/// Opens connections, and keeps those that are idle for later requests.
pub(super) struct Pool {
    connector: Connector,
    pulse: Pulse,
    limits: KeepLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// There are few hosts, so searching is fast.
    hosts: Vec<Host>,
    /// The task that closes connections which have been idle for too long; `None` if no connection
    /// is idle.
    reaper: Option<AbortHandle>,
}

impl Pool {
    pub(super) fn new(connector: Connector, pulse: Pulse, limits: KeepLimits) -> Self {
        Self {
            connector,
            pulse,
            limits,
            state: Mutex::default(),
        }
    }

    pub(super) const fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Returns whether the pool can be dropped because it has no connections and is not in use.
    /// This is the case, for example, once its runtime has ended.
    pub(super) fn is_empty(self: &Arc<Self>) -> bool {
        self.pulse.open() == 0 && Arc::strong_count(self) == 1
    }

    /// Takes a connection to the host of the target that has been idle for at most `max_idle`. If
    /// there is none, opens a connection, or waits until another request returns one, whichever
    /// comes first.
    pub(super) async fn take(
        self: &Arc<Self>,
        target: &Uri,
        max_idle: Duration,
    ) -> Result<Connection, OpenError> {
        if !self.limits.keep_any() {
            return Box::pin(self.open(target)).await;
        }
        let returned = {
            let mut state = self.lock();
            let host = state.host(target);
            match host.take_idle(max_idle, self.limits.idle_timeout) {
                Some(connection) => return Ok(connection),
                None => host.wait(),
            }
        };
        // Boxed, because most requests find an idle connection.
        Box::pin(self.open_unless(returned, target, max_idle)).await
    }

    /// Opens a connection, unless another request returns one before. If this future is polled
    /// late, what was returned may have been idle for too long.
    async fn open_unless(
        self: &Arc<Self>,
        returned: oneshot::Receiver<Idle>,
        target: &Uri,
        max_idle: Duration,
    ) -> Result<Connection, OpenError> {
        let max_idle = max_idle.min(self.limits.idle_timeout);
        let begun = Arc::new(AtomicBool::new(false));
        let opening = self.open(target);
        let opening = {
            let begun = Arc::clone(&begun);
            Box::pin(async move {
                begun.store(true, Ordering::Relaxed);
                opening.await
            })
        };
        match select(returned, opening).await {
            Either::Left((Ok(idle), opening)) if idle.is_usable(max_idle) => {
                if begun.load(Ordering::Relaxed) {
                    self.finish_opening(opening, target);
                }
                Ok(idle.connection)
            }
            Either::Left((_, opening)) => opening.await,
            Either::Right((opened, mut returned)) => {
                // Another thread may have returned a connection just now.
                returned.close();
                match (opened, returned.try_recv()) {
                    (Ok(opened), Ok(returned)) => {
                        self.offer(returned, target);
                        Ok(opened)
                    }
                    (Err(_), Ok(returned)) if returned.is_usable(max_idle) => {
                        Ok(returned.connection)
                    }
                    (opened, _) => opened,
                }
            }
        }
    }

    /// Continues to open a connection that its request no longer needs: the peer may already know
    /// of it, and another request can use it. If many such connections are being opened, stops
    /// opening this one.
    fn finish_opening<F>(self: &Arc<Self>, opening: F, target: &Uri)
    where
        F: Future<Output = Result<Connection, OpenError>> + Send + 'static,
    {
        let Some(spare) = self.lock().host(target).spare() else {
            return;
        };
        let (pool, target) = (Arc::downgrade(self), target.clone());
        tokio::spawn(async move {
            let opened = opening.await;
            drop(spare);
            if let (Ok(connection), Some(pool)) = (opened, pool.upgrade()) {
                pool.keep(connection, &target);
            }
        });
    }

    fn open(&self, target: &Uri) -> impl Future<Output = Result<Connection, OpenError>> + use<> {
        Connection::open(self.connector.clone(), origin_of(target))
    }

    /// Returns a connection to the pool after its response has been read to the end.
    pub(super) fn put_back(self: &Arc<Self>, mut connection: Connection, target: &Uri) {
        if connection.is_closed() || !self.limits.keep_any() {
            return;
        }
        if connection.is_ready() {
            return self.keep(connection, target);
        }
        // The task of the connection has not noticed the end of the response yet, or the request is
        // still being written.
        let (pool, target) = (Arc::downgrade(self), target.clone());
        tokio::spawn(async move {
            if connection.becomes_ready().await
                && let Some(pool) = pool.upgrade()
            {
                pool.keep(connection, &target);
            }
        });
    }

    /// Passes a connection that is idle from now on to a request that is waiting for one, or keeps
    /// it.
    fn keep(self: &Arc<Self>, mut connection: Connection, target: &Uri) {
        connection.mark_kept();
        self.offer(Idle::from_now(connection), target);
    }

    fn offer(self: &Arc<Self>, mut idle: Idle, target: &Uri) {
        let mut state = self.lock();
        let host = state.host(target);
        while let Some(waiting) = host.waiting.pop_front() {
            match waiting.send(idle) {
                Ok(()) => return,
                Err(unwanted) => idle = unwanted,
            }
        }
        let most = self.limits.max_idle_per_host;
        if host.idle.len() >= most {
            // Connections that the peer has closed do not count.
            host.idle.retain(|idle| idle.connection.is_ready());
        }
        if host.idle.len() >= most {
            return;
        }
        let expires = idle.since + self.limits.idle_timeout;
        host.add_idle(idle);
        // A reaper ends early if the runtime ends on which the request was finished.
        if state.reaper.as_ref().is_none_or(AbortHandle::is_finished) {
            let reaping = reap(Arc::downgrade(self), expires);
            state.reaper = Some(tokio::spawn(reaping).abort_handle());
        }
    }

    /// Closes the connections that have been idle for too long. Returns the time at which to do so
    /// again, or `None` if no connection is idle.
    fn close_expired(&self) -> Option<Instant> {
        let mut state = self.lock();
        let limit = self.limits.idle_timeout;
        for host in &mut state.hosts {
            host.idle
                .retain(|idle| idle.connection.is_ready() && idle.age() <= limit);
        }
        // The oldest connection of each host is at the front.
        let oldest = state.hosts.iter().filter_map(|host| host.idle.first());
        let oldest = oldest.map(|idle| idle.since).min();
        if oldest.is_none() {
            state.reaper = None;
        }
        oldest.map(|since| (since + limit).max(Instant::now() + SHORTEST_REST))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(reaper) = self.lock().reaper.take() {
            reaper.abort();
        }
    }
}

/// Closes connections that have been idle for too long, until no connection is idle. `expires` is
/// the time at which the first one may have been idle for too long.
async fn reap(pool: Weak<Pool>, mut expires: Instant) {
    loop {
        tokio::time::sleep_until(expires).await;
        match pool.upgrade().and_then(|pool| pool.close_expired()) {
            Some(next) => expires = next,
            None => return,
        }
    }
}

impl State {
    /// Returns the host of the target, which is added if it is missing.
    fn host(&mut self, target: &Uri) -> &mut Host {
        let position = self.hosts.iter().position(|host| host.is_of(target));
        let position = position.unwrap_or_else(|| {
            self.hosts.retain(Host::is_used);
            self.hosts.push(Host::of(target));
            self.hosts.len() - 1
        });
        &mut self.hosts[position]
    }
}
