//! What has become of a call so far. Layers note it, and the error that ends the call tells it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Extensions;

use crate::error::{Delivery, Error, ServiceError};

/// The record of one call; an extension of its request. Clones share it, so it outlives a future
/// that is dropped at a deadline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    attempts: u32,
    /// The attempt that is under way has been given to the transport.
    handed_over: bool,
    /// An earlier attempt may have been carried out.
    ambiguous: bool,
    last_answer: Option<ServiceError>,
}

impl Progress {
    /// The record of the call that a request belongs to.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    pub(crate) fn begin_attempt(&self) {
        let mut record = self.lock();
        record.attempts += 1;
        record.handed_over = false;
    }

    /// From here on the request may reach the service.
    pub(crate) fn hand_over(&self) {
        self.lock().handed_over = true;
    }

    /// How far the attempt that is under way can have come.
    pub(crate) fn delivery(&self) -> Delivery {
        if self.lock().handed_over {
            Delivery::Unknown
        } else {
            Delivery::NotSent
        }
    }

    /// Notes a failed attempt that is going to be repeated.
    pub(crate) fn repeat_after(&self, error: &Error) {
        let mut record = self.lock();
        record.handed_over = false;
        record.ambiguous |= error.delivery() == Delivery::Unknown;
        if let Some(answer) = error.service() {
            record.last_answer = Some(answer.clone());
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.lock().attempts
    }

    /// Adds to the error that ends the call what happened before it.
    pub(crate) fn complete(&self, error: Error) -> Error {
        let mut record = self.lock();
        error.after_attempts(record.attempts, record.ambiguous, record.last_answer.take())
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
