//! The body of a call with content provided by the caller.

use std::sync::{Arc, Mutex, PoisonError};

use crate::message::Body;

/// A body of any kind. Clones share the same body, because a stream exists only once.
#[derive(Clone, Debug)]
pub(super) struct Upload(Arc<Mutex<Option<Body>>>);

impl Upload {
    pub(super) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Some(body))))
    }

    /// Returns the body to send. Returns `None` if it is a stream that has already been sent.
    pub(super) fn take(&self) -> Option<Body> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = body.as_ref().and_then(Body::try_clone);
        copy.or_else(|| body.take())
    }

    /// Returns the length in bytes. Returns `None` if it is unknown, or if the body was a stream
    /// that has already been sent.
    pub(super) fn len(&self) -> Option<u64> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.as_ref()?.len()
    }
}
