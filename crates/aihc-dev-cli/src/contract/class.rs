//! Classes of JSON values, such as `string, a URL`. A class describes a value without revealing it.

use std::net::IpAddr;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The smallest number that is taken for a time in milliseconds. As a time in seconds, it would be
/// after the year 5000.
pub(super) const FIRST_MILLIS: i64 = 100_000_000_000;
/// The smallest integer that may be a time in seconds, which is then in the year 2001.
const FIRST_SECONDS: i64 = 1_000_000_000;

/// Returns the class of a value, such as `string, a URL`, which describes the value without
/// revealing it.
pub(super) fn of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) => match number.as_i64() {
            Some(FIRST_MILLIS..) => "integer, looks like Unix time in milliseconds",
            Some(FIRST_SECONDS..) => "integer, looks like Unix time in seconds",
            Some(_) => "integer",
            None => "number",
        },
        Value::String(text) => of_text(text),
        Value::Array(items) if items.is_empty() => "list, empty",
        Value::Array(_) => "list",
        Value::Object(members) if members.is_empty() => "object, empty",
        Value::Object(_) => "object",
    }
}

pub(super) fn of_text(text: &str) -> &'static str {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if text.is_empty() {
        return "string, empty";
    }
    if is_digits(text) {
        return match text.parse::<i64>() {
            Ok(FIRST_MILLIS..) => "string, looks like Unix time in milliseconds",
            Ok(FIRST_SECONDS..) => "string, looks like Unix time in seconds",
            _ => "string of digits",
        };
    }
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return "string, a number";
    }
    if OffsetDateTime::parse(text, &Rfc3339).is_ok() {
        return match is_plain_iso(text) {
            true => "string, looks like RFC 3339",
            false => "string, looks like RFC 3339 with a fraction or an offset",
        };
    }
    if let Some(form) = of_date(text) {
        return form;
    }
    if matches!(text, "true" | "false") {
        return "string, a truth value";
    }
    if text.parse::<IpAddr>().is_ok() {
        return "string, an IP address";
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return "string, a URL";
    }
    if text.len() == 36 && text.bytes().filter(|it| *it == b'-').count() == 4 {
        return "string, looks like a UUID";
    }
    if text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return "string, holds JSON";
    }
    "string"
}

/// Returns whether the string has the form `2026-08-20T00:00:00Z`: UTC, without fractions of a
/// second.
pub(super) fn is_plain_iso(text: &str) -> bool {
    text.len() == 20 && text.ends_with('Z') && has_date(text) && has_time(text, 'T')
}

/// Returns the class, such as `string, a date alone`, of a string that begins with a date but is
/// not in RFC 3339; `None` if the string does not begin with a date.
fn of_date(text: &str) -> Option<&'static str> {
    if !has_date(text) {
        return None;
    }
    let is_of_go = || text.ends_with(" UTC") || text.ends_with(" CST");
    Some(match text {
        _ if text.len() == 10 => "string, a date alone",
        _ if has_time(text, ' ') && is_of_go() => "string, looks like a time as Go writes it",
        _ if has_time(text, ' ') => "string, date and time with a space",
        _ if has_time(text, 'T') => "string, date and time without a zone",
        _ => "string, begins with a date",
    })
}

fn has_date(text: &str) -> bool {
    fits(text, "0000-00-00")
}

fn has_time(text: &str, between: char) -> bool {
    let rest = text.get(10..).unwrap_or_default();
    rest.starts_with(between) && fits(rest.get(1..).unwrap_or_default(), "00:00:00")
}

/// Returns whether the string begins with text of the form of `pattern`, in which `0` matches any
/// digit, and every other character only itself.
fn fits(text: &str, pattern: &str) -> bool {
    let mut text = text.chars();
    pattern.chars().all(|expected| match text.next() {
        Some(found) if expected == '0' => found.is_ascii_digit(),
        found => found == Some(expected),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_classes_that_do_not_tell_them() {
        for (value, class) in [
            (json!(null), "null"),
            (json!(7), "integer"),
            (
                json!(1_760_000_000),
                "integer, looks like Unix time in seconds",
            ),
            (
                json!(1_760_000_000_123_i64),
                "integer, looks like Unix time in milliseconds",
            ),
            (json!(1.5), "number"),
            (json!(""), "string, empty"),
            (json!("12"), "string of digits"),
            (json!("1.50"), "string, a number"),
            (json!("nan"), "string"),
            (json!("2026-08-20T00:00:00Z"), "string, looks like RFC 3339"),
            (
                json!("2026-08-20T08:00:00.123+08:00"),
                "string, looks like RFC 3339 with a fraction or an offset",
            ),
            (
                json!("2026-08-20 08:00:00"),
                "string, date and time with a space",
            ),
            (
                json!("2026-08-20T08:00:00"),
                "string, date and time without a zone",
            ),
            (
                json!("2025-05-13 02:22:40 +0000 UTC"),
                "string, looks like a time as Go writes it",
            ),
            (json!("2025-05-13"), "string, a date alone"),
            (json!("2025-05-13机"), "string, begins with a date"),
            (json!("10.0.0.1"), "string, an IP address"),
            (json!("https://a"), "string, a URL"),
            (json!("true"), "string, a truth value"),
            (json!("{\"a\":1}"), "string, holds JSON"),
            (
                json!("123e4567-e89b-12d3-a456-426614174000"),
                "string, looks like a UUID",
            ),
            (json!("训练"), "string"),
            (json!([]), "list, empty"),
            (json!({"a": 1}), "object"),
        ] {
            assert_eq!(of(&value), class, "{value}");
        }
    }
}
