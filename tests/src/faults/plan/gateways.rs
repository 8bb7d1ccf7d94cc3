//! Responses of gateways in front of the service, or in its place. They contain neither a request
//! id nor an error document of the service.

use bce_http::ErrorKind;

use super::answers::number;
use super::{Fault, Meaning, response, wire};
use crate::faults::server::Play;

const SERVER: &str = "nginx/1.22.1";

/// The contents of a gateway's response.
#[derive(Clone, Copy, Debug)]
struct Page {
    name: &'static str,
    content_type: Option<&'static str>,
    body: &'static str,
}

const fn json(body: &'static str) -> Page {
    Page {
        name: body,
        content_type: Some("application/json"),
        body,
    }
}

const HTML: Page = Page {
    name: "html",
    content_type: Some("text/html"),
    body: "<html>\r\n<head><title>Gateway</title></head>\r\n<body></body>\r\n</html>\r\n",
};
const EMPTY: Page = Page {
    name: "empty",
    content_type: None,
    body: "",
};
const ERROR: Page = json(r#"{"error":"upstream"}"#);

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Open, Refused, Throttled, Unproven};
    let open = Open(ErrorKind::Service);
    // The status is a success, but the response does not come from the service.
    let foreign = Open(ErrorKind::Decode);
    let successes = [
        HTML,
        EMPTY,
        ERROR,
        json(r#"{"success":false}"#),
        json("{}"),
        json("[]"),
        json("null"),
    ];
    let mut faults = Vec::new();
    for page in successes {
        faults.extend(with_and_without_retry_after("200 OK", page, foreign));
    }
    faults.extend(with_and_without_retry_after(
        "204 No Content",
        EMPTY,
        foreign,
    ));
    for (status, meaning) in [
        ("400 Bad Request", Unproven),
        ("403 Forbidden", Unproven),
        ("404 Not Found", Unproven),
        ("407 Proxy Authentication Required", Refused),
        ("408 Request Time-out", open),
        ("411 Length Required", Refused),
        ("413 Request Entity Too Large", Refused),
        ("414 Request-URI Too Large", Refused),
        ("429 Too Many Requests", Throttled),
        ("431 Request Header Fields Too Large", Refused),
        ("500 Internal Server Error", open),
        ("502 Bad Gateway", open),
        ("503 Service Temporarily Unavailable", open),
        ("504 Gateway Time-out", open),
    ] {
        for page in [HTML, ERROR, EMPTY] {
            faults.extend(with_and_without_retry_after(status, page, meaning));
        }
    }
    faults
}

fn with_and_without_retry_after(status: &str, page: Page, meaning: Meaning) -> [Fault; 2] {
    let head = match page.content_type {
        Some(kind) => format!("{status}\r\nserver: {SERVER}\r\ncontent-type: {kind}"),
        None => format!("{status}\r\nserver: {SERVER}"),
    };
    let name = format!("gateway {} {}", number(status), page.name);
    let answer = |name, head: &str| {
        let bytes = match number(status) {
            // A 204 response ends with its head.
            "204" => format!("HTTP/1.1 {head}\r\n\r\n"),
            _ => response(head, page.body),
        };
        Fault {
            gateway: Some(SERVER),
            ..wire(name, Play::WriteAndKeep(bytes), meaning)
        }
    };
    // With a success, no server tells the client when to try again.
    let is_success = number(status).starts_with('2');
    let with = Fault {
        retry_after: if is_success { 0 } else { 1 },
        ..answer(
            format!("{name} with Retry-After"),
            &format!("{head}\r\nretry-after: 1"),
        )
    };
    [answer(name, &head), with]
}
