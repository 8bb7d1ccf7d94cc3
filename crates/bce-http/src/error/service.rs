//! What a service says when it refuses: code, message, request id.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use memchr::memchr;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use time::OffsetDateTime;

use super::quoted;
use crate::codec;
use crate::retry::retry_after;

/// Codes that every service documents with a status of 4xx, and those of AIHC.
const REFUSALS: [&str; 17] = [
    "AccessDenied",
    "Forbidden",
    "IdempotentParameterMismatch",
    "InappropriateJSON",
    "InvalidAccessKeyId",
    "InvalidHTTPAuthHeader",
    "InvalidHTTPRequest",
    "InvalidParam",
    "InvalidParameter",
    "InvalidURI",
    "InvalidVersion",
    "MalformedJSON",
    "NotFound",
    "OptInRequired",
    "PreconditionFailed",
    "RequestExpired",
    "SignatureDoesNotMatch",
];

const REQUEST_ID: &str = "x-bce-request-id";
const ERROR_CODE: &str = "x-bce-error-code";
const ERROR_MESSAGE: &str = "x-bce-error-message";

/// What a document with a member `code` has in it, in any spelling of the name.
static PARTS_OF_CODE: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| [&b"ode\""[..], b"ODE\"", b"\\u00"].map(Finder::new));

/// The error answer of a service: the `{code, message, requestId}` of the response body, at any
/// HTTP status, completed from the status line and the headers where the body lacks it.
#[derive(Clone)]
pub struct ServiceError {
    status: StatusCode,
    code: String,
    /// Whether the answer names the code; it is derived from the status otherwise.
    names_code: bool,
    message: String,
    request_id: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

impl ServiceError {
    /// Reads a response that is known to be an error.
    pub(crate) fn from_response(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Self {
        let document = ErrorDocument::parse(body).unwrap_or_default();
        let named = document.code.or_else(|| header_text(headers, ERROR_CODE));
        let names_code = named.is_some();
        let code = named.unwrap_or_else(|| code_of_status(status).into_owned());
        let message = document
            .message
            .or_else(|| header_text(headers, ERROR_MESSAGE))
            .unwrap_or_else(|| message_without_document(status, headers, body));
        Self {
            status,
            code,
            names_code,
            message: without_secrets(message),
            request_id: document.request_id.or_else(|| request_id(headers)),
            headers: headers.clone(),
            body: body.clone(),
        }
    }

    /// Recognises an error inside a successful response: a non-empty `code` in the body.
    pub(crate) fn inside_success(
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Option<Self> {
        // Most responses hold no such key, and a search is far cheaper than a second parse.
        let [lower, upper, escape] = &*PARTS_OF_CODE;
        let escaped = || memchr(b'\\', body).is_some() && escape.find(body).is_some();
        if lower.find(body).is_none() && upper.find(body).is_none() && !escaped() {
            return None;
        }
        ErrorDocument::parse(body)?.code?;
        Some(Self::from_response(status, headers, body))
    }

    /// The error code, such as `NotFound`. Derived from the HTTP status (`BadGateway`) when the
    /// response names none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether a parameter was refused; services spell the code in two ways.
    pub fn is_invalid_parameter(&self) -> bool {
        matches!(self.code.as_str(), "InvalidParameter" | "InvalidParam")
    }

    /// Whether the service says that the resource is not there: the code `NotFound`. The page of a
    /// proxy with status 404 does not count.
    pub fn is_not_found(&self) -> bool {
        self.names_code && self.code == "NotFound"
    }

    /// Whether the caller may not do this, or not now: the codes `Forbidden` and `AccessDenied`.
    /// Services do not tell a missing permission from a state that does not allow the operation.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.code.as_str(), "Forbidden" | "AccessDenied")
    }

    /// Whether there were too many requests: status 429, or the code `TooManyRequests`.
    pub fn is_throttled(&self) -> bool {
        self.status.as_u16() == 429 || self.code == "TooManyRequests"
    }

    /// The service's explanation; may be empty.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The service's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The HTTP status; 200 for an error inside a successful response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body of the response as it came, for instance a proxy's error page.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether the answer proves that the service did not act on the request.
    pub(crate) fn proves_refusal(&self) -> bool {
        if self.code == "InternalError" {
            return false;
        }
        match self.status.as_u16() {
            // An overloaded service that says when to come back has turned the request away.
            503 => retry_after(&self.headers, OffsetDateTime::UNIX_EPOCH).is_some(),
            // Gateways write these about requests that they have passed on.
            408 | 499 => false,
            400..=498 => true,
            // A code inside a success proves only what is documented to be a refusal.
            200..=299 => REFUSALS.contains(&self.code.as_str()) || self.refuses_credentials(),
            _ => false,
        }
    }

    /// Whether the service failed, as opposed to refused.
    pub(crate) fn is_server_failure(&self) -> bool {
        matches!(self.status.as_u16(), 500 | 502 | 503 | 504) || self.code == "InternalError"
    }

    /// Whether the service found the signature too old, or too far in the future.
    pub(crate) fn is_expired(&self) -> bool {
        self.code == "RequestExpired"
    }

    /// Whether the service does not, or no longer, know the access key or the session token.
    ///
    /// The documentation names `InvalidAccessKeyId` only; codes that speak of a session token mean
    /// the same. `clientToken`, the API's idempotency token, is another thing.
    pub(crate) fn refuses_credentials(&self) -> bool {
        const ABOUT_SESSION_TOKENS: [&str; 6] = [
            "sessiontoken",
            "securitytoken",
            "ststoken",
            "expiredtoken",
            "tokenexpired",
            "invalidtoken",
        ];
        let code = self.code.to_ascii_lowercase();
        let speaks_of = |what: &&str| code.contains(*what);
        code == "invalidaccesskeyid"
            || (!code.contains("clienttoken") && ABOUT_SESSION_TOKENS.iter().any(speaks_of))
    }

    /// Whether the same request may be answered differently later.
    pub(crate) fn is_passing(&self) -> bool {
        self.status.as_u16() == 429 || self.is_server_failure() || self.is_expired()
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), one_line(&self.code))?;
        if !self.message.is_empty() {
            write!(f, ": {}", one_line(&self.message))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The id that the service gave a request, from the response headers.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    header_text(headers, REQUEST_ID)
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(name)?.as_bytes());
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The code for a status without an error document: those of the official Go SDK, and for all other
/// statuses their words in one.
fn code_of_status(status: StatusCode) -> Cow<'static, str> {
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

/// Says what came instead of an error document. The body itself stays out of the text: an
/// error page of a proxy can repeat the headers of the request.
fn message_without_document(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> String {
    if status.is_redirection() {
        return "the answer is a redirect, which is never followed; check the endpoint".to_owned();
    }
    if body.is_empty() {
        return "the response has no body".to_owned();
    }
    let kind = header_text(headers, http::header::CONTENT_TYPE.as_str())
        .unwrap_or_else(|| "no content type".to_owned());
    format!(
        "the response has no error document ({kind}, {} bytes)",
        body.len()
    )
}

/// Bounds the text and hides what a service quotes of a signed request: both end up in logs.
fn without_secrets(mut message: String) -> String {
    const LONGEST: usize = 2000;
    if message.chars().nth(LONGEST).is_some() {
        message = message.chars().take(LONGEST).chain(['…']).collect();
    }
    quoted::hide(message)
}

/// Keeps foreign text from breaking a log line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.replace(char::is_control, " ").into()
    } else {
        text.into()
    }
}

#[derive(Default)]
struct ErrorDocument {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

impl ErrorDocument {
    fn parse(body: &[u8]) -> Option<Self> {
        codec::any_from_json(body).ok()
    }
}

impl<'de> Deserialize<'de> for ErrorDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = ErrorDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error document")
    }

    // Names in any case, as the Go SDK reads them; the last one wins.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ErrorDocument, A::Error> {
        let mut document = ErrorDocument::default();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let slot = if name.eq_ignore_ascii_case("code") {
                &mut document.code
            } else if name.eq_ignore_ascii_case("message") {
                &mut document.message
            } else if name.eq_ignore_ascii_case("requestId") {
                &mut document.request_id
            } else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let is_code = name.eq_ignore_ascii_case("code");
            *slot = match map.next_value::<serde_json::Value>()? {
                serde_json::Value::String(text) if is_code && text.is_empty() => None,
                serde_json::Value::String(text) => Some(text),
                serde_json::Value::Number(number) if number.as_i64() != Some(0) => {
                    Some(number.to_string())
                }
                _ => None,
            };
        }
        if document.request_id.as_deref() == Some("") {
            document.request_id = None;
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &'static str,
    ) -> ServiceError {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        ServiceError::from_response(
            StatusCode::from_u16(status).unwrap(),
            &headers,
            &Bytes::from_static(body.as_bytes()),
        )
    }

    fn success(body: &'static str) -> Option<String> {
        let body = Bytes::from_static(body.as_bytes());
        ServiceError::inside_success(StatusCode::OK, &HeaderMap::new(), &body)
            .map(|error| error.code)
    }

    #[test]
    fn the_body_wins_over_headers_and_headers_over_the_status() {
        let headers = [
            ("x-bce-error-code", "FromHeader"),
            ("x-bce-request-id", "header-id"),
        ];
        let error = read(
            403,
            &headers,
            r#"{"code":"FromBody","requestId":"body-id"}"#,
        );
        assert_eq!(
            (error.code(), error.request_id()),
            ("FromBody", Some("body-id"))
        );
        let error = read(403, &headers, "");
        assert_eq!(
            (error.code(), error.request_id()),
            ("FromHeader", Some("header-id"))
        );
        assert_eq!(read(403, &[], "").code(), "AccessDenied");
        assert_eq!(read(429, &[], "").code(), "TooManyRequests");
        assert_eq!(read(599, &[], "").code(), "Http599");
    }

    #[test]
    fn one_bad_text_leaves_the_rest_of_a_document() {
        let error = read(
            403,
            &[],
            r#"{"code":"Other","code":"Forbidden","message":"no \ud83d","requestId":"r"}"#,
        );
        assert_eq!(error.to_string(), "403 Forbidden: no \u{fffd}");
        assert_eq!(error.request_id(), Some("r"));
        let body = Bytes::from_static(b"{\"code\":\"Forbidden\",\"message\":\"\xff\"}");
        let inside = ServiceError::inside_success(StatusCode::OK, &HeaderMap::new(), &body);
        assert_eq!(inside.unwrap().message(), "\u{fffd}");
    }

    #[test]
    fn numeric_codes_and_names_in_any_case_are_read() {
        assert_eq!(read(404, &[], r#"{"code":404}"#).code(), "404");
        assert_eq!(
            read(403, &[], r#"{"Code":"AccessDenied","Message":"m"}"#).message(),
            "m"
        );
    }

    #[test]
    fn a_success_is_an_error_only_with_a_non_empty_top_level_code() {
        assert_eq!(
            success(r#"{"code":"InvalidParameter"}"#).as_deref(),
            Some("InvalidParameter")
        );
        assert_eq!(success(r#"{"code":50001}"#).as_deref(), Some("50001"));
        assert_eq!(success(r#"{"CODE":"Busy"}"#).as_deref(), Some("Busy"));
        assert_eq!(success(r#"{"\u0063ode":"Busy"}"#).as_deref(), Some("Busy"));
        assert_eq!(success(r#"{"code":""}"#), None);
        assert_eq!(success(r#"{"code":null}"#), None);
        assert_eq!(success(r#"{"code":0,"message":"ok"}"#), None);
        assert_eq!(success(r#"{"statusCode":5,"inner":{"code":"X"}}"#), None);
        assert_eq!(success("not json \"code\""), None);
    }

    #[test]
    fn foreign_text_cannot_break_the_line() {
        let error = read(400, &[], r#"{"code":"A\nB","message":"x\r\ny"}"#);
        assert_eq!(error.to_string(), "400 A B: x  y");
    }

    #[test]
    fn a_signature_that_a_service_quotes_is_hidden() {
        let body =
            r#"{"code":"SignatureDoesNotMatch","message":"got 'bce-auth-v1/ak/t/1/h/5f4d' here"}"#;
        assert_eq!(read(403, &[], body).message(), "got 'bce-auth-v1/*** here");
    }

    #[test]
    fn only_what_is_documented_proves_a_refusal() {
        let proves = |status, headers: &[_], body| read(status, headers, body).proves_refusal();
        assert!(proves(403, &[], ""));
        assert!(proves(200, &[], r#"{"code":"Forbidden"}"#));
        assert!(proves(503, &[("retry-after", "1")], ""));
        assert!(!proves(503, &[("retry-after", "soon")], ""));
        assert!(!proves(400, &[], r#"{"code":"InternalError"}"#));
        assert!(!proves(200, &[], r#"{"code":"ServiceUnavailable"}"#));
        assert!(!proves(408, &[], "") && !proves(499, &[], "") && !proves(500, &[], ""));
    }

    #[test]
    fn codes_are_told_apart_and_a_proxy_s_404_is_no_missing_resource() {
        assert!(read(403, &[], r#"{"code":"NotFound"}"#).is_not_found());
        assert!(read(404, &[("x-bce-error-code", "NotFound")], "").is_not_found());
        let page = read(404, &[], "<html>no such page</html>");
        assert!(page.code() == "NotFound" && !page.is_not_found());
        assert!(read(403, &[], r#"{"code":"Forbidden"}"#).is_forbidden());
        assert!(read(403, &[], "").is_forbidden());
        assert!(!read(403, &[], r#"{"code":"NotFound"}"#).is_forbidden());
        assert!(read(429, &[], "").is_throttled());
        assert!(read(200, &[], r#"{"code":"TooManyRequests"}"#).is_throttled());
        assert!(!read(503, &[], "").is_throttled());
    }

    #[test]
    fn a_page_without_document_is_described_but_not_quoted() {
        let error = read(502, &[("content-type", "text/html")], "<html>secret</html>");
        assert_eq!(error.code(), "BadGateway");
        assert_eq!(
            error.message(),
            "the response has no error document (text/html, 19 bytes)"
        );
        assert_eq!(&error.body()[..6], b"<html>");
    }
}
