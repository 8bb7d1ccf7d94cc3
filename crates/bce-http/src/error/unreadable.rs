//! Descriptions of bodies that cannot be read as a response.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use super::foreign::answered_by;
use super::redact;
use crate::headers::{self, carries_id};
use crate::mask::Secrets;

/// The maximum number of characters that are quoted from the beginning of a body or a header. A
/// body is quoted only if it may come from a server other than the service.
const SHOWN: usize = 80;

/// A response that has a success status, but cannot be read or is not accepted as the service's.
/// `Display` describes the response and the reason.
pub(crate) struct Unreadable<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) problem: &'a dyn fmt::Display,
    /// Whether to quote the beginning of the body, and to name the server that sent it. `false` if
    /// the body may contain secrets or data of a user, as the service's own responses can.
    pub(crate) foreign: bool,
    /// The secrets that must not be shown in connection with the call.
    pub(crate) secrets: &'a Secrets,
}

impl fmt::Display for Unreadable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = |name: http::HeaderName| {
            headers::text(self.headers, &name).map(|text| self.secrets.mask(text))
        };
        let problem = self.secrets.mask(self.problem.to_string());
        write!(f, "the response cannot be read: {problem}")?;
        write!(f, "; status {}", self.status.as_u16())?;
        match header(CONTENT_TYPE) {
            Some(kind) => write!(f, ", {}", short(&kind))?,
            None => f.write_str(", no content type")?,
        }
        if let Some(encoding) = header(CONTENT_ENCODING) {
            write!(f, ", {}-encoded", short(&encoding))?;
        }
        write!(f, ", {} bytes", self.body.len())?;
        if self.foreign && !carries_id(self.headers) {
            write!(f, " from {}", answered_by(self.headers, self.secrets))?;
        }
        if self.foreign && !self.body.is_empty() {
            write!(f, ": {:?}", beginning(self.body, self.secrets))?;
        }
        Ok(())
    }
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// Returns the first characters of a body. White space and control characters are replaced, because
/// they could affect a terminal or a log; parts of a signed request, and text that may be a key or
/// a token, are masked.
fn beginning(body: &[u8], secrets: &Secrets) -> String {
    let text = redact::beginning(body, secrets);
    let shown: String = without_keys(&text).chars().take(SHOWN).collect();
    shown.replace(|c: char| !c.is_ascii_graphic() && !c.is_alphanumeric(), " ")
}

/// Replaces suspiciously long words with `***`: the server may be a different service, whose
/// responses contain keys.
fn without_keys(text: &str) -> String {
    const LONGEST_WORD: usize = 15;
    let of_key = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut shown = String::new();
    for part in text.split_inclusive(|c| !of_key(c)) {
        let word = part.trim_end_matches(|c| !of_key(c));
        let is_word = word.len() <= LONGEST_WORD;
        shown.push_str(if is_word { word } else { "***" });
        shown.push_str(&part[word.len()..]);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(
        headers: &[(&'static str, &'static str)],
        body: &'static [u8],
        foreign: bool,
    ) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Unreadable {
            status: StatusCode::OK,
            headers: &headers,
            body: &Bytes::from_static(body),
            problem: &"it is no object",
            foreign,
            secrets: &Secrets::default(),
        }
        .to_string()
    }

    #[test]
    fn what_a_gateway_wrote_is_named_and_quoted() {
        let headers = [("content-type", "text/html"), ("server", "nginx/1.22")];
        assert_eq!(
            text(&headers, b"<html>\n<p>\x1b[31mlogin</p>", true),
            "the response cannot be read: it is no object; status 200, text/html, 24 bytes from \
             nginx/1.22: \"<html> <p> [31mlogin</p>\""
        );
        let gzip = [("content-encoding", "gzip")];
        assert_eq!(
            text(&gzip, b"\x1f\x8b", true),
            "the response cannot be read: it is no object; status 200, no content type, \
             gzip-encoded, 2 bytes from a gateway: \"  \""
        );
    }

    #[test]
    fn what_the_service_wrote_is_not_quoted() {
        let headers = [
            ("x-bce-request-id", "r"),
            ("content-type", "application/json"),
        ];
        let shown = text(&headers, b"{\"secretAccessKey\":\"hunter2\"}", false);
        assert!(
            !shown.contains("hunter2") && !shown.contains("from"),
            "{shown}"
        );
    }

    #[test]
    fn no_more_than_eighty_characters_and_no_authorization_are_shown() {
        let long: &'static [u8] = &[b'.'; 1000];
        assert!(text(&[], long, true).ends_with(&format!("\"{}\"", ".".repeat(80))));
        let keys = br#"{"secretAccessKey":"wJalrXUtnFEMI/K7MDENG","message":"a short text"}"#;
        let shown = text(&[], keys, true);
        assert!(
            shown.contains("***") && shown.contains("a short text"),
            "{shown}"
        );
        assert!(
            !shown.contains("wJalr") && !shown.contains("MDENG"),
            "{shown}"
        );
        let echo = text(
            &[],
            b"{\"Authorization\": \"bce-auth-v1/ak/2026/1800/host/5f4d\"}",
            true,
        );
        assert!(
            echo.contains("bce-auth-v1/***") && !echo.contains("5f4d"),
            "{echo}"
        );
    }
}
