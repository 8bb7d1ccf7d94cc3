//! What has become of a call so far. Layers note it, and the error that ends the call tells it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bce_auth::Credentials;
use http::Extensions;
use hyper_util::client::legacy::connect::CaptureConnection;

use crate::error::{Delivery, Error, ServiceError};

/// The record of one call; an extension of its request. Clones share it, so it outlives a future
/// that is dropped at a deadline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    attempts: u32,
    attempt: Attempt,
    /// How far the last failed attempt came.
    last_delivery: Option<Delivery>,
    /// An earlier attempt may have been carried out.
    ambiguous: bool,
    last_answer: Option<ServiceError>,
}

/// The attempt that is under way.
#[derive(Debug, Default)]
struct Attempt {
    /// A layer holds the request back at the moment.
    held_back: bool,
    /// How often the request was signed and handed to the transport: once, unless a layer of the
    /// application calls twice.
    handed_over: u32,
    /// Tells whether the transport has a connection for the request yet.
    connection: Option<CaptureConnection>,
    /// What the request was signed with.
    signed_with: Option<Credentials>,
}

impl Attempt {
    fn delivery(&self) -> Delivery {
        let unconnected = |connection: &CaptureConnection| {
            let connected = connection.connection_metadata();
            connected.is_none()
        };
        let unsent = match self.handed_over {
            0 => self.held_back,
            1 => self.connection.as_ref().is_some_and(unconnected),
            _ => false,
        };
        if unsent {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        }
    }
}

impl Record {
    /// The last failed attempt becomes an earlier one.
    fn fold(&mut self) {
        self.ambiguous |= self.last_delivery.take() == Some(Delivery::Unknown);
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

    pub(crate) fn begin_attempt(&self) {
        let mut record = self.lock();
        record.fold();
        record.attempts += 1;
        record.attempt = Attempt::default();
    }

    /// The call pauses before it is tried again.
    pub(crate) fn pause(&self) {
        let mut record = self.lock();
        record.fold();
        record.attempt = Attempt {
            held_back: true,
            ..Attempt::default()
        };
    }

    /// Marks the request as held back, until [`let_go`](Self::let_go). Without a mark a request
    /// may have been sent: a layer that loses this record must not make it look unsent.
    pub(crate) fn hold_back(&self) {
        self.lock().attempt.held_back = true;
    }

    /// Ends [`hold_back`](Self::hold_back).
    pub(crate) fn let_go(&self) {
        self.lock().attempt.held_back = false;
    }

    /// From here on the request, signed with these, may reach the service, unless its connection
    /// says otherwise.
    pub(crate) fn hand_over(&self, credentials: Credentials) {
        let attempt = &mut self.lock().attempt;
        attempt.handed_over += 1;
        attempt.signed_with = Some(credentials);
    }

    /// The transport is going to send the request over this connection, once there is one.
    pub(crate) fn send_over(&self, connection: CaptureConnection) {
        self.lock().attempt.connection = Some(connection);
    }

    /// What the transport sends the request over, if it came that far.
    pub(crate) fn connection(&self) -> Option<CaptureConnection> {
        self.lock().attempt.connection.clone()
    }

    /// How far the attempt that is under way can have come.
    pub(crate) fn delivery(&self) -> Delivery {
        self.lock().attempt.delivery()
    }

    /// Notes a failed attempt; what another one finds is judged in its light.
    pub(crate) fn fail(&self, error: &Error) {
        let mut record = self.lock();
        record.last_delivery = Some(error.delivery());
        if let Some(answer) = error.service() {
            record.last_answer = Some(answer.clone());
        }
    }

    /// What the last attempt was signed with, if it came that far.
    pub(crate) fn signed_with(&self) -> Option<Credentials> {
        self.lock().attempt.signed_with.clone()
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.lock().attempts
    }

    /// Adds to the error that ends the call what happened before it.
    pub(crate) fn complete(&self, error: Error) -> Error {
        let record = self.lock();
        error.after_attempts(
            record.attempts,
            record.ambiguous,
            record.last_answer.clone(),
        )
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
