//! The delays, which determine how long each step of an emulated resource takes.

use std::time::Duration;

use time::OffsetDateTime;

use crate::scenario::Scenario;

/// The duration of each step that a dev instance, a job or a service goes through, in emulated
/// time. In real time, a step takes this duration divided by the scale that
/// [`Builder::time_scale`](crate::Builder::time_scale) sets.
///
/// The defaults are those of a fast service: about eight seconds from creation to running, and a
/// job ends after another minute.
///
/// ```
/// use std::time::Duration;
///
/// let mut delays = aihc_emulator::Delays::default();
/// delays.queued = Duration::from_secs(600); // a busy queue
/// # let _ = aihc_emulator::Emulator::builder().delays(delays);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Delays {
    /// The time for which a dev instance is in state 0, creating, before it is queued. The default
    /// is 1 s.
    pub creating: Duration,
    /// The time for which a dev instance is in state 1, queued, if enough resources are free. A job
    /// waits in its queue for the same time. The default is 2 s.
    pub queued: Duration,
    /// The time for which a dev instance is in state 2, deploying, before it runs. The pods of jobs
    /// and services take the same time to start. The default is 5 s.
    pub deploying: Duration,
    /// The time for which a dev instance is in state 6, starting, before its deployment begins.
    /// A job that restarts spends the same time in each of the states `Abnormal` and `Restarting`.
    /// The default is 1 s.
    pub starting: Duration,
    /// The time for which a dev instance is in state 4, stopping, before it is stopped. A job takes
    /// the same time to stop. The default is 3 s.
    pub stopping: Duration,
    /// The time for which a dev instance is in state 11, deleting, before it is deleted. The
    /// default is 3 s.
    pub deleting: Duration,
    /// The time for which a dev instance is in state 10, packing. This is the duration of the image
    /// pack job; each of its four steps takes a quarter of the time. The default is 8 s.
    pub image_packing: Duration,
    /// The time for which a job runs until it succeeds. The default is 60 s.
    pub job_running: Duration,
    /// The time for which a deleted dev instance can still be read, with state 20, before it is no
    /// longer found. The default is 600 s.
    pub deleted_visible: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            creating: Duration::from_secs(1),
            queued: Duration::from_secs(2),
            deploying: Duration::from_secs(5),
            starting: Duration::from_secs(1),
            stopping: Duration::from_secs(3),
            deleting: Duration::from_secs(3),
            image_packing: Duration::from_secs(8),
            job_running: Duration::from_secs(60),
            deleted_visible: Duration::from_secs(600),
        }
    }
}

/// Everything that determines when the emulated resources change their states: the delays, the time
/// scale and the scenario.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    pub(crate) delays: Delays,
    pub(crate) scenario: Scenario,
    time_scale: f64,
}

impl Pace {
    /// Creates a pace from delays in emulated time, a scenario, and the number of emulated seconds
    /// per real second, which must be greater than zero.
    pub(crate) fn new(delays: Delays, scenario: Scenario, time_scale: f64) -> Self {
        Self {
            delays,
            scenario,
            time_scale,
        }
    }

    /// Returns the instant at which a step ends that begins at `start` and takes an emulated
    /// `delay`.
    pub(crate) fn after(&self, start: OffsetDateTime, delay: Duration) -> OffsetDateTime {
        let seconds = delay.as_secs_f64() / self.time_scale;
        time::Duration::checked_seconds_f64(seconds)
            .and_then(|delay| start.checked_add(delay))
            .unwrap_or(LATEST)
    }
}

#[cfg(test)]
impl Pace {
    /// Returns a pace with the default delays and scenario, in which emulated time passes as fast
    /// as real time.
    pub(crate) fn usual() -> Self {
        Self::new(Delays::default(), Scenario::default(), 1.0)
    }
}

/// The instant that replaces every instant beyond the end of the calendar.
const LATEST: OffsetDateTime = time::macros::datetime!(9999-12-31 23:59:59 UTC);

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    #[test]
    fn the_time_scale_divides_delays() {
        let pace = Pace::new(Delays::default(), Scenario::default(), 20.0);
        let minute = Duration::from_secs(60);
        assert_eq!(pace.after(START, minute), START + Duration::from_secs(3));
    }

    #[test]
    fn what_the_calendar_cannot_hold_is_its_end() {
        let slow = Pace::new(Delays::default(), Scenario::default(), f64::MIN_POSITIVE);
        assert_eq!(slow.after(START, Duration::from_secs(1)), LATEST);
        assert_eq!(Pace::usual().after(START, Duration::MAX), LATEST);
    }
}
