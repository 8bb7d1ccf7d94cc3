//! Descriptions of responses without an error document (a JSON body with an error code), and of
//! their senders.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, SERVER};
use http::{HeaderMap, StatusCode};
use memchr::memmem;

use crate::headers::{self, carries_id};
use crate::mask::Secrets;

/// Returns an error code for the status of a response whose body has no code: the code that the
/// official Go SDK uses for the status, if any, or else the reason phrase as one word. Without a
/// reason phrase, the code is `Http` and the number of the status.
pub(super) fn code_of_status(status: StatusCode) -> Cow<'static, str> {
    match status.as_u16() {
        400 => "InvalidHTTPRequest".into(),
        403 => "AccessDenied".into(),
        412 => "PreconditionFailed".into(),
        500 => "InternalError".into(),
        other => match status.canonical_reason() {
            Some(words) => words.split([' ', '-', '\'']).collect::<String>().into(),
            None => format!("Http{other}").into(),
        },
    }
}

/// The messages with which nginx, Apache and servers written in Go refuse plain HTTP requests to a
/// TLS port.
const WANTS_TLS: [&str; 3] = [
    "plain HTTP request was sent to HTTPS port",
    "speaking plain HTTP to an SSL-enabled server port",
    "Client sent an HTTP request to an HTTPS server",
];

/// Describes a response that has no JSON body with an error code. The description does not quote
/// the body, because the error page of a proxy may repeat the headers of the request.
pub(super) fn without_document(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    secrets: &Secrets,
) -> String {
    if status == StatusCode::NOT_MODIFIED {
        return "a cache responded that nothing has changed, which was not requested, or which the \
                operation does not accept; check the endpoint and the proxy"
            .to_owned();
    }
    if status.is_redirection() && headers.contains_key(LOCATION) {
        return "the response is a redirect, which is never followed; check the endpoint"
            .to_owned();
    }
    if status == StatusCode::BAD_REQUEST
        && WANTS_TLS
            .iter()
            .any(|says| memmem::find(body, says.as_bytes()).is_some())
    {
        return "the server accepts only https on this port; use an https:// endpoint".to_owned();
    }
    let kind = headers::text(headers, &CONTENT_TYPE);
    let kind = kind.unwrap_or_else(|| "no content type".to_owned());
    let encoding = headers::text(headers, &CONTENT_ENCODING);
    let what = match (body.len(), encoding) {
        (0, _) => "no body".to_owned(),
        (length, None) => format!("{kind}, {length} bytes"),
        (length, Some(encoding)) => format!("{kind}, {encoding}-encoded, {length} bytes"),
    };
    if carries_id(headers) {
        return format!("the response has no error document ({what})");
    }
    let server = answered_by(headers, secrets);
    format!("the response is from {server}, not from the service ({what})")
}

/// Returns a name for the sender of a response that has no request id, and is therefore not
/// attributed to the service: the beginning of the `Server` header, with secrets masked, or
/// `a gateway` without this header.
pub(super) fn answered_by(headers: &HeaderMap, secrets: &Secrets) -> String {
    const LONGEST: usize = 60;
    let name = headers::text(headers, &SERVER);
    // Truncated after masking, because a truncated secret can no longer be recognized.
    let name = name.map(|name| secrets.mask(name).chars().take(LONGEST).collect());
    name.unwrap_or_else(|| "a gateway".to_owned())
}
