//! A clock that is moved by hand.

use std::sync::{Arc, Mutex};

use time::{Duration, OffsetDateTime};

use crate::sync::lock;

/// A clock that stands still until it is moved. Clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: OffsetDateTime,
    now: Arc<Mutex<OffsetDateTime>>,
}

impl ManualClock {
    /// Creates a clock that shows this time.
    pub fn new(start: OffsetDateTime) -> Self {
        Self {
            start,
            now: Arc::new(Mutex::new(start)),
        }
    }

    /// Returns the time it shows.
    pub fn now(&self) -> OffsetDateTime {
        *lock(&self.now)
    }

    /// Returns a function that reads the clock: what takes any `Fn() -> OffsetDateTime` as a clock
    /// takes this one.
    pub fn reader(&self) -> impl Fn() -> OffsetDateTime + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        *lock(&self.now) += by;
    }

    /// Moves it to where it stood at first, and from there by this much.
    pub fn set(&self, since_start: Duration) {
        *lock(&self.now) = self.start + since_start;
    }
}
