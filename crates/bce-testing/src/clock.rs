//! A clock that is set by hand.

use std::sync::{Arc, Mutex};

use time::{Duration, OffsetDateTime};

use crate::sync::lock;

/// A clock that stands still until it is set. Clones share the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: OffsetDateTime,
    now: Arc<Mutex<OffsetDateTime>>,
}

impl ManualClock {
    /// Creates a clock that shows `start`.
    pub fn new(start: OffsetDateTime) -> Self {
        Self {
            start,
            now: Arc::new(Mutex::new(start)),
        }
    }

    /// Returns the time that the clock shows.
    pub fn now(&self) -> OffsetDateTime {
        *lock(&self.now)
    }

    /// Returns a function that reads the clock, for use wherever an `Fn() -> OffsetDateTime` is
    /// accepted as a clock.
    pub fn reader(&self) -> impl Fn() -> OffsetDateTime + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        *lock(&self.now) += by;
    }

    /// Sets the clock to its start time plus `since_start`.
    pub fn set(&self, since_start: Duration) {
        *lock(&self.now) = self.start + since_start;
    }
}
