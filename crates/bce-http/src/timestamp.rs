//! A point in time in the form that services use: a number of seconds or milliseconds.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time stamp, stored as the service sent it: a number of seconds since the Unix epoch or, if the
/// number is too large for seconds, of milliseconds.
///
/// Time stamps are ordered by the points in time that they represent, even if some are in seconds
/// and others in milliseconds. Two time stamps of the same point in time are not equal if they are
/// in different units.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use bce_http::Timestamp;
///
/// let created = Timestamp::from(1_747_876_700);
/// assert_eq!(created.to_string(), "2025-05-22T01:18:20Z");
/// assert_eq!(created.to_date_time().map(|time| time.year()), Some(2025));
/// assert_eq!(
///     SystemTime::try_from(created)?,
///     SystemTime::UNIX_EPOCH + Duration::from_secs(1_747_876_700)
/// );
/// assert_eq!("2025-05-22T01:18:20Z".parse(), Ok(created));
/// # Ok::<(), bce_http::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The last second of the year 9999. A number that is larger must be in milliseconds.
const LAST_SECOND: i64 = 253_402_300_799;

impl Timestamp {
    /// Returns the number as the service sent it: in seconds or, if it is too large for seconds, in
    /// milliseconds. To compare time stamps or to calculate with them, use
    /// [`to_date_time`](Self::to_date_time).
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Timestamp;
    ///
    /// assert_eq!(Timestamp::from(1_767_225_600).raw(), 1_767_225_600);
    /// ```
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// Returns the point in time. A number that is too large for seconds counts as milliseconds;
    /// returns `None` if it is out of range even then.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Timestamp;
    /// use time::macros::datetime;
    ///
    /// let expected = Some(datetime!(2026-01-01 0:00 UTC));
    /// assert_eq!(Timestamp::from(1_767_225_600).to_date_time(), expected);
    /// // Milliseconds are recognized by their size.
    /// assert_eq!(Timestamp::from(1_767_225_600_000).to_date_time(), expected);
    /// ```
    pub fn to_date_time(self) -> Option<OffsetDateTime> {
        if self.0 <= LAST_SECOND {
            OffsetDateTime::from_unix_timestamp(self.0).ok()
        } else {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()
        }
    }
}

/// The error for a point in time that the target type of a conversion cannot represent, or for a
/// string that is not a time stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimestampError(&'static str);

impl TimestampError {
    const RANGE: Self = Self("the point in time is out of range");
    const TEXT: Self = Self("the text is neither a number of seconds nor a time as in RFC 3339");
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for TimestampError {}

impl Timestamp {
    fn nanos(self) -> i128 {
        let unit = match self.0 <= LAST_SECOND {
            true => 1_000_000_000,
            false => 1_000_000,
        };
        i128::from(self.0) * unit
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = self.nanos().cmp(&other.nanos());
        by_time.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Converts to whole seconds, rounded down.
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: OffsetDateTime) -> Result<Self, TimestampError> {
        let seconds = time.unix_timestamp();
        match seconds <= LAST_SECOND {
            true => Ok(Self(seconds)),
            false => Err(TimestampError::RANGE),
        }
    }
}

impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = TimestampError;

    fn try_from(stamp: Timestamp) -> Result<Self, TimestampError> {
        stamp.to_date_time().ok_or(TimestampError::RANGE)
    }
}

/// Converts to whole seconds, rounded down.
impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()),
            Err(before) => {
                let before = before.duration();
                let begun = u64::from(before.subsec_nanos() > 0);
                i64::try_from(before.as_secs().saturating_add(begun)).map(|seconds| -seconds)
            }
        };
        match seconds {
            Ok(seconds) if seconds <= LAST_SECOND => Ok(Self(seconds)),
            _ => Err(TimestampError::RANGE),
        }
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampError;

    fn try_from(stamp: Timestamp) -> Result<Self, TimestampError> {
        let nanos = stamp.nanos();
        let distance = Duration::new(
            u64::try_from(nanos.unsigned_abs() / 1_000_000_000)
                .map_err(|_| TimestampError::RANGE)?,
            u32::try_from(nanos.unsigned_abs() % 1_000_000_000)
                .map_err(|_| TimestampError::RANGE)?,
        );
        let time = match nanos >= 0 {
            true => Self::UNIX_EPOCH.checked_add(distance),
            false => Self::UNIX_EPOCH.checked_sub(distance),
        };
        time.ok_or(TimestampError::RANGE)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Parses a number as a service sends it, or a time as in RFC 3339. A time is converted to
    /// milliseconds if it has a fraction of a second, and if the resulting number is large enough
    /// to be recognized as milliseconds. Otherwise, it is converted to whole seconds. Parsing the
    /// output of `Display` returns the same point in time.
    ///
    /// # Errors
    ///
    /// If the string is neither.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if let Ok(raw) = text.parse() {
            return Ok(Self(raw));
        }
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimestampError::TEXT)?;
        let millis = i64::try_from(time.unix_timestamp_nanos() / 1_000_000);
        match millis {
            Ok(millis) if time.nanosecond() > 0 && millis > LAST_SECOND => Ok(Self(millis)),
            _ => time.try_into(),
        }
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self(seconds)
    }
}

/// Writes the time as in RFC 3339, in UTC; or the number, if it is not a point in time.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self
            .to_date_time()
            .and_then(|time| time.format(&Rfc3339).ok());
        match text {
            Some(text) => f.pad(&text),
            None => f.pad(&self.0.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_and_absurd_numbers_do_not_fail() {
        assert_eq!(
            Timestamp(1_747_876_790_123).to_string(),
            "2025-05-22T01:19:50.123Z"
        );
        assert_eq!(Timestamp(4_102_444_800).to_string(), "2100-01-01T00:00:00Z");
        assert_eq!(Timestamp(i64::MAX).to_date_time(), None);
        assert_eq!(Timestamp(i64::MIN).to_string(), i64::MIN.to_string());
    }

    #[test]
    fn seconds_and_milliseconds_are_ordered_by_time() {
        let second = Timestamp(1_747_876_790);
        let millis = Timestamp(1_747_876_790_000);
        let later = Timestamp(1_747_876_791);
        assert!(second < millis && millis < later);
        assert_ne!(second, millis);
    }

    #[test]
    fn points_in_time_go_both_ways() {
        for seconds in [-1, 0, 1_747_876_790, LAST_SECOND] {
            let stamp = Timestamp(seconds);
            let system = SystemTime::try_from(stamp).unwrap();
            let date = OffsetDateTime::try_from(stamp).unwrap();
            assert_eq!(Timestamp::try_from(system), Ok(stamp));
            assert_eq!(Timestamp::try_from(date), Ok(stamp));
        }
        let half = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(Timestamp::try_from(half), Ok(Timestamp(-1)));
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(Timestamp::try_from(far), Err(TimestampError::RANGE));
        let millis = SystemTime::try_from(Timestamp(1_747_876_790_123)).unwrap();
        assert_eq!(Timestamp::try_from(millis), Ok(Timestamp(1_747_876_790)));
        assert!(OffsetDateTime::try_from(Timestamp(i64::MAX)).is_err());
    }

    #[test]
    fn what_is_shown_is_read_as_the_same() {
        for raw in [-1, 0, 1_747_876_790, 1_747_876_790_123, i64::MAX, i64::MIN] {
            assert_eq!(Timestamp(raw).to_string().parse(), Ok(Timestamp(raw)));
        }
        assert!("soon".parse::<Timestamp>().is_err());
    }
}
