//! The record of one call: what has happened to the call so far. Layers write the record, and the
//! error that ends the call reports what the record contains.
//!
//! Each request that is passed to a transport is a separate dispatch: a call usually makes one per
//! attempt, and more if a layer of the application repeats requests, sends several at a time, or
//! fails over to another server. A dispatch is in doubt from the moment it has a connection until
//! it is proven that the service did not act.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Extensions, HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::connection::ConnectionInfo;
use crate::error::{Delivery, Error, ServiceError};
use crate::few::Few;
use crate::headers::REQUEST_ID;
use crate::mask::{KeepsSecrets, Secrets, SharedSecrets};
use crate::retry::Doubts;
use crate::service::Operation;

/// The record of one call; an extension of its requests. Clones share the same record, so the
/// record outlives a future that is dropped at a deadline.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallRecord(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    operation: Option<&'static Operation>,
    /// The time at which the call started; `None` if a layer is used separately, without a client
    /// that starts calls.
    started: Option<Instant>,
    /// The number of layers in which a request of the call is currently queued.
    queued: AtomicUsize,
    /// Whether transports have to record the connection of each request.
    watched: AtomicBool,
    state: Mutex<State>,
    secrets: Secrets,
}

impl KeepsSecrets for Shared {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

#[derive(Debug, Default)]
struct State {
    /// The time at which the call ends at the latest.
    end: Option<Instant>,
    attempts: u32,
    /// The number of requests that were sent before the current attempt and may have been carried
    /// out.
    earlier_doubts: usize,
    /// The requests that were passed to a transport, except for those that certainly were not
    /// carried out.
    dispatches: Few<Entry>,
    /// The number that was given to the latest entry in `dispatches`, or 0 if there was none.
    next: u64,
    /// The connection that the latest request was given to, if connections are recorded.
    connection: Option<Arc<ConnectionInfo>>,
    last_service_error: Option<ServiceError>,
}

/// A request that was passed to a transport.
#[derive(Debug)]
struct Entry {
    number: u64,
    /// The id that the request carries in its header `x-bce-request-id`.
    id: Option<HeaderValue>,
    /// Whether the request was given to a connection, or may have been.
    handed_over: bool,
}

impl State {
    fn doubts(&self) -> impl Iterator<Item = &Entry> {
        self.dispatches.iter().filter(|entry| entry.handed_over)
    }

    fn set_handed_over(&mut self, number: u64, value: bool) {
        let mut entries = self.dispatches.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.number == number) {
            entry.handed_over = value;
        }
    }

    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// Identifies one dispatch (a request that was passed to a transport) in the record, for the layer
/// that learns its outcome; an extension of the response.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    record: CallRecord,
    number: u64,
    id: Option<HeaderValue>,
}

impl Dispatch {
    /// Returns the id that the request carries, if any.
    pub(crate) fn id(&self) -> Option<&HeaderValue> {
        self.id.as_ref()
    }

    /// Records the outcome of the request. If the request may have been carried out, it stays in
    /// the record for the rest of the call; otherwise, it is removed.
    pub(crate) fn finish(&self, delivery: Delivery) {
        if delivery != Delivery::Unknown {
            self.withdraw();
        }
    }

    /// Records that the request is given to a connection, and may be sent from now on.
    pub(crate) fn hand_over(&self, connection: &Arc<ConnectionInfo>) {
        let watched = self.record.is_watched();
        let mut state = self.record.lock();
        state.connection = watched.then(|| Arc::clone(connection));
        state.set_handed_over(self.number, true);
    }

    /// Records that the connection has returned the request unsent.
    pub(crate) fn take_back(&self) {
        self.record.lock().set_handed_over(self.number, false);
    }

    /// Removes the request from the record, because it certainly was not carried out, or because
    /// another entry describes it more precisely.
    pub(crate) fn withdraw(&self) {
        let mut state = self.record.lock();
        state.dispatches.retain(|entry| entry.number != self.number);
    }
}

/// Marks a request as queued and not sent, until this value is dropped.
#[derive(Debug)]
pub(crate) struct Queued<'a>(&'a CallRecord);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.0.queued.fetch_sub(1, Ordering::Release);
    }
}

impl CallRecord {
    /// Returns the record of the call that a request belongs to; `None` if it belongs to none.
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    /// Returns the record of the call that a request belongs to. If there is none, because a layer
    /// is used separately, creates one.
    #[inline]
    pub(crate) fn of_or_begin(extensions: &mut Extensions) -> Self {
        match Self::of(extensions) {
            Some(record) => record,
            None => Self::begin_alone(extensions),
        }
    }

    #[cold]
    fn begin_alone(extensions: &mut Extensions) -> Self {
        let record = Self::default();
        extensions.insert(record.clone());
        record
    }

    /// Starts the record of a call of this operation, and stores the record in the extensions of
    /// the request. If the extensions already contain the record of another call, returns that one:
    /// a transport of the application may make calls of its own in order to send a request, and
    /// these are part of the outer call.
    pub(crate) fn begin(
        extensions: &mut Extensions,
        operation: &'static Operation,
        started: Instant,
    ) -> Self {
        if let Some(record) = Self::of(extensions) {
            extensions.insert(operation);
            return record;
        }
        let record = Self(Arc::new(Shared {
            operation: Some(operation),
            started: Some(started),
            ..Shared::default()
        }));
        extensions.insert(record.clone());
        record
    }

    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// Returns the operation of a request: the one in its extensions; if they have none, the
    /// operation of its call.
    pub(crate) fn operation_of(extensions: &Extensions) -> Option<&'static Operation> {
        match extensions.get::<Self>() {
            Some(record) => record.operation_among(extensions),
            None => extensions.get::<&'static Operation>().copied(),
        }
    }

    /// Returns the operation of a request whose call has this record: the one in the extensions of
    /// the request; if they have none, the operation of the call.
    #[inline]
    pub(crate) fn operation_among(&self, extensions: &Extensions) -> Option<&'static Operation> {
        let announced = match Self::is_alone(extensions) {
            true => None,
            false => extensions.get::<&'static Operation>().copied(),
        };
        announced.or_else(|| self.operation())
    }

    /// Returns whether the record of the call is the only extension of a request, which is the
    /// usual case. Then there is no need to look for other extensions.
    ///
    /// Counts the extensions, so the request must have the record, or its operation in place of it.
    #[inline]
    pub(crate) fn is_alone(extensions: &Extensions) -> bool {
        extensions.len() == 1
    }

    /// Returns the time at which the call started, or `None` if a layer is used separately, without
    /// a client that starts calls.
    pub(crate) fn started(&self) -> Option<Instant> {
        self.0.started
    }

    /// Sets the time at which the call ends, and returns `None`. If an outer call has already set
    /// its own end in this record, changes nothing and returns that end: the end of an inner call
    /// applies only to the inner call.
    pub(crate) fn set_end(&self, end: Instant) -> Option<Instant> {
        let mut state = self.lock();
        let outer = state.end;
        state.end = outer.or(Some(end));
        outer
    }

    /// Returns the time at which the call ends, or `None` if it has no limit.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.lock().end
    }

    pub(crate) fn begin_attempt(&self) {
        let mut state = self.lock();
        state.attempts += 1;
        state.earlier_doubts = state.doubts().count();
    }

    /// Records that the request waits in a queue and has not been sent, until the returned value is
    /// dropped. Without this entry, a call counts as possibly sent as long as none of its requests
    /// was passed to a transport, because a layer of the application may have sent a request
    /// without the record.
    pub(crate) fn enter_queue(&self) -> Queued<'_> {
        self.0.queued.fetch_add(1, Ordering::Relaxed);
        Queued(self)
    }

    /// Returns the secrets that must not be shown in connection with the call.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// Returns the same secrets as [`secrets`](Self::secrets), for callers that keep them for
    /// longer.
    pub(crate) fn shared_secrets(&self) -> SharedSecrets {
        self.clone().into_secrets()
    }

    /// Converts the record into its secrets, for callers that need nothing else.
    pub(crate) fn into_secrets(self) -> SharedSecrets {
        SharedSecrets::kept_by(self.0)
    }

    /// Asks transports to record the connection of each request.
    pub(crate) fn watch(&self) {
        self.0.watched.store(true, Ordering::Relaxed);
    }

    /// Returns whether transports have to record the connection of each request.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.watched.load(Ordering::Relaxed)
    }

    /// Records a request that a transport has accepted, and has not sent yet.
    pub(crate) fn dispatch(self, headers: &HeaderMap) -> Dispatch {
        self.enter(headers, false)
    }

    /// Records a request that was passed to a transport of the application. Since nothing tells
    /// when that transport sends it, the request counts as possibly sent at once.
    pub(crate) fn dispatch_unobserved(self, headers: &HeaderMap) -> Dispatch {
        self.enter(headers, true)
    }

    fn enter(self, headers: &HeaderMap, handed_over: bool) -> Dispatch {
        let mut state = self.lock();
        let number = state.next_number();
        let id = headers.get(&REQUEST_ID).cloned();
        state.connection = None;
        state.dispatches.push(Entry {
            number,
            id: id.clone(),
            handed_over,
        });
        drop(state);
        Dispatch {
            record: self,
            number,
            id,
        }
    }

    /// Returns the connection that the latest request was given to; `None` if there is none yet, or
    /// if connections are not recorded.
    pub(crate) fn connection(&self) -> Option<Arc<ConnectionInfo>> {
        self.lock().connection.clone()
    }

    /// Returns whether the latest request was passed to a transport and has no connection yet.
    pub(crate) fn is_connecting(&self) -> bool {
        let state = self.lock();
        let queued = self.0.queued.load(Ordering::Acquire) > 0;
        let latest = state.dispatches.last();
        !queued && latest.is_some_and(|entry| !entry.handed_over)
    }

    /// Returns `NotSent` if the call has a request that is queued or was passed to a transport, but
    /// none that may have a connection. Otherwise, returns `Unknown`.
    pub(crate) fn delivery(&self) -> Delivery {
        let state = self.lock();
        // A layer that takes a request out of a queue records its dispatch first, which requires
        // the lock.
        let queued = self.0.queued.load(Ordering::Acquire) > 0;
        let unsent = queued || !state.dispatches.is_empty();
        if unsent && state.doubts().next().is_none() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        }
    }

    /// Records that an attempt has failed. Returns whether requests other than the one that ended
    /// the attempt, in this attempt or in earlier ones, may have been carried out.
    pub(crate) fn finish_attempt(&self, error: &Error) -> Doubts {
        let mut state = self.lock();
        if let Some(answer) = error.service() {
            state.last_service_error = Some(answer.clone());
        }
        let earlier = state.earlier_doubts;
        let own = usize::from(error.delivery() == Delivery::Unknown);
        let new = state.doubts().count().saturating_sub(earlier);
        if new < own {
            // A layer of the application failed without reporting the request that it had sent.
            let number = state.next_number();
            state.dispatches.push(Entry {
                number,
                id: None,
                handed_over: true,
            });
        }
        Doubts {
            other: new > own,
            earlier: earlier > 0,
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.lock().attempts
    }

    /// Adds the history of the call to an error: the number of attempts, the ids of requests that
    /// may have been carried out, and the last error response. May be called repeatedly.
    ///
    /// [`Retry`](crate::layer::Retry) calls this method after the last attempt, because layers
    /// around calls base their decisions on the history. The client calls it at the end of the
    /// call, because limits and layers also end calls.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        let state = self.lock();
        let ids = state.doubts().map(|entry| entry.id.clone()).collect();
        error.after_attempts(state.attempts, ids, state.last_service_error.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
