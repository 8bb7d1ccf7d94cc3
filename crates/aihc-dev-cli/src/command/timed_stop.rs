//! `timed-stop`

use std::time::Duration;

use clap::Args;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Ids, batch, names};
use crate::client::Context;
use crate::exit::Failure;
use crate::options::duration;

/// Stop running instances later, or not any more.
#[derive(Args)]
#[command(after_help = "\
The service documents a delay of more than an hour, and may round it up to whole hours.

Examples:
  aihc-dev timed-stop dv-f458ede5 --after 2h
  aihc-dev timed-stop dv-f458ede5 --at 2026-08-20T22:00:00+08:00
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
    /// Stop after this time.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    after: Option<Duration>,
    /// Stop at this time, in RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<OffsetDateTime>,
    /// Do not stop.
    #[arg(long)]
    off: bool,
}

impl TimedStop {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let delay = self.when.delay(OffsetDateTime::now_utc())?;
        let client = context.client()?;
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        let pace = batch::pace(&ids);
        batch::each(context, ids, async |id| {
            let call = client
                .timed_stop_dev_instance(&id)
                .enable(delay.is_some())
                .with_pace(&pace);
            match delay {
                Some(seconds) => {
                    call.delay_sec(seconds).await?;
                    Ok(format!(
                        "stops in {}",
                        humantime::format_duration(span(seconds))
                    ))
                }
                None => {
                    call.await?;
                    Ok("off".to_owned())
                }
            }
        })
        .await
    }
}

impl When {
    /// The delay in seconds; `None` to switch it off.
    fn delay(&self, now: OffsetDateTime) -> Result<Option<i64>, Failure> {
        let seconds = match (self.after, self.at) {
            (Some(after), _) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            (None, Some(at)) => (at - now).whole_seconds(),
            (None, None) => return Ok(None),
        };
        if seconds <= 0 {
            return Err(Failure::usage(
                "the time of the stop has passed, or is less than a second away",
            ));
        }
        Ok(Some(seconds))
    }
}

fn span(seconds: i64) -> Duration {
    Duration::from_secs(seconds.unsigned_abs())
}

fn instant(text: &str) -> Result<OffsetDateTime, String> {
    let wrong = |_| "write it as 2026-08-20T22:00:00+08:00".to_owned();
    OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> When {
        When {
            after: None,
            at: Some(instant(text).unwrap()),
            off: false,
        }
    }

    #[test]
    fn a_time_of_day_becomes_a_delay_in_seconds() {
        let now = instant("2026-08-20T12:00:00Z").unwrap();
        let delay = at("2026-08-20T22:00:00+08:00").delay(now).unwrap();
        assert_eq!(delay, Some(2 * 3600));
        assert!(at("2026-08-20T12:00:00Z").delay(now).is_err());
        assert!(instant("22:00").is_err());
    }
}
