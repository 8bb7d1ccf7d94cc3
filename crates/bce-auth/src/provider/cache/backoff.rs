//! The pauses between failed attempts to get credentials from a provider.

use time::{Duration, OffsetDateTime};

const FIRST: Duration = Duration::seconds(1);
/// The longest pause after a failed attempt to get credentials.
pub(super) const LONGEST: Duration = Duration::seconds(30);

/// The number of attempts to get credentials that have been made in a row, and the pause before the
/// next attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    tries: u32,
    since: OffsetDateTime,
    pause: Duration,
}

impl Backoff {
    pub(super) fn none() -> Self {
        Self {
            tries: 0,
            since: OffsetDateTime::UNIX_EPOCH,
            pause: Duration::ZERO,
        }
    }

    /// Begins an attempt to get credentials. The pause before the next attempt starts now, and not
    /// only when this attempt has failed, so that it also applies if this attempt is dropped.
    ///
    /// The pause doubles with every attempt, up to `longest`. `jitter`, from 0 to 1, shortens it by
    /// up to half.
    pub(super) fn begin(&mut self, now: OffsetDateTime, longest: Duration, jitter: f64) {
        let doubled = FIRST * 2_i32.pow(self.tries.min(5));
        let pause = doubled.min(LONGEST).min(longest);
        *self = Self {
            tries: self.tries.saturating_add(1),
            since: now,
            pause: pause - pause * (0.5 * jitter.clamp(0.0, 1.0)),
        };
    }

    /// Records that the attempt has failed: the pause before the next attempt now starts at this
    /// time.
    pub(super) fn fail(&mut self, now: OffsetDateTime) {
        self.since = now;
    }

    /// Returns whether the last attempt was so long ago that its failure says nothing about the
    /// next one.
    pub(super) fn is_past(&self, now: OffsetDateTime) -> bool {
        now - self.since > 2 * LONGEST
    }

    /// Returns whether the next attempt has to wait. Setting the clock back ends the wait.
    pub(super) fn is_waiting(&self, now: OffsetDateTime) -> bool {
        now >= self.since && now - self.since < self.pause
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);

    fn pauses(longest: Duration, jitter: f64) -> Vec<f64> {
        let mut backoff = Backoff::none();
        let one_more = |_| {
            backoff.begin(NOW, longest, jitter);
            backoff.pause.as_seconds_f64()
        };
        (0..8).map(one_more).collect()
    }

    #[test]
    fn pauses_double_from_one_second_to_thirty() {
        let expected = [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0];
        assert_eq!(pauses(LONGEST, 0.0), expected);
        assert_eq!(pauses(LONGEST, 1.0), expected.map(|pause| pause / 2.0));
    }

    #[test]
    fn no_pause_is_longer_than_asked() {
        assert_eq!(pauses(Duration::milliseconds(100), 0.0), [0.1; 8]);
        assert_eq!(pauses(Duration::ZERO, 0.0), [0.0; 8]);
        let few = pauses(Duration::seconds(3), 0.0);
        assert_eq!(few, [1.0, 2.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]);
    }

    #[test]
    fn the_next_try_waits_from_the_beginning_and_from_the_failure() {
        let mut backoff = Backoff::none();
        assert!(!backoff.is_waiting(NOW));
        backoff.begin(NOW, LONGEST, 0.0);
        assert!(backoff.is_waiting(NOW));
        assert!(!backoff.is_waiting(NOW + Duration::SECOND));
        let end = NOW + Duration::MINUTE;
        backoff.fail(end);
        assert!(backoff.is_waiting(end + Duration::milliseconds(999)));
        assert!(!backoff.is_waiting(end + Duration::SECOND));
    }

    #[test]
    fn a_clock_that_is_set_back_ends_the_pause() {
        let mut backoff = Backoff::none();
        backoff.begin(NOW, LONGEST, 0.0);
        assert!(!backoff.is_waiting(NOW - Duration::NANOSECOND));
    }
}
