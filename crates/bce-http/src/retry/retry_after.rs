//! The `Retry-After` header.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use time::OffsetDateTime;

use crate::http_date;

/// The pause that a response asks for, as seconds or as a point in time. That point is measured
/// from the response's own `Date`, or from `now` when it has none, so a wrong clock here does not
/// matter.
pub(crate) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = headers
        .get(DATE)
        .and_then(|date| http_date::parse(date.to_str().ok()?));
    let pause = http_date::parse(text)? - date.unwrap_or(now);
    Some(Duration::try_from(pause).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 00:00:10 UTC);

    fn read(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        retry_after(&headers.collect(), NOW).map(|pause| pause.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(read(&[("retry-after", " 120 ")]), Some(120));
        assert_eq!(
            read(&[("retry-after", "99999999999999999999999")]),
            Some(u64::MAX)
        );
        let date = "Thu, 20 Aug 2026 00:00:30 GMT";
        assert_eq!(read(&[("retry-after", date)]), Some(20));
        let sent = "Thu, 20 Aug 2026 00:00:25 GMT";
        assert_eq!(read(&[("retry-after", date), ("date", sent)]), Some(5));
        assert_eq!(
            read(&[("retry-after", "Thu, 20 Aug 2026 00:00:00 GMT")]),
            Some(0)
        );
    }

    #[test]
    fn anything_else_asks_for_nothing() {
        assert_eq!(read(&[]), None);
        for text in ["", "soon", "-1", "1.5", "+3"] {
            assert_eq!(read(&[("retry-after", text)]), None, "{text}");
        }
    }
}
