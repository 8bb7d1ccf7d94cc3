//! Responses that quote the secrets of the request, in each part of a response.

use bce_http::ErrorKind;

use super::{Fault, Meaning, wire};
use crate::faults::server::{Play, Quote, Spelling};

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Fine, Open, Refused, TurnedAway, Unproven};
    let places = [
        (
            "in a message",
            "400 Bad Request",
            r#"{"code":"Some","message":"QUOTED"}"#,
            Refused,
        ),
        (
            "in a code",
            "400 Bad Request",
            r#"{"code":"QUOTED","message":"m"}"#,
            Refused,
        ),
        (
            "in a request id",
            "403 Forbidden",
            r#"{"code":"Forbidden","requestId":"QUOTED"}"#,
            Refused,
        ),
        (
            "in a throttle",
            "429 Too Many Requests",
            r#"{"code":"TooManyRequests","message":"QUOTED"}"#,
            TurnedAway,
        ),
        (
            "in a failure",
            "500 Internal Server Error",
            r#"{"code":"InternalError","message":"QUOTED"}"#,
            Open(ErrorKind::Service),
        ),
        (
            "in an error inside 200",
            "200 OK",
            r#"{"code":"Some","message":"QUOTED"}"#,
            Unproven,
        ),
        (
            "in a foreign success",
            "200 OK",
            r#"{"error":"QUOTED"}"#,
            Open(ErrorKind::Decode),
        ),
        (
            "in the page of a gateway",
            "502 Bad Gateway\r\nserver: QUOTED",
            "<html>QUOTED</html>",
            Open(ErrorKind::Service),
        ),
        (
            "in headers",
            "403 Forbidden\r\nx-bce-error-code: QUOTED\r\nx-bce-error-message: QUOTED\r\nx-bce-request-id: QUOTED",
            "",
            Refused,
        ),
        (
            "in the id of a success",
            "200 OK\r\nx-bce-request-id: QUOTED",
            super::SUCCESS,
            Fine,
        ),
    ];
    let spelled = places.map(|(place, head, body, meaning)| {
        [Spelling::Plain, Spelling::Percent, Spelling::Escapes].map(|spelling| {
            let quote = Quote {
                head,
                body,
                spelling,
            };
            wire(
                format!("quoted {place}, {spelling:?}"),
                Play::Quote(quote),
                meaning,
            )
        })
    });
    spelled.into_iter().flatten().collect()
}
