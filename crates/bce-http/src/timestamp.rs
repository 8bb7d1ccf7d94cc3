//! A point in time as the services write it: a number of seconds.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A time stamp in Unix seconds, kept as the service sent it.
///
/// ```
/// use bce_http::Timestamp;
///
/// let created = Timestamp::from(1_747_876_700);
/// assert_eq!(created.to_string(), "2025-05-22T01:18:20Z");
/// assert_eq!(created.to_date_time().map(|time| time.year()), Some(2025));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The last second of the year 9999; a larger number can only be milliseconds.
const LAST_SECOND: i64 = 253_402_300_799;

impl Timestamp {
    /// The number as the service sent it: seconds, or milliseconds where it is too large for them.
    /// Compare and count with [`to_date_time`](Self::to_date_time).
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// The point in time. A number too large for seconds is read as milliseconds; `None` when
    /// that is out of range as well.
    pub fn to_date_time(self) -> Option<OffsetDateTime> {
        if self.0 <= LAST_SECOND {
            OffsetDateTime::from_unix_timestamp(self.0).ok()
        } else {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()
        }
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self(seconds)
    }
}

/// RFC 3339 in UTC; the bare number when it is no point in time.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_date_time().and_then(|time| {
            time.format(&time::format_description::well_known::Rfc3339)
                .ok()
        });
        match text {
            Some(text) => f.pad(&text),
            None => write!(f, "{}", self.0),
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
}
