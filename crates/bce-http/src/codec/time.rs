//! Points in time: Unix seconds, and ISO 8601 in the forms that the services write.

use std::time::Duration;

use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::FromWire;
use crate::timestamp::Timestamp;

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A service that does not know a time sends `0` for it, or empty text: both are an absent one.
impl FromWire for Timestamp {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let seconds = i64::from_wire(deserializer)?;
        Ok(seconds.filter(|seconds| *seconds != 0).map(Self::from))
    }
}

/// RFC 3339 with optional fraction and any offset.
impl FromWire for OffsetDateTime {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        match String::from_wire(deserializer)?.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => Self::parse(text, &Rfc3339)
                .map(Some)
                .map_err(|_| D::Error::custom("expected a time such as 2026-08-20T12:00:00Z")),
        }
    }
}

/// Returns a span of time in seconds, rounded up: what has a limit in whole seconds ends no earlier.
pub fn whole_seconds(span: Duration) -> i64 {
    let begun = u64::from(span.subsec_nanos() > 0);
    i64::try_from(span.as_secs().saturating_add(begun)).unwrap_or(i64::MAX)
}

/// Returns a span of time in milliseconds, rounded up.
pub fn whole_millis(span: Duration) -> i64 {
    let millis = span.as_nanos().div_ceil(1_000_000);
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// Writes a time as `2025-05-18T17:12:20.761Z`.
pub fn date_time_millis(time: OffsetDateTime) -> String {
    format_utc(time, MILLIS)
}

/// Writes a time as `2025-05-18T17:12:20Z`.
pub fn date_time_seconds(time: OffsetDateTime) -> String {
    format_utc(time, SECONDS)
}

fn format_utc(time: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    // Only a time that leaves the years 0 to 9999 on its way to UTC has no text.
    time.checked_to_offset(UtcOffset::UTC)
        .and_then(|utc| utc.format(format).ok())
        .unwrap_or_else(|| time.to_string())
}

/// Writes a time with milliseconds.
///
/// # Errors
///
/// If the format refuses the value.
pub fn serialize_date_time_millis<S: Serializer>(
    time: &OffsetDateTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date_time_millis(*time))
}

/// Writes a time in whole seconds.
///
/// # Errors
///
/// If the format refuses the value.
pub fn serialize_date_time_seconds<S: Serializer>(
    time: &OffsetDateTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date_time_seconds(*time))
}

/// Writes an optional time with milliseconds, or `null`.
///
/// # Errors
///
/// If the format refuses the value.
pub fn serialize_optional_date_time_millis<S: Serializer>(
    time: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize_date_time_millis(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes an optional time in whole seconds, or `null`.
///
/// # Errors
///
/// If the format refuses the value.
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

    fn read(json: &str) -> Result<Option<OffsetDateTime>, String> {
        OffsetDateTime::from_wire(&mut serde_json::Deserializer::from_str(json))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn any_offset_and_fraction_is_read() {
        assert_eq!(
            read("\"2026-08-20T12:00:00Z\""),
            Ok(Some(datetime!(2026-08-20 12:00 UTC)))
        );
        assert_eq!(
            read("\"2026-08-20T20:00:00+08:00\"").map(|t| t.map(|t| t.unix_timestamp())),
            Ok(Some(datetime!(2026-08-20 12:00 UTC).unix_timestamp()))
        );
        assert_eq!(read("\"\""), Ok(None));
        assert!(read("\"tomorrow\"").is_err());
    }

    #[test]
    fn a_time_that_the_service_does_not_know_is_absent() {
        let read = |json| Timestamp::from_wire(&mut serde_json::Deserializer::from_str(json));
        for unknown in ["0", "\"0\"", "0.0", "\"\"", "null"] {
            assert_eq!(read(unknown).unwrap(), None, "{unknown}");
        }
        for known in ["1", "\"1\"", "1.0"] {
            assert_eq!(read(known).unwrap(), Some(Timestamp::from(1)), "{known}");
        }
        assert!(read("\"tomorrow\"").is_err());
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
