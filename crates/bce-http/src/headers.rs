//! Response headers that several modules read: the ids and errors of the service, and dates.

use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};
use time::OffsetDateTime;

/// The header with the id of a request, both in requests and in responses.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-bce-request-id");
const DEBUG_ID: HeaderName = HeaderName::from_static("x-bce-debug-id");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-bce-error-code");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-bce-error-message");

/// Returns the id that the service assigned to a request; `None` if the headers contain none.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, &REQUEST_ID)
}

/// Returns the error code, if the service sent it in a header.
pub(crate) fn error_code(headers: &HeaderMap) -> Option<String> {
    text(headers, &ERROR_CODE)
}

/// Returns the explanation of an error, if the service sent it in a header.
pub(crate) fn error_message(headers: &HeaderMap) -> Option<String> {
    text(headers, &ERROR_MESSAGE)
}

/// Returns whether the response has an id in the header `x-bce-request-id` or `x-bce-debug-id`.
/// This is taken as evidence that the service sent the response, and not a gateway in its place.
pub(crate) fn carries_id(headers: &HeaderMap) -> bool {
    let filled = |name: &HeaderName| {
        headers
            .get(name)
            .is_some_and(|id| !id.as_bytes().trim_ascii().is_empty())
    };
    filled(&REQUEST_ID) || filled(&DEBUG_ID)
}

/// Returns the value of a header, with U+FFFD in place of bytes that are not UTF-8; `None` if the
/// header is absent or empty.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(name)?.as_bytes());
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Returns the time at which the response was sent, according to the clock of its sender; `None` if
/// the headers contain no valid `Date`.
pub(crate) fn date(headers: &HeaderMap) -> Option<OffsetDateTime> {
    parse_date(headers.get(DATE)?.to_str().ok()?)
}

/// Returns the pause that a response asks for in its `Retry-After` header; `None` if it asks for
/// none. If the header has a time instead of seconds, the pause is that time minus the `Date` of
/// the response, so that a wrong local clock does not matter; without a `Date`, minus `now`. If
/// that time has passed, the pause is zero.
pub(crate) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let pause = parse_date(text)? - date(headers).unwrap_or(now);
    Some(Duration::try_from(pause).unwrap_or(Duration::ZERO))
}

fn parse_date(text: &str) -> Option<OffsetDateTime> {
    httpdate::parse_http_date(text.trim())
        .ok()
        .map(OffsetDateTime::from)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 00:00:10 UTC);

    #[test]
    fn dates_are_read_in_the_three_forms_of_http() {
        let expected = datetime!(1994-11-06 08:49:37 UTC);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse_date(text), Some(expected), "{text}");
        }
        for wrong in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Abc, 06 Nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sün, 06 Nov 1994 08:49:37 GM",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    fn read(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        retry_after(&headers.collect(), NOW).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_a_date() {
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
    fn anything_else_asks_for_no_pause() {
        assert_eq!(read(&[]), None);
        for text in ["", "soon", "-1", "1.5", "+3"] {
            assert_eq!(read(&[("retry-after", text)]), None, "{text}");
        }
    }
}
