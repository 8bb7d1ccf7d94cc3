//! The times at which a credential is due for renewal.

use time::{Duration, OffsetDateTime};

const ADVISORY: Duration = Duration::minutes(5);
const MANDATORY: Duration = Duration::minutes(1);

/// The advisory and the mandatory window of a credential, in which it is due for renewal, and the
/// time at which it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    advisory_from: OffsetDateTime,
    mandatory_from: OffsetDateTime,
    expires_at: OffsetDateTime,
    mandatory: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The credential is not due for renewal.
    Fresh,
    /// One caller should renew the credential; the others keep using it.
    Advisory,
    /// The credential is about to expire, so all callers should wait for a new one.
    Mandatory,
    Expired,
}

impl Windows {
    /// Creates the windows of a credential that arrived at `received_at`. `jitter`, from 0 to 1,
    /// shortens the advisory window by up to a fifth, so that many clients do not all renew their
    /// credentials at the same time.
    pub(super) fn new(
        expires_at: OffsetDateTime,
        received_at: OffsetDateTime,
        jitter: f64,
    ) -> Self {
        let lifetime = (expires_at - received_at).max(Duration::ZERO);
        let advisory = ADVISORY.min(lifetime / 4);
        let advisory = advisory - advisory * (0.2 * jitter.clamp(0.0, 1.0));
        let mandatory = MANDATORY.min(lifetime / 10);
        let before_the_end = |window| expires_at.checked_sub(window).unwrap_or(expires_at);
        Self {
            advisory_from: before_the_end(advisory),
            mandatory_from: before_the_end(mandatory),
            expires_at,
            mandatory,
        }
    }

    pub(super) fn phase(&self, now: OffsetDateTime) -> Phase {
        if now >= self.expires_at {
            Phase::Expired
        } else if now >= self.mandatory_from {
            Phase::Mandatory
        } else if now >= self.advisory_from {
            Phase::Advisory
        } else {
            Phase::Fresh
        }
    }

    /// Returns the upper limit of the pause after a failed renewal: half of the length of the
    /// mandatory window, so that at least one more attempt fits into this window.
    pub(super) fn longest_pause(&self) -> Duration {
        self.mandatory / 2
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const RECEIVED: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);

    /// Returns how many seconds before its expiry a credential enters its advisory and its
    /// mandatory window.
    fn opening(lifetime: Duration, jitter: f64) -> (f64, f64) {
        let windows = Windows::new(RECEIVED + lifetime, RECEIVED, jitter);
        let before = |at: OffsetDateTime| (windows.expires_at - at).as_seconds_f64();
        (
            before(windows.advisory_from),
            before(windows.mandatory_from),
        )
    }

    #[test]
    fn a_long_life_has_windows_of_five_minutes_and_of_one() {
        assert_eq!(opening(Duration::hours(1), 0.0), (300.0, 60.0));
        assert_eq!(opening(Duration::minutes(20), 0.0), (300.0, 60.0));
        assert_eq!(opening(Duration::hours(36), 0.0), (300.0, 60.0));
    }

    #[test]
    fn a_short_life_has_windows_of_a_quarter_and_of_a_tenth() {
        assert_eq!(opening(Duration::minutes(10), 0.0), (150.0, 60.0));
        assert_eq!(opening(Duration::minutes(1), 0.0), (15.0, 6.0));
        assert_eq!(opening(Duration::seconds(2), 0.0), (0.5, 0.2));
    }

    #[test]
    fn jitter_takes_up_to_a_fifth_of_the_advisory_window_alone() {
        assert_eq!(opening(Duration::hours(1), 1.0), (240.0, 60.0));
        assert_eq!(opening(Duration::hours(1), 0.5), (270.0, 60.0));
        assert_eq!(opening(Duration::seconds(2), 1.0), (0.4, 0.2));
    }

    #[test]
    fn the_phases_follow_each_other_at_the_instant_they_begin() {
        let end = RECEIVED + Duration::hours(1);
        let windows = Windows::new(end, RECEIVED, 0.0);
        let tick = Duration::NANOSECOND;
        for (from, before, after) in [
            (Duration::minutes(5), Phase::Fresh, Phase::Advisory),
            (Duration::minutes(1), Phase::Advisory, Phase::Mandatory),
            (Duration::ZERO, Phase::Mandatory, Phase::Expired),
        ] {
            assert_eq!(windows.phase(end - from - tick), before);
            assert_eq!(windows.phase(end - from), after);
        }
    }

    #[test]
    fn a_credential_that_looks_expired_on_arrival_has_no_windows() {
        let windows = Windows::new(RECEIVED - Duration::HOUR, RECEIVED, 0.5);
        assert_eq!(windows.phase(RECEIVED), Phase::Expired);
        // The clock as it is after it has been corrected.
        let right = RECEIVED - Duration::hours(2);
        assert_eq!(windows.phase(right), Phase::Fresh);
        assert_eq!(windows.longest_pause(), Duration::ZERO);
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        let first = OffsetDateTime::new_utc(time::Date::MIN, time::Time::MIDNIGHT);
        let last = OffsetDateTime::new_utc(time::Date::MAX, time::Time::MIDNIGHT);
        assert_eq!(Windows::new(last, first, 0.5).phase(RECEIVED), Phase::Fresh);
        assert_eq!(Windows::new(first, last, 0.5).phase(first), Phase::Expired);
        let soon = Windows::new(first + Duration::SECOND, RECEIVED, 0.0);
        assert_eq!(soon.phase(RECEIVED), Phase::Expired);
    }
}
