//! The source of the time that signatures and expiry checks use.

use std::sync::Arc;

use time::OffsetDateTime;

/// A source of the current time.
///
/// [`SystemClock`] and every `Fn() -> OffsetDateTime` implement this trait, so a closure is enough
/// for a test, or for a clock that is corrected by the server's `Date` header:
///
/// ```
/// use bce_auth::Clock;
/// use time::OffsetDateTime;
///
/// let stopped = || OffsetDateTime::UNIX_EPOCH;
/// assert_eq!(stopped.now().year(), 1970);
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time, with any offset from UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

impl<F> Clock for F
where
    F: Fn() -> OffsetDateTime + Send + Sync + 'static,
{
    fn now(&self) -> OffsetDateTime {
        self()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> OffsetDateTime {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn system_clock_follows_the_operating_system() {
        let before = OffsetDateTime::from(SystemTime::now());
        let now = SystemClock.now();
        let after = OffsetDateTime::from(SystemTime::now());
        assert!(before <= now && now <= after);
    }

    #[test]
    fn a_closure_and_a_shared_trait_object_are_clocks() {
        let shared: Arc<dyn Clock> = Arc::new(|| OffsetDateTime::UNIX_EPOCH);
        assert_eq!(shared.now(), OffsetDateTime::UNIX_EPOCH);
        assert_eq!(Clock::now(&Arc::clone(&shared)), OffsetDateTime::UNIX_EPOCH);
    }
}
