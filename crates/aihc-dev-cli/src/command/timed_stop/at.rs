//! Parses points in time as users write them.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::language::tr;

/// A point in time, as the user has written it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum At {
    /// An instant: a time with an offset.
    Instant(Timestamp),
    /// A local date and time.
    Local(DateTime),
    /// A local time of day, which stands for its next occurrence.
    TimeOfDay(Time),
}

impl At {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(instant) = text.parse() {
            return Ok(Self::Instant(instant));
        }
        let wrong = || tr!("write 22:00, '2027-03-01 08:30' or 2027-03-01T08:30:00+08:00");
        let is_time = !text.contains('-') && text.contains(':');
        // jiff ignores an offset or a time zone after a local time, which would change the meaning.
        if text.contains(['+', '[', 'Z', 'z']) {
            return Err(wrong());
        }
        // jiff would complete a date without a time with midnight.
        match (is_time, text.contains(':')) {
            (true, _) => text.parse().map(Self::TimeOfDay).map_err(|_| wrong()),
            (false, true) => text.parse().map(Self::Local).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }

    /// Converts this time to an instant; `now` is the current time. `zone` returns the local time
    /// zone, and is not called for an [`Instant`](Self::Instant).
    pub(super) fn after(
        &self,
        now: Timestamp,
        zone: impl FnOnce() -> Result<TimeZone, jiff::Error>,
    ) -> Result<Timestamp, String> {
        let zone = || {
            zone().map_err(|error| {
                tr!(
                    "the time zone of this computer is unknown ({error}); set TZ, or write the \
                     time with its offset, as in 2027-03-01T08:30:00+08:00",
                    error = error
                )
            })
        };
        match self {
            Self::Instant(instant) => Ok(*instant),
            Self::Local(local) => instant_of(*local, &zone()?, now),
            Self::TimeOfDay(time) => {
                let zone = zone()?;
                let local = zone.to_datetime(now);
                let today = local.date();
                match instant_of(today.to_datetime(*time), &zone, now) {
                    Ok(instant) if instant > now => Ok(instant),
                    Err(problem) if *time > local.time() => Err(problem),
                    // It has passed, or did not exist earlier today.
                    _ => {
                        let tomorrow = today.checked_add(1.day()).map_err(|e| e.to_string())?;
                        instant_of(tomorrow.to_datetime(*time), &zone, now)
                    }
                }
            }
        }
    }
}

/// Returns the instant at which local clocks show this time. If there are two, because clocks are
/// put back, returns the first of them that is in the future, or else the second. Fails if there is
/// none, because clocks are put forward.
fn instant_of(local: DateTime, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => Err(tr!(
            "{time} does not exist: clocks are put forward then",
            time = local.strftime("%Y-%m-%d %H:%M")
        )),
        AmbiguousOffset::Fold { .. } => {
            let earlier = ambiguous.earlier().map_err(|error| error.to_string())?;
            match earlier > now {
                true => Ok(earlier),
                false => ambiguous.later().map_err(|error| error.to_string()),
            }
        }
        AmbiguousOffset::Unambiguous { .. } => {
            ambiguous.compatible().map_err(|error| error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        // The rule from the time zone database.
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    /// Returns the instant that `text` means if the current time is `now`.
    fn meant(text: &str, now: &str) -> Result<String, String> {
        let at = At::parse(text)?;
        let now = now.parse().unwrap();
        at.after(now, || Ok(berlin())).map(|at| at.to_string())
    }

    #[test]
    fn times_are_written_in_three_ways() {
        for text in [
            "2027-03-01T08:30:00+08:00",
            "2027-03-01T00:30:00Z",
            "2027-03-01 08:30:00+08:00",
        ] {
            let expected = "2027-03-01T00:30:00Z".parse().unwrap();
            assert_eq!(At::parse(text), Ok(At::Instant(expected)), "{text}");
        }
        let local = jiff::civil::date(2027, 3, 1).at(8, 30, 0, 0);
        for text in [
            "2027-03-01 08:30",
            "2027-03-01T08:30:00",
            " 2027-03-01 08:30 ",
        ] {
            assert_eq!(At::parse(text), Ok(At::Local(local)), "{text}");
        }
        let time = jiff::civil::time(22, 0, 0, 0);
        assert_eq!(At::parse("22:00"), Ok(At::TimeOfDay(time)));
        assert_eq!(At::parse("22:00:00"), Ok(At::TimeOfDay(time)));
        for text in [
            "",
            "22",
            "2200",
            "10pm",
            "24:00",
            "22:60",
            "soon",
            "2027-03-01",
            "2027-02-30 08:30",
            "2027-03-01 08:30 +0800x",
            "03-01 08:30",
            "2027-03-01 08:30+25:99",
            "22:00Z",
            "2027-03-01T08:30[Mars/Base]",
        ] {
            let error = At::parse(text).unwrap_err();
            assert!(error.contains("22:00"), "{text}: {error}");
        }
    }

    #[test]
    fn a_time_of_day_is_the_next_one() {
        let today = meant("22:00", "2026-08-20T12:00:00Z");
        assert_eq!(today.as_deref(), Ok("2026-08-20T20:00:00Z"));
        let tomorrow = meant("14:00", "2026-08-20T12:00:00Z");
        assert_eq!(tomorrow.as_deref(), Ok("2026-08-21T12:00:00Z"));
        let midnight = meant("00:00", "2026-12-31T22:59:59Z");
        assert_eq!(midnight.as_deref(), Ok("2026-12-31T23:00:00Z"));
    }

    #[test]
    fn the_offset_is_that_of_the_day_and_not_of_today() {
        // On the evenings before clocks go back and forward.
        let winter = meant("09:00", "2026-10-24T20:00:00Z");
        assert_eq!(winter.as_deref(), Ok("2026-10-25T08:00:00Z"));
        let summer = meant("09:00", "2026-03-28T20:00:00Z");
        assert_eq!(summer.as_deref(), Ok("2026-03-29T07:00:00Z"));
        let local = meant("2026-12-01 22:00", "2026-08-20T12:00:00Z");
        assert_eq!(local.as_deref(), Ok("2026-12-01T21:00:00Z"));
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_none_and_of_one_twice_the_first_to_come_counts() {
        let gap = meant("02:30", "2026-03-28T20:00:00Z").unwrap_err();
        assert!(gap.contains("2026-03-29 02:30 does not exist"), "{gap}");
        assert_eq!(meant("02:30", "2026-03-29T00:30:00Z"), Err(gap));
        // The gap is past.
        let tomorrow = meant("02:30", "2026-03-29T10:00:00Z");
        assert_eq!(tomorrow.as_deref(), Ok("2026-03-30T00:30:00Z"));
        assert!(meant("2026-03-29 02:30", "2026-03-01T00:00:00Z").is_err());
        let first = meant("02:30", "2026-10-24T20:00:00Z");
        assert_eq!(first.as_deref(), Ok("2026-10-25T00:30:00Z"));
        let second = meant("02:30", "2026-10-25T00:45:00Z");
        assert_eq!(second.as_deref(), Ok("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn without_a_zone_an_offset_is_asked_for() {
        let now = "2026-08-20T12:00:00Z".parse().unwrap();
        let none = || Err(jiff::Error::from_args(format_args!("none")));
        let error = At::parse("22:00").unwrap().after(now, none).unwrap_err();
        assert!(error.contains("with its offset"), "{error}");
        let instant = At::parse("2027-03-01T00:30:00Z").unwrap();
        assert!(instant.after(now, none).is_ok());
    }

    #[test]
    fn an_offset_after_a_time_of_day_is_refused_and_not_left_out() {
        for text in [
            "22:00+08:00",
            "22:00[Asia/Shanghai]",
            "22:00+08:00[Asia/Shanghai]",
            "22:00-03:00",
            "2027-03-01 08:30[Asia/Shanghai]",
        ] {
            assert!(At::parse(text).is_err(), "{text}");
        }
    }
}
