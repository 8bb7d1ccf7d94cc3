//! A request under way: which connection it uses, and whether it may have been sent.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Uri};
use hyper::client::conn::TrySendError;

use super::connection::{Connection, OpenError};
use super::first_bytes::Opening;
use super::pool::Pool;
use super::pools::Pools;
use crate::context::Dispatch;
use crate::message::WireBody;

/// A request under way on a connection of a pool, until its response has been received.
///
/// A middlebox that silently forgets connections forgets all that were idle. So if a request over
/// an idle connection ends, because of a time limit or an error, and no connection of the pool has
/// received a single byte in the meantime, the other idle connections are dropped instead of being
/// tried one after another. They are kept if a new connection was made in the meantime, because a
/// slow new connection proves nothing about the idle ones.
pub(super) struct Exchange<'a> {
    pools: &'a Pools,
    pool: Arc<Pool>,
    /// Identifies the request in the record of its call; `None` if the request belongs to no call.
    dispatch: Option<Dispatch>,
    /// Whether the request was given to a connection, which did not return it unsent.
    handed_over: bool,
    /// How long the connection may have been idle.
    max_idle: Duration,
    /// How many times the connections of the pool had received data when the request began.
    heard: usize,
    /// How many connections of the pool had been made when the request began.
    made: usize,
}

/// The reason why no response was received.
#[derive(Debug)]
pub(super) enum SendError {
    /// There was no connection.
    Open(OpenError),
    /// The connection failed before any part of the request was written.
    Unsent(hyper::Error),
    /// The connection failed, and the request may have been sent.
    Lost(hyper::Error),
}

impl<'a> Exchange<'a> {
    /// Creates the exchange for a request over a connection from the pool of the current runtime:
    /// one that has been idle for at most this long, or a new one.
    pub(super) fn over_kept(
        pools: &'a Pools,
        dispatch: Option<Dispatch>,
        max_idle: Duration,
    ) -> Self {
        Self::new(pools, pools.current(), dispatch, max_idle)
    }

    /// Creates the exchange for a request over a new connection that is used only for this request.
    pub(super) fn over_new(pools: &'a Pools, dispatch: Option<Dispatch>) -> Self {
        Self::new(
            pools,
            Arc::clone(pools.unpooled()),
            dispatch,
            Duration::ZERO,
        )
    }

    fn new(
        pools: &'a Pools,
        pool: Arc<Pool>,
        dispatch: Option<Dispatch>,
        max_idle: Duration,
    ) -> Self {
        Self {
            pools,
            dispatch,
            handed_over: false,
            max_idle,
            heard: pool.pulse().heard(),
            made: pool.pulse().made(),
            pool,
        }
    }

    /// Returns a connection to the host of the target.
    pub(super) async fn connection(&self, target: &Uri) -> Result<Connection, SendError> {
        let taken = self.pool.take(target, self.max_idle).await;
        taken.map_err(SendError::Open)
    }

    /// Records that the request is given to a connection. From now on, it counts as possibly sent,
    /// because the connection may write it even if the call is dropped.
    pub(super) fn hand_over(&mut self, connection: &Connection) {
        self.handed_over = true;
        if let Some(dispatch) = &self.dispatch {
            dispatch.hand_over(connection.info());
        }
    }

    /// Records that a connection has failed before the head of a response. If the connection wrote
    /// no part of the request, the request counts as unsent again; it is returned if it should be
    /// sent over another connection.
    pub(super) fn take_back(
        &mut self,
        mut error: TrySendError<Request<WireBody>>,
        connection: &Connection,
    ) -> Result<Request<WireBody>, SendError> {
        let Some(request) = error.take_message() else {
            return Err(SendError::Lost(error.into_error()));
        };
        self.handed_over = false;
        if let Some(dispatch) = &self.dispatch {
            dispatch.take_back();
        }
        // Most likely, the peer closed the connection because it was idle.
        if connection.was_kept() {
            return Ok(request);
        }
        Err(SendError::Unsent(error.into_error()))
    }

    /// Returns a connection to the pool after the response has been read to the end.
    pub(super) fn put_back(&self, connection: Connection, target: &Uri) {
        self.pool.put_back(connection, target);
    }

    /// Ends the exchange. Returns what identifies the request in the record of its call, if it
    /// belongs to one.
    pub(super) fn finish(mut self) -> Option<Dispatch> {
        self.dispatch.take()
    }

    /// Returns the first bytes that the peer has sent on one of the pool's latest connections: see
    /// [`Pulse::opening`](super::pool_health::Pulse::opening).
    pub(super) fn opening(&self) -> Opening {
        self.pool.pulse().opening()
    }

    /// Returns whether the request used a connection that already existed: the request has a
    /// connection, and no connection has been made since the request began. If one was made, even
    /// for another request, returns `false`: that connection already shows whether the peer can be
    /// reached.
    fn reused(&self) -> bool {
        self.handed_over && self.pool.pulse().made() == self.made
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if self.pool.pulse().heard() == self.heard && self.reused() {
            self.pools.let_go(&self.pool);
        }
    }
}
