//! The emulator's clocks: for instances, for sessions, and for signatures.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bce_auth::Clock;
use time::OffsetDateTime;

use crate::sync::lock;

/// A clock that stands still until it is set.
///
/// Pass it to the emulator and to a client, so that both use the same time:
///
/// ```
/// use std::time::Duration;
///
/// use aihc_emulator::{Emulator, VirtualClock};
/// use time::macros::datetime;
///
/// let clock = VirtualClock::new(datetime!(2026-08-20 00:00:00 UTC));
/// let emulator = Emulator::builder().clock(clock.clone());
/// clock.advance(Duration::from_secs(3600));
/// # let _ = emulator;
/// ```
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<Mutex<OffsetDateTime>>);

impl VirtualClock {
    /// Creates a clock that shows `start`.
    pub fn new(start: OffsetDateTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves the clock forward, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        let mut shown = lock(&self.0);
        *shown = later(*shown, by);
    }

    /// Sets the clock to an instant, which may be earlier than the current one.
    pub fn set(&self, at: OffsetDateTime) {
        *lock(&self.0) = at;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> OffsetDateTime {
        *lock(&self.0)
    }
}

/// The times that the emulator's clocks show at one instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The time that clients compare with their own clocks. It is used to verify signatures, in the
    /// `Date` header, and for the times of sessions in responses.
    pub(crate) wall: OffsetDateTime,
    /// The time for dev instances, jobs and services. It is ahead of the underlying clock by the
    /// emulated time that was skipped with `Handle::advance`, divided by the time scale.
    pub(crate) world: OffsetDateTime,
    /// The time that determines when sessions expire. It is ahead of the underlying clock by the
    /// emulated time that was skipped with `Handle::advance`, which is not divided by the time
    /// scale.
    pub(crate) session: OffsetDateTime,
}

/// The clock of an emulator: an underlying clock, and the shifts that are applied to it.
pub(crate) struct Times {
    clock: Arc<dyn Clock>,
    time_scale: f64,
    shift: Mutex<Shift>,
}

/// The differences between the underlying clock and the emulator's times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shift {
    /// The emulated time that was skipped with `Handle::advance`.
    pub(crate) advanced: Duration,
    /// The time by which the clock for signatures is ahead of the underlying clock.
    pub(crate) skew: time::Duration,
}

impl Times {
    pub(crate) fn new(clock: Arc<dyn Clock>, time_scale: f64) -> Self {
        Self {
            clock,
            time_scale,
            shift: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        let (now, shift) = (self.clock.now(), self.shift());
        let scaled = shift.advanced.as_secs_f64() / self.time_scale;
        let scaled = Duration::try_from_secs_f64(scaled).unwrap_or(Duration::MAX);
        Moment {
            wall: now.checked_add(shift.skew).unwrap_or(now),
            world: later(now, scaled),
            session: later(now, shift.advanced),
        }
    }

    /// Returns whether the time of the underlying clock plus this number of seconds is in one of
    /// the years 1 to 9998.
    pub(crate) fn holds(&self, seconds: i64) -> bool {
        let at = self
            .clock
            .now()
            .checked_add(time::Duration::seconds(seconds));
        // A year less at both ends, which leaves room for times that are derived from it.
        at.is_some_and(|at| (1..=9998).contains(&at.year()))
    }

    pub(crate) fn shift(&self) -> Shift {
        *lock(&self.shift)
    }

    pub(crate) fn move_by(&self, change: impl FnOnce(&mut Shift)) {
        change(&mut lock(&self.shift));
    }
}

impl std::fmt::Debug for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Times")
            .field("shift", &self.shift())
            .finish_non_exhaustive()
    }
}

/// Returns the time that is `by` after `at`, limited to the end of the year 9999.
fn later(at: OffsetDateTime, by: Duration) -> OffsetDateTime {
    const LAST: OffsetDateTime = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    time::Duration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by))
        .unwrap_or(LAST)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn advancing_moves_instances_and_sessions_but_no_signatures() {
        let times = Times::new(Arc::new(|| START), 2.0);
        times.move_by(|shift| shift.advanced += HOUR);
        let now = times.now();
        assert_eq!(now.wall, START);
        assert_eq!(now.world, START + HOUR / 2);
        assert_eq!(now.session, START + HOUR);
    }

    #[test]
    fn skew_moves_signatures_alone() {
        let times = Times::new(Arc::new(|| START), 1.0);
        times.move_by(|shift| shift.skew = -time::Duration::HOUR);
        let now = times.now();
        assert_eq!((now.wall, now.world), (START - HOUR, START));
    }

    #[test]
    fn the_calendar_has_years_of_four_digits() {
        let times = Times::new(Arc::new(|| START), 1.0);
        let year = 365 * 24 * 3600;
        for (seconds, holds) in [
            (0, true),
            (7900 * year, true),
            (-2000 * year, true),
            (8000 * year, false),
            (-2100 * year, false),
            (i64::MAX, false),
            (i64::MIN, false),
        ] {
            assert_eq!(times.holds(seconds), holds, "{seconds}");
        }
    }

    #[test]
    fn no_distance_leaves_the_calendar() {
        let clock = VirtualClock::new(START);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().year(), 9999);
        clock.set(START);
        let times = Times::new(Arc::new(clock), f64::MIN_POSITIVE);
        times.move_by(|shift| {
            shift.advanced = Duration::MAX;
            shift.skew = time::Duration::MAX;
        });
        assert_eq!(times.now().world.year(), 9999);
        assert_eq!(times.now().wall, START);
    }
}
