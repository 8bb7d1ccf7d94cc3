//! Formatting of times as they occur in responses.

use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const HTTP: StaticFormatDescription = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

const ISO_8601: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// Formats a time as in RFC 9110, for example `Thu, 20 Aug 2026 00:00:00 GMT`. A skewed clock may
/// show a time before 1970, which the usual crates for this format do not support.
pub(crate) fn http_date(at: OffsetDateTime) -> String {
    written(at, HTTP)
}

/// Formats a time as in the service's time stamps, for example `2026-08-20T00:00:00Z`.
pub(crate) fn iso8601(at: OffsetDateTime) -> String {
    written(at, ISO_8601)
}

const GO: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] +0000 UTC");

/// Formats a time as in events of jobs, for example `2026-08-20 00:00:00 +0000 UTC`.
pub(crate) fn go_time(at: OffsetDateTime) -> String {
    written(at, GO)
}

const WITH_OFFSET: StaticFormatDescription = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
);

/// Formats a time as in responses about pools and queues, for example `2026-08-20T08:00:00+08:00`.
pub(crate) fn in_beijing(at: OffsetDateTime) -> String {
    let there = at
        .checked_to_offset(time::macros::offset!(+8))
        .unwrap_or(at);
    there.format(WITH_OFFSET).unwrap_or_default()
}

fn written(at: OffsetDateTime, form: StaticFormatDescription) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    at.format(form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates_have_the_form_of_http_and_of_the_service() {
        let at = datetime!(2026-08-20 08:00:09.5 +8);
        assert_eq!(http_date(at), "Thu, 20 Aug 2026 00:00:09 GMT");
        assert_eq!(iso8601(at), "2026-08-20T00:00:09Z");
        assert_eq!(go_time(at), "2026-08-20 00:00:09 +0000 UTC");
        assert_eq!(in_beijing(at), "2026-08-20T08:00:09+08:00");
        let early = datetime!(1969-12-31 23:59:59 UTC);
        assert_eq!(http_date(early), "Wed, 31 Dec 1969 23:59:59 GMT");
    }
}
