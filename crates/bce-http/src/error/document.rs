//! Finds the code, the message and the request id in the body of a response.

use std::sync::LazyLock;

use http::HeaderMap;
use memchr::memchr2_iter;
use memchr::memmem::Finder;

use crate::codec::{self, Failed, Members, Value, Word};
use crate::headers::request_id;

/// Byte sequences, at least one of which occurs in every document with a member `code`, `Code` or
/// `CODE`, even if the name contains escapes.
static PARTS_OF_CODE: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| [LOWER, UPPER, ESCAPE].map(Finder::new));
const LOWER: &[u8] = b"ode\"";
const UPPER: &[u8] = b"ODE\"";
const ESCAPE: &[u8] = b"\\u00";

/// The search for `UPPER` and `ESCAPE` examines each byte `O` or `\` in a body. After this number
/// of such bytes, it searches the remaining body for each of the two sequences separately.
const FEW: usize = 256;

#[derive(Clone, Default)]
pub(super) struct ErrorDocument {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
}

impl ErrorDocument {
    /// Parses the code, the message and the id in a body. Returns `None` if the body cannot be read
    /// as a JSON object.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut document = codec::members_from_json(body, &[], Self::default).ok()?;
        document.request_id = document.request_id.filter(|id| !id.is_empty());
        Some(document)
    }
}

// Names are case-insensitive, as in the Go SDK. If a name occurs several times, the last one
// counts.
impl Members for ErrorDocument {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        let is_code = name.eq_ignore_ascii_case("code");
        let slot = if is_code {
            &mut self.code
        } else if name.eq_ignore_ascii_case("message") {
            &mut self.message
        } else if name.eq_ignore_ascii_case("requestId") {
            &mut self.request_id
        } else {
            return Ok(());
        };
        *slot = match Word::read(value)? {
            Word::Text(text) if is_code && text.is_empty() => None,
            Word::Text(text) => Some(text),
            Word::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
            _ => None,
        };
        Ok(())
    }
}

/// Returns whether a body may contain a member `code`, `Code` or `CODE`. Most bodies do not, and
/// this search takes far less time than parsing the body a second time.
pub(super) fn may_name_code(body: &[u8]) -> bool {
    let [lower, upper, escape] = &*PARTS_OF_CODE;
    if lower.find(body).is_some() {
        return true;
    }
    // The first bytes of the other two sequences are rare, so one pass usually rules out both.
    for (seen, at) in memchr2_iter(b'O', b'\\', body).enumerate() {
        let rest = body.get(at..).unwrap_or_default();
        if seen == FEW {
            return upper.find(rest).is_some() || escape.find(rest).is_some();
        }
        if rest.starts_with(UPPER) || rest.starts_with(ESCAPE) {
            return true;
        }
    }
    false
}

/// Returns the id that the service assigned to a request, from the body of its response, or else
/// from the headers; `None` if neither contains an id. A long body is not searched.
pub(crate) fn request_id_of(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    // A long document is not parsed again just for the id.
    let document = Some(body).filter(|body| body.len() <= codec::LONG);
    let in_body = document.and_then(ErrorDocument::parse);
    let in_body = in_body.and_then(|document| document.request_id);
    in_body.or_else(|| request_id(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_name_is_found_wherever_it_is() {
        for name in ["code", "Code", "CODE", "c\\u006fde", "\\u0043ODe"] {
            for before in ["", "O", "ode", "\\n", "O\\"] {
                for times in [0, 1, FEW - 1, FEW, FEW + 1] {
                    let before = before.repeat(times);
                    let body = format!(r#"{{"a":"{before} ","{name}":1}}"#);
                    assert!(may_name_code(body.as_bytes()), "{body}");
                    let other = body.replace(&format!("{name}\":"), "cod\":");
                    assert!(!may_name_code(other.as_bytes()), "{other}");
                }
            }
        }
    }
}
