//! Where the body of an answer names code, message and request id.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use http::HeaderMap;
use memchr::memchr;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::codec::{self, Word};
use crate::headers::request_id;

/// What a document with a member `code` has in it, in any spelling of the name.
static PARTS_OF_CODE: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| [&b"ode\""[..], b"ODE\"", b"\\u00"].map(Finder::new));

#[derive(Clone, Default)]
pub(super) struct ErrorDocument {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
}

impl ErrorDocument {
    /// Reads what a body names, if it is a document.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        codec::any_from_json(body)
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
            *slot = match map.next_value::<Word>()? {
                Word::Text(text) if is_code && text.is_empty() => None,
                Word::Text(text) => Some(text),
                Word::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
                _ => None,
            };
        }
        if document.request_id.as_deref() == Some("") {
            document.request_id = None;
        }
        Ok(document)
    }
}

/// Whether a body may hold a member `code`. Most hold none, and a search is far cheaper than a
/// second parse.
pub(super) fn may_name_code(body: &[u8]) -> bool {
    let [lower, upper, escape] = &*PARTS_OF_CODE;
    let escaped = || memchr(b'\\', body).is_some() && escape.find(body).is_some();
    lower.find(body).is_some() || upper.find(body).is_some() || escaped()
}

/// The id that the service gave a request, from the body or the headers of its response.
pub(super) fn request_id_of(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    // A long document is not read once more for that.
    let document = Some(body).filter(|body| body.len() <= codec::LONG);
    let in_body = document.and_then(ErrorDocument::parse);
    let in_body = in_body.and_then(|document| document.request_id);
    in_body.or_else(|| request_id(headers))
}
