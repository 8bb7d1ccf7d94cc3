//! The time format of HTTP headers.

use time::{Date, Month, OffsetDateTime, Time};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that senders still use. Every answer has
/// such a text, so it is read by position.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    let pieces = [(3, 5, ", "), (7, 8, " "), (11, 12, " "), (16, 17, " ")];
    let more = [(19, 20, ":"), (22, 23, ":"), (25, 29, " GMT")];
    let between = |&(from, to, piece): &(usize, usize, &str)| text.get(from..to) == Some(piece);
    let complete = text.len() == 29 && pieces.iter().chain(&more).all(between);
    if !complete || !WEEKDAYS.contains(&text.get(0..3)?) {
        return None;
    }
    let month = text.get(8..11)?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let year = i32::from(number(text, 12)?) * 100 + i32::from(number(text, 14)?);
    let date = Date::from_calendar_date(year, month, number(text, 5)?).ok()?;
    let time = Time::from_hms(number(text, 17)?, number(text, 20)?, number(text, 23)?).ok()?;
    Some(OffsetDateTime::new_utc(date, time))
}

/// The two digits at this place.
fn number(text: &str, at: usize) -> Option<u8> {
    match text.as_bytes().get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn only_the_one_form_is_read() {
        let expected = datetime!(1994-11-06 08:49:37 UTC);
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(expected));
        assert_eq!(parse(" Sun, 06 Nov 1994 08:49:37 GMT "), Some(expected));
        for wrong in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "1994-11-06T08:49:37Z",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Abc, 06 Nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sün, 06 Nov 1994 08:49:37 GM",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
