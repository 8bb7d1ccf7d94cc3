//! What has become of a call so far. Layers note it, and the error that ends the call tells it.
//!
//! Each request that is given to a transport is a dispatch of its own: a call makes one per attempt
//! as a rule, and more where a layer of the application repeats, hedges or fails over. A dispatch is
//! in doubt from the moment it has a connection, until it is proven that the service did not act.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Extensions, HeaderMap, HeaderValue};
use hyper_util::client::legacy::connect::CaptureConnection;
use tokio::time::Instant;

use crate::error::{Delivery, Error, REQUEST_ID, ServiceError};
use crate::mask::Secrets;

/// The record of one call; an extension of its request. Clones share it, so it outlives a future
/// that is dropped at a deadline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    record: Arc<Mutex<Record>>,
    secrets: Secrets,
}

#[derive(Debug, Default)]
struct Record {
    attempts: u32,
    /// How many dispatches were in doubt before the attempt that is under way.
    earlier_doubts: usize,
    /// How many layers hold a request of the call back at the moment.
    held_back: usize,
    /// Those that may have reached the service.
    dispatches: Vec<Entry>,
    /// The number of the latest dispatch.
    next: u64,
    /// What the latest dispatch goes over.
    connection: Option<CaptureConnection>,
    last_answer: Option<ServiceError>,
    /// When the call ends, whatever has become of it.
    end: Option<Instant>,
}

/// A request that was given to a transport.
#[derive(Debug)]
struct Entry {
    number: u64,
    /// The id that it carries.
    id: Option<HeaderValue>,
    /// Tells whether there is a connection for it yet; `None` for a transport that does not tell.
    connection: Option<CaptureConnection>,
}

impl Entry {
    fn is_in_doubt(&self) -> bool {
        self.connection
            .as_ref()
            .is_none_or(|connection| connection.connection_metadata().is_some())
    }
}

impl Record {
    fn doubts(&self) -> impl Iterator<Item = &Entry> {
        self.dispatches.iter().filter(|entry| entry.is_in_doubt())
    }

    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// What may have been carried out when an attempt has failed, besides the request that its error is
/// about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubts {
    /// Another request of the same attempt.
    pub(crate) other: bool,
    /// A request of an earlier attempt.
    pub(crate) earlier: bool,
}

/// One dispatch, for whoever learns what became of it: an extension of the response.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    progress: Progress,
    number: u64,
    id: Option<HeaderValue>,
}

impl Dispatch {
    /// The id that the request carries.
    pub(crate) fn id(&self) -> Option<&HeaderValue> {
        self.id.as_ref()
    }

    /// Notes what became of it. What may have been carried out stays in doubt for good.
    pub(crate) fn ends(&self, delivery: Delivery) {
        if delivery != Delivery::Unknown {
            self.withdraw();
        }
    }

    /// Takes it out of the record: there is no doubt about it, or another entry tells more precisely.
    pub(crate) fn withdraw(&self) {
        let mut record = self.progress.lock();
        record
            .dispatches
            .retain(|entry| entry.number != self.number);
    }
}

/// Holds a request back, as long as it lives: it has not been sent.
#[derive(Debug)]
pub(crate) struct HeldBack(Progress);

impl Drop for HeldBack {
    fn drop(&mut self) {
        self.0.lock().held_back -= 1;
    }
}

impl Progress {
    /// The record of the call that a request belongs to.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    /// The record of the call that a request belongs to; a new one if it has none yet.
    pub(crate) fn in_or_into(extensions: &mut Extensions) -> Self {
        extensions.get_or_insert_with(Self::default).clone()
    }

    /// Notes when the call ends.
    pub(crate) fn ends_at(&self, end: Instant) {
        self.lock().end = Some(end);
    }

    /// When the call ends, if it has a limit.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.lock().end
    }

    pub(crate) fn begin_attempt(&self) {
        let mut record = self.lock();
        record.attempts += 1;
        record.earlier_doubts = record.doubts().count();
    }

    /// Marks the request as held back, until the mark is dropped. Without a mark a request may have
    /// been sent: a layer that loses this record must not make it look unsent.
    pub(crate) fn hold_back(&self) -> HeldBack {
        self.lock().held_back += 1;
        HeldBack(self.clone())
    }

    /// What the call must not show.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A transport takes the request, and sends it over this connection once there is one.
    pub(crate) fn dispatch(
        &self,
        headers: &HeaderMap,
        connection: Option<CaptureConnection>,
    ) -> Dispatch {
        let mut record = self.lock();
        let number = record.next_number();
        let id = headers.get(REQUEST_ID).cloned();
        record.connection.clone_from(&connection);
        record.dispatches.push(Entry {
            number,
            id: id.clone(),
            connection,
        });
        Dispatch {
            progress: self.clone(),
            number,
            id,
        }
    }

    /// What the latest dispatch goes over, if it came that far.
    pub(crate) fn connection(&self) -> Option<CaptureConnection> {
        self.lock().connection.clone()
    }

    /// How far a request that is under way can have come.
    pub(crate) fn delivery(&self) -> Delivery {
        let record = self.lock();
        let unsent = record.held_back > 0 || !record.dispatches.is_empty();
        if unsent && record.doubts().next().is_none() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        }
    }

    /// Notes a failed attempt; what another one finds is judged in its light.
    pub(crate) fn fail(&self, error: &Error) -> Doubts {
        let mut record = self.lock();
        if let Some(answer) = error.service() {
            record.last_answer = Some(answer.clone());
        }
        let earlier = record.earlier_doubts;
        let own = usize::from(error.delivery() == Delivery::Unknown);
        let new = record.doubts().count().saturating_sub(earlier);
        if new < own {
            // A layer of the application failed, and told nothing of what it had sent.
            let number = record.next_number();
            record.dispatches.push(Entry {
                number,
                id: None,
                connection: None,
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

    /// Adds to the error that ends the call what happened before it.
    pub(crate) fn complete(&self, error: Error) -> Error {
        let record = self.lock();
        let ids = record.doubts().map(|entry| entry.id.clone()).collect();
        error.after_attempts(record.attempts, ids, record.last_answer.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
