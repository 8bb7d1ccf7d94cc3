//! The record of one call: what has become of it so far. Layers note it, and the error that ends the call
//! tells it.
//!
//! Each request that is given to a transport is a dispatch of its own: a call makes one per attempt
//! as a rule, and more where a layer of the application repeats, hedges or fails over. A dispatch is
//! in doubt from the moment it has a connection, until it is proven that the service did not act.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Extensions, HeaderMap, HeaderValue};
use hyper_util::client::legacy::connect::CaptureConnection;
use tokio::time::Instant;

use super::handover::Handover;
use crate::error::{Delivery, Error, ServiceError};
use crate::few::Few;
use crate::headers::REQUEST_ID;
use crate::mask::{KeepsSecrets, Secrets, SharedSecrets};
use crate::retry::Doubts;
use crate::service::Operation;

/// The record of one call; an extension of its request. Clones share it, so it outlives a future
/// that is dropped at a deadline.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallRecord(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    operation: Option<&'static Operation>,
    /// When the call began, where a client has begun it.
    started: Option<Instant>,
    /// In how many layers a request of the call waits at the moment.
    queued: AtomicUsize,
    /// Whether somebody wants to know the connections.
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
    /// When the call ends, whatever has become of it.
    end: Option<Instant>,
    attempts: u32,
    /// How many dispatches were in doubt before the attempt that is under way.
    earlier_doubts: usize,
    /// Those that may have reached the service.
    dispatches: Few<Entry>,
    /// The number of the latest dispatch.
    next: u64,
    /// What the latest dispatch goes over, where somebody watches.
    connection: Option<CaptureConnection>,
    last_service_error: Option<ServiceError>,
}

/// A request that was given to a transport.
#[derive(Debug)]
struct Entry {
    number: u64,
    /// The id that it carries.
    id: Option<HeaderValue>,
    handover: Handover,
}

impl State {
    fn doubts(&self) -> impl Iterator<Item = &Entry> {
        self.dispatches
            .iter()
            .filter(|entry| entry.handover.may_have_happened())
    }

    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// One dispatch, for whoever learns what became of it: an extension of the response.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    record: CallRecord,
    number: u64,
    id: Option<HeaderValue>,
}

impl Dispatch {
    /// Returns the id that the request carries.
    pub(crate) fn id(&self) -> Option<&HeaderValue> {
        self.id.as_ref()
    }

    /// Notes what became of it. What may have been carried out stays in doubt for good.
    pub(crate) fn finish(&self, delivery: Delivery) {
        if delivery != Delivery::Unknown {
            self.withdraw();
        }
    }

    /// Takes it out of the record: there is no doubt about it, or another entry tells more precisely.
    pub(crate) fn withdraw(&self) {
        let mut state = self.record.lock();
        state.dispatches.retain(|entry| entry.number != self.number);
    }
}

/// A request waits as long as this lives: it has not been sent.
#[derive(Debug)]
pub(crate) struct Queued<'a>(&'a CallRecord);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.0.queued.fetch_sub(1, Ordering::Release);
    }
}

impl CallRecord {
    /// Returns the record of the call that a request belongs to.
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    /// Creates the record of the call that a request belongs to. Begins one if there is none, for
    /// layers that are used alone.
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

    /// Begins the record of a call of this operation. A transport of the application may make calls
    /// itself: those are part of the call that they are made for.
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

    /// Returns the operation that a request is of: the one that is an extension of its own, or else
    /// that of the call.
    pub(crate) fn operation_of(extensions: &Extensions) -> Option<&'static Operation> {
        match extensions.get::<Self>() {
            Some(record) => record.operation_among(extensions),
            None => extensions.get::<&'static Operation>().copied(),
        }
    }

    /// The same, where the record of the request is known already.
    #[inline]
    pub(crate) fn operation_among(&self, extensions: &Extensions) -> Option<&'static Operation> {
        let announced = match Self::is_alone(extensions) {
            true => None,
            false => extensions.get::<&'static Operation>().copied(),
        };
        announced.or_else(|| self.operation())
    }

    /// Returns whether there is nothing in extensions that hold a record but that, as is the rule:
    /// then nothing else need be looked for.
    #[inline]
    pub(crate) fn is_alone(extensions: &Extensions) -> bool {
        extensions.len() == 1
    }

    /// Returns when the call began, where a client has begun it.
    pub(crate) fn started(&self) -> Option<Instant> {
        self.0.started
    }

    /// Notes when the call ends. The end of a call that is made in the course of another one holds for that
    /// one alone: the outer one's stays, and is returned.
    pub(crate) fn set_end(&self, end: Instant) -> Option<Instant> {
        let mut state = self.lock();
        let outer = state.end;
        state.end = outer.or(Some(end));
        outer
    }

    /// Returns when the call ends, if it has a limit.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.lock().end
    }

    pub(crate) fn begin_attempt(&self) {
        let mut state = self.lock();
        state.attempts += 1;
        state.earlier_doubts = state.doubts().count();
    }

    /// Notes that the request waits and has not been sent, until the note is dropped. Without such a note a
    /// request may have been sent: a layer that loses this record must not make it look unsent.
    pub(crate) fn enter_queue(&self) -> Queued<'_> {
        self.0.queued.fetch_add(1, Ordering::Relaxed);
        Queued(self)
    }

    /// Returns what the call must not show.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// Returns the same for whoever needs it longer.
    pub(crate) fn shared_secrets(&self) -> SharedSecrets {
        self.clone().into_secrets()
    }

    /// The same for whoever needs nothing else.
    pub(crate) fn into_secrets(self) -> SharedSecrets {
        SharedSecrets::kept_by(self.0)
    }

    /// Notes that somebody wants to know the connection of each dispatch.
    pub(crate) fn watch(&self) {
        self.0.watched.store(true, Ordering::Relaxed);
    }

    /// Returns whether somebody wants to know the connection of each dispatch.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.watched.load(Ordering::Relaxed)
    }

    /// A transport takes the request, and this tells when it sends it.
    pub(crate) fn dispatch(self, headers: &HeaderMap, handover: Handover) -> Dispatch {
        let mut state = self.lock();
        let number = state.next_number();
        let id = headers.get(&REQUEST_ID).cloned();
        state.connection = match &handover {
            Handover::Connection(connection) => Some(connection.clone()),
            Handover::BodyPolled(_) | Handover::Unknown => None,
        };
        state.dispatches.push(Entry {
            number,
            id: id.clone(),
            handover,
        });
        drop(state);
        Dispatch {
            record: self,
            number,
            id,
        }
    }

    /// Returns what the latest dispatch goes over, if it came that far and the record is watched.
    pub(crate) fn connection(&self) -> Option<CaptureConnection> {
        self.lock().connection.clone()
    }

    /// Returns how far a request that is under way can have come.
    pub(crate) fn delivery(&self) -> Delivery {
        let state = self.lock();
        // Whoever leaves a queue to send has entered its dispatch before, which needs the lock.
        let queued = self.0.queued.load(Ordering::Acquire) > 0;
        let unsent = queued || !state.dispatches.is_empty();
        if unsent && state.doubts().next().is_none() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        }
    }

    /// Notes how an attempt failed; what another one finds is judged in its light.
    pub(crate) fn finish_attempt(&self, error: &Error) -> Doubts {
        let mut state = self.lock();
        if let Some(answer) = error.service() {
            state.last_service_error = Some(answer.clone());
        }
        let earlier = state.earlier_doubts;
        let own = usize::from(error.delivery() == Delivery::Unknown);
        let new = state.doubts().count().saturating_sub(earlier);
        if new < own {
            // A layer of the application failed, and told nothing of what it had sent.
            let number = state.next_number();
            state.dispatches.push(Entry {
                number,
                id: None,
                handover: Handover::Unknown,
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

    /// Adds to an error what happened in the course of the call, as often as it is asked to.
    ///
    /// [`Retry`](crate::layer::Retry) asks for it where attempts end, since layers around calls decide by what
    /// they see; the client, where the call ends: limits and layers end calls as well.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        let state = self.lock();
        let ids = state.doubts().map(|entry| entry.id.clone()).collect();
        error.after_attempts(state.attempts, ids, state.last_service_error.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
