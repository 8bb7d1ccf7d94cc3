//! Human-readable times.

use std::time::Duration;

use aihc_dev::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns the time that has passed since an instant, as [`short`] formats it; empty if the instant
/// is unknown.
pub(crate) fn ago(then: Option<Timestamp>, now: OffsetDateTime) -> String {
    match then.and_then(Timestamp::to_date_time) {
        Some(then) => short((now - then).try_into().unwrap_or_default()),
        None => String::new(),
    }
}

/// Returns the time that has passed since `then`, which is in RFC 3339, as [`short`] formats it.
/// Returns any other string unchanged.
pub(crate) fn ago_text(then: &str, now: OffsetDateTime) -> String {
    match OffsetDateTime::parse(then, &Rfc3339) {
        Ok(then) => short((now - then).try_into().unwrap_or_default()),
        Err(_) => then.to_owned(),
    }
}

/// Formats a duration in a single unit, such as `5s`, `3m`, `2h` or `4d`: the largest unit of which
/// it has at least two, or else seconds.
pub(crate) fn short(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7200 => format!("{}m", seconds / 60),
        seconds @ 7200..172_800 => format!("{}h", seconds / 3600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_counts_and_the_future_is_now() {
        let now = OffsetDateTime::from_unix_timestamp(1_000_000).unwrap();
        let at = |seconds: i64| ago(Some(Timestamp::from(1_000_000 - seconds)), now);
        assert_eq!(at(0), "0s");
        assert_eq!(at(119), "119s");
        assert_eq!(at(120), "2m");
        assert_eq!(at(7200), "2h");
        assert_eq!(at(172_800), "2d");
        assert_eq!(at(-60), "0s");
        assert_eq!(ago(None, now), "");
        assert_eq!(ago_text("1970-01-12T21:46:40+08:00", now), "0s");
        assert_eq!(ago_text("1970-01-12T13:26:40Z", now), "20m");
        assert_eq!(ago_text("", now), "");
        assert_eq!(ago_text("yesterday", now), "yesterday");
    }
}
