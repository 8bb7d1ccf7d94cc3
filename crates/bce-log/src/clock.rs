//! The time of a record.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The source of the time, and the time zone.
#[derive(Clone)]
pub(crate) struct Clock {
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    pub(crate) zone: TimeZone,
}

/// An instant, and how it is shown in a log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) instant: Timestamp,
    pub(crate) civil: DateTime,
    pub(crate) offset: Offset,
}

impl Clock {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            zone: TimeZone::system(),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        // A time outside the years -9999 to 9999 is replaced by the beginning of 1970.
        let instant = Timestamp::try_from((self.now)()).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = self.zone.to_offset(instant);
        Moment {
            instant,
            civil: offset.to_datetime(instant),
            offset,
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("zone", &self.zone)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn local_time_follows_the_zone_through_its_changes() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (seconds, hour) in [(1_793_494_800, 2), (1_790_902_800, 3)] {
            let mut clock =
                Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
            clock.zone = zone.clone();
            assert_eq!(clock.now().civil.hour(), hour, "{seconds}");
        }
    }

    #[test]
    fn a_time_before_1970_is_a_time() {
        let clock = Clock::new(|| SystemTime::UNIX_EPOCH - Duration::from_secs(1));
        assert_eq!(clock.now().instant.as_second(), -1);
    }
}
