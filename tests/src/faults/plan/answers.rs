//! Faults in which the service itself responds, and what each response proves about the request.

use bce_http::ErrorKind;

use super::{Fault, Meaning, response, wire};
use crate::faults::server::Play;

const OPEN: Meaning = Meaning::Open(ErrorKind::Service);

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Refused, TurnedAway, Unproven};
    let elsewhere = "302 Found\r\nlocation: http://127.0.0.1:9/";
    let mut faults = vec![
        answer("302 to another host", elsewhere, "", Unproven),
        // In a response that is a success, only documented codes prove anything.
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
    let hours = time::Duration::hours;
    let expired = |name: &str, off_by, meaning| {
        wire(
            format!("RequestExpired, our clock is {name}"),
            Play::Expired(off_by),
            meaning,
        )
    };
    vec![
        expired("slow", hours(2), Meaning::Expired),
        expired("fast", hours(-2), Meaning::Expired),
        expired("right", hours(0), Meaning::Refused),
    ]
}
