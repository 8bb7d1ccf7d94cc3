//! The `timed-stop` command: schedules a stop of instances, or cancels it.

mod at;

use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit, ZonedDateTime};

use self::at::At;
use super::batch::{self, Done};
use super::{Ids, names};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{self, Language, Text, text, tr};
use crate::options::duration;
use crate::output::note;

/// The smallest delay of a timed stop, in seconds. The documentation of the API requires more than
/// 3600, but its example sends 3600.
const LEAST: i64 = 3600;
/// The largest delay of a timed stop, in seconds. The documentation states no maximum; this is the
/// largest number that fits in a 32-bit integer, which the service may use.
const MOST: i64 = i32::MAX as i64;

/// Schedule a stop, or cancel it.
#[derive(Args)]
#[command(after_help = "\
The service accepts one hour or more, and may round up to whole hours. Times without an offset \
are local times of this computer, in the zone of TZ or of the system: a time of day is the next \
occurrence, today or tomorrow.

Examples:
  aihc-dev timed-stop dv-f458ede5 --after 90m
  aihc-dev timed-stop dv-f458ede5 --at 22:00
  aihc-dev timed-stop dv-f458ede5 --at '2027-03-01 08:30'
  aihc-dev timed-stop dv-f458ede5 --at 2027-03-01T08:30:00+08:00
  aihc-dev timed-stop dv-f458ede5 --off")]
pub(crate) struct TimedStop {
    #[command(flatten)]
    ids: Ids,
    #[command(flatten)]
    when: When,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct When {
    /// Stop after this time, such as 90m, 2h or 1h30m.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    after: Option<Duration>,
    /// Stop at this time: 22:00, '2027-03-01 08:30', or with an offset as in RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = At::parse)]
    at: Option<At>,
    /// Cancel the scheduled stop.
    #[arg(long)]
    off: bool,
}

impl TimedStop {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        // Checked before anything else, which may take long.
        let delay = self.when.delay()?;
        let client = context.client()?;
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        let pace = batch::pace(&ids);
        let zone = TimeZone::try_system().ok();
        if let Some(hours) = delay.and_then(|delay| rounded_up(delay.seconds)) {
            note(&tr!(
                "the service may round it up to whole hours, {hours}h",
                hours = hours
            ));
        }
        let ids = names::unique(ids);
        batch::each_done(context, ids, async |one| {
            let id = one.id;
            let call = client.timed_stop_dev_instance(&id).with_pace(&pace);
            // The service counts from the request, for which the instance may have had to wait.
            let Some(delay) = self.when.delay()? else {
                call.enable(false).await?;
                return Ok(Done::timed(text!("off"), None));
            };
            call.enable(true).delay_sec(delay.seconds).await?;
            Ok(Done::timed(delay.told(zone.clone()), delay.stops_at()))
        })
        .await
    }
}

/// The time until a stop.
#[derive(Clone, Copy)]
struct Delay {
    seconds: i64,
    /// The time from which on the seconds count.
    now: Timestamp,
}

impl When {
    /// Returns the delay from now until the stop; `None` if the timer is to be cancelled.
    fn delay(&self) -> Result<Option<Delay>, Failure> {
        let now = Timestamp::now();
        let seconds = self.seconds(now).map_err(Failure::usage)?;
        Ok(seconds.map(|seconds| Delay { seconds, now }))
    }

    /// Returns the delay until the stop, in seconds; `None` if the timer is to be cancelled.
    fn seconds(&self, now: Timestamp) -> Result<Option<i64>, String> {
        let seconds = match (&self.after, &self.at) {
            (Some(after), _) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            (None, Some(at)) => {
                let then = at.after(now, TimeZone::try_system)?;
                then.as_second().saturating_sub(now.as_second())
            }
            (None, None) => return Ok(None),
        };
        checked(seconds).map(Some)
    }
}

/// Checks that the delay until the stop is from [`LEAST`] to [`MOST`] seconds.
fn checked(seconds: i64) -> Result<i64, String> {
    match seconds {
        ..=0 => Err(tr!("the time of the stop has passed")),
        1..LEAST => Err(tr!(
            "it is only {time} until then, but the service requires an hour or more; `stop` stops \
             at once",
            time = span(seconds)
        )),
        LEAST..=MOST => Ok(seconds),
        _ => Err(tr!(
            "the time of the stop is too far in the future for the service"
        )),
    }
}

impl Delay {
    /// Returns the time of the stop; `None` if it is beyond the end of the calendar.
    fn instant(self) -> Option<Timestamp> {
        let delay = Duration::try_from_secs_f64(self.seconds as f64).ok()?;
        self.now.checked_add(delay).ok()
    }

    /// Returns the time of the stop for machine-readable output.
    fn stops_at(self) -> Option<String> {
        let then = self.instant()?;
        Some(then.round(Unit::Second).unwrap_or(then).to_string())
    }

    /// Returns a message with the time of the stop, in `zone` or else in UTC, and the time until
    /// then. The time of the stop is omitted if it is beyond the end of the calendar.
    fn told(self, zone: Option<TimeZone>) -> Text {
        let span = span(self.seconds);
        match self.instant() {
            Some(then) => {
                let then = ZonedDateTime::new(then, zone.unwrap_or(TimeZone::UTC));
                text!(
                    "stops at {then} (in {span})",
                    then = then.strftime("%Y-%m-%d %H:%M:%S %:z"),
                    span = span
                )
            }
            None => text!("stops in {span}", span = span),
        }
    }
}

/// Returns the number of hours, rounded up; `None` if `seconds` is a whole number of hours.
fn rounded_up(seconds: i64) -> Option<i64> {
    (seconds % 3600 != 0).then_some(seconds / 3600 + 1)
}

fn span(seconds: i64) -> String {
    let english = humantime::format_duration(Duration::from_secs(seconds.unsigned_abs()));
    match language::current() {
        Language::English => english.to_string(),
        Language::Chinese => in_chinese(&english.to_string()),
    }
}

/// Converts a time span such as `1h 5m` to Chinese units.
fn in_chinese(span: &str) -> String {
    let parts = span.split(' ').map(|part| {
        let (number, unit) = part.split_at(part.find(char::is_alphabetic).unwrap_or(part.len()));
        let unit = match unit {
            "year" | "years" => "年",
            "month" | "months" => "个月",
            "day" | "days" => "天",
            "h" => "小时",
            "m" => "分钟",
            "s" => "秒",
            other => other,
        };
        format!("{number} {unit}")
    });
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_chinese_units_in_chinese() {
        assert_eq!(in_chinese("1day 1h 5m 3s"), "1 天 1 小时 5 分钟 3 秒");
        assert_eq!(in_chinese("2days"), "2 天");
        assert_eq!(in_chinese("7h"), "7 小时");
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_day_becomes_a_delay_in_seconds() {
        let now = instant("2026-08-20T12:00:00Z");
        let at = |text: &str| When {
            after: None,
            at: Some(At::parse(text).unwrap()),
            off: false,
        };
        let delay = at("2026-08-20T22:00:00+08:00").seconds(now).unwrap();
        assert_eq!(delay, Some(2 * 3600));
        assert!(at("2026-08-20T12:00:00Z").seconds(now).is_err());
    }

    #[test]
    fn what_the_service_does_not_take_is_not_sent() {
        for (seconds, said) in [
            (i64::MIN, "has passed"),
            (0, "has passed"),
            (1800, "only 30m until then"),
            (3599, "an hour or more"),
            (MOST + 1, "too far in the future"),
            (i64::MAX, "too far in the future"),
        ] {
            let error = checked(seconds).unwrap_err();
            assert!(error.contains(said), "{seconds}: {error}");
        }
        assert_eq!(checked(3600), Ok(3600));
        assert_eq!(checked(MOST), Ok(MOST));
    }

    #[test]
    fn a_number_alone_says_nothing() {
        let error = duration("90").unwrap_err();
        assert!(error.contains("90m") && error.contains("90h"), "{error}");
        assert_eq!(duration("90m"), Ok(Duration::from_secs(5400)));
        assert!(duration("soon").is_err() && duration("").is_err());
    }

    #[test]
    fn the_result_is_in_local_time_with_the_offset_of_that_day() {
        // Clocks go back between these two times.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let now = instant("2026-10-24T20:00:00Z");
        assert_eq!(
            Delay {
                seconds: 10 * 3600,
                now
            }
            .told(Some(zone))
            .to_string(),
            "stops at 2026-10-25 07:00:00 +01:00 (in 10h)"
        );
        let far = Delay {
            seconds: i64::MAX,
            now,
        }
        .told(None)
        .to_string();
        assert!(far.starts_with("stops in "), "{far}");
    }

    #[test]
    fn rounding_is_to_whole_hours() {
        assert_eq!(rounded_up(3600), None);
        assert_eq!(rounded_up(5400), Some(2));
        assert_eq!(rounded_up(3601), Some(2));
    }
}
