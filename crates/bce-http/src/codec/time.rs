//! Reading and writing of points in time: as Unix seconds, and as ISO 8601 in the forms that
//! services use.

use std::time::Duration;

use serde::ser::Serializer;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::source::Scalar;
use super::value::{Failed, FromWire, Value};
use crate::timestamp::Timestamp;

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Reads Unix seconds. A service that does not know a time sends `0` or an empty string; both count
/// as absent.
impl FromWire for Timestamp {
    #[inline]
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let seconds = value.integer()?;
        *place = seconds.filter(|seconds| *seconds != 0).map(Self::from);
        Ok(())
    }
}

/// Reads a time as in RFC 3339, with or without a fraction, and with any offset. An empty string
/// counts as absent.
impl FromWire for OffsetDateTime {
    fn read(place: &mut Option<Self>, mut value: Value<'_>) -> Result<(), Failed> {
        let mut is_time = true;
        *place = None;
        let mut take = |scalar: Scalar<'_>| match scalar {
            Scalar::Null => true,
            Scalar::Text(text) => {
                let text = text.trim();
                *place = Self::parse(text, &Rfc3339).ok();
                is_time = place.is_some() || text.is_empty();
                true
            }
            _ => false,
        };
        value.again().scalar("text", &mut take)?;
        match is_time {
            true => Ok(()),
            false => Err(value.refuse("expected a time such as 2026-08-20T12:00:00Z")),
        }
    }
}

/// Returns a duration in seconds. It is rounded up, so that a limit in whole seconds does not end
/// too early.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use bce_http::rt::codec;
///
/// assert_eq!(codec::whole_seconds(Duration::from_millis(1500)), 2);
/// ```
pub fn whole_seconds(span: Duration) -> i64 {
    let begun = u64::from(span.subsec_nanos() > 0);
    i64::try_from(span.as_secs().saturating_add(begun)).unwrap_or(i64::MAX)
}

/// Returns a duration in milliseconds, rounded up.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use bce_http::rt::codec;
///
/// assert_eq!(codec::whole_millis(Duration::from_micros(1500)), 2);
/// ```
pub fn whole_millis(span: Duration) -> i64 {
    let millis = span.as_nanos().div_ceil(1_000_000);
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// Formats a time in UTC, as `2025-05-18T17:12:20.761Z`.
///
/// # Examples
///
/// ```
/// use bce_http::rt::codec;
/// use time::macros::datetime;
///
/// let time = datetime!(2026-01-01 0:00 UTC);
/// assert_eq!(codec::date_time_millis(time), "2026-01-01T00:00:00.000Z");
/// ```
pub fn date_time_millis(time: OffsetDateTime) -> String {
    format_utc(time, MILLIS)
}

/// Formats a time in UTC, as `2025-05-18T17:12:20Z`.
///
/// # Examples
///
/// ```
/// use bce_http::rt::codec;
/// use time::macros::datetime;
///
/// let time = datetime!(2026-01-01 8:00 +8);
/// assert_eq!(codec::date_time_seconds(time), "2026-01-01T00:00:00Z");
/// ```
pub fn date_time_seconds(time: OffsetDateTime) -> String {
    format_utc(time, SECONDS)
}

fn format_utc(time: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    // Formatting fails only if converting the time to UTC leaves the years 0 to 9999.
    time.checked_to_offset(UtcOffset::UTC)
        .and_then(|utc| utc.format(format).ok())
        .unwrap_or_else(|| time.to_string())
}

/// Writes a time as [`date_time_millis`] does, for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_date_time_millis<S: Serializer>(
    time: &OffsetDateTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date_time_millis(*time))
}

/// Writes a time as [`date_time_seconds`] does, for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_date_time_seconds<S: Serializer>(
    time: &OffsetDateTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date_time_seconds(*time))
}

/// Writes an optional time as [`date_time_millis`] does, or `null`, for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_optional_date_time_millis<S: Serializer>(
    time: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize_date_time_millis(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes an optional time as [`date_time_seconds`] does, or `null`, for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_optional_date_time_seconds<S: Serializer>(
    time: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize_date_time_seconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn read<T: FromWire>(json: &str) -> Result<Option<T>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        crate::codec::read_optional(&mut json).map_err(|error| error.to_string())
    }

    #[test]
    fn any_offset_and_fraction_is_read() {
        assert_eq!(
            read("\"2026-08-20T12:00:00Z\""),
            Ok(Some(datetime!(2026-08-20 12:00 UTC)))
        );
        assert_eq!(
            read("\"2026-08-20T20:00:00.5+08:00\""),
            Ok(Some(datetime!(2026-08-20 20:00:00.5 +8)))
        );
        for absent in ["\"\"", "\" \"", "null"] {
            assert_eq!(read::<OffsetDateTime>(absent), Ok(None));
        }
        let error = read::<OffsetDateTime>("\"tomorrow\"").unwrap_err();
        assert_eq!(error, "expected a time such as 2026-08-20T12:00:00Z");
        assert!(read::<OffsetDateTime>("1").is_err());
    }

    #[test]
    fn a_time_that_the_service_does_not_know_is_absent() {
        for unknown in ["0", "\"0\"", "0.0", "\"\"", "null"] {
            assert_eq!(read::<Timestamp>(unknown), Ok(None), "{unknown}");
        }
        for known in ["1", "\"1\"", "1.0"] {
            assert_eq!(read(known), Ok(Some(Timestamp::from(1))), "{known}");
        }
        assert!(read::<Timestamp>("\"tomorrow\"").is_err());
    }

    #[test]
    fn spans_are_rounded_up() {
        for (span, seconds, millis) in [
            (Duration::ZERO, 0, 0),
            (Duration::from_nanos(1), 1, 1),
            (Duration::from_millis(1_500), 2, 1_500),
            (Duration::from_secs(2), 2, 2_000),
            (Duration::MAX, i64::MAX, i64::MAX),
        ] {
            assert_eq!((whole_seconds(span), whole_millis(span)), (seconds, millis));
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        let time = datetime!(2025-05-19 01:12:20.761_9 +8);
        assert_eq!(date_time_millis(time), "2025-05-18T17:12:20.761Z");
        assert_eq!(date_time_seconds(time), "2025-05-18T17:12:20Z");
    }
}
