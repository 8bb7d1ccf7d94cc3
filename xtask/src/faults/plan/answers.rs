//! What the service itself answers: error documents, and what they prove.

use bce_http::ErrorKind;
use time::OffsetDateTime;

use super::{Fault, Meaning, response, wire};
use crate::faults::server::Play;

const OPEN: Meaning = Meaning::Open(ErrorKind::Service);

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Refused, TurnedAway, Unproven};
    let elsewhere = "302 Found\r\nlocation: http://127.0.0.1:9/";
    let mut faults = vec![
        answer("302 to another host", elsewhere, "", Unproven),
        // Inside a success only what is documented proves anything.
        coded("200 OK", "Forbidden", Refused),
        coded("200 OK", "InternalError", OPEN),
        coded("200 OK", "Some", Unproven),
    ];
    for (status, meaning) in [
        ("400 Bad Request", Refused),
        ("401 Unauthorized", Refused),
        ("403 Forbidden", Refused),
        ("404 Not Found", Refused),
        ("408 Request Timeout", OPEN),
        ("409 Conflict", Refused),
        ("412 Precondition Failed", Refused),
        ("500 Internal Server Error", OPEN),
        ("502 Bad Gateway", OPEN),
        ("504 Gateway Timeout", OPEN),
    ] {
        faults.extend(with_and_without_retry_after(status, "Some", meaning));
    }
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        for (code, meaning) in [
            ("TooManyRequests", TurnedAway),
            ("RequestLimitExceeded", TurnedAway),
            ("Forbidden", TurnedAway),
            ("InternalError", OPEN),
            ("ServiceUnavailable", OPEN),
            ("Some", OPEN),
        ] {
            faults.extend(with_and_without_retry_after(status, code, meaning));
        }
    }
    faults.extend(clocks());
    faults
}

fn answer(name: impl Into<String>, head: &str, body: &str, meaning: Meaning) -> Fault {
    wire(name, Play::WriteAndKeep(response(head, body)), meaning)
}

pub(super) fn document(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"m","requestId":"r"}}"#)
}

fn coded(status: &str, code: &str, meaning: Meaning) -> Fault {
    let name = format!("{} {code}", number(status));
    answer(name, status, &document(code), meaning)
}

fn with_and_without_retry_after(status: &str, code: &str, meaning: Meaning) -> [Fault; 2] {
    let head = format!("{status}\r\nretry-after: 1");
    let with = Fault {
        name: format!("{} {code} with Retry-After", number(status)),
        retry_after: 1,
        ..answer("", &head, &document(code), meaning)
    };
    [coded(status, code, meaning), with]
}

pub(super) fn number(status: &str) -> &str {
    status.split(' ').next().unwrap_or(status)
}

fn clocks() -> Vec<Fault> {
    let expired = |name: &str, off_by: time::Duration, meaning| {
        let date = http_date(OffsetDateTime::now_utc() + off_by);
        let head = format!("400 Bad Request\r\ndate: {date}");
        answer(name, &head, &document("RequestExpired"), meaning)
    };
    let hours = time::Duration::hours;
    vec![
        expired(
            "RequestExpired, our clock is slow",
            hours(2),
            Meaning::Expired,
        ),
        expired(
            "RequestExpired, our clock is fast",
            hours(-2),
            Meaning::Expired,
        ),
        expired(
            "RequestExpired, our clock is right",
            hours(0),
            Meaning::Refused,
        ),
    ]
}

fn http_date(time: OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time.format(format).unwrap_or_default()
}
