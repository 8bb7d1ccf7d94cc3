//! The text that a signature is made of while it is being written: the canonical request and,
//! behind it, the authorization, in one buffer that is allocated once.

use http::Uri;
use http::request::Parts;
use ring::hmac;

use super::canonical::{HeaderLines, push_method_and_path, push_query};
use super::key::KeyCache;
use super::signature::Layout;
use crate::credentials::Credentials;
use crate::encode::push_hex;
use crate::protocol::VERSION;
use crate::timestamp;

/// Room for the fixed parts: line ends, version, time stamp, expiry, names and the signature.
const FIXED: usize = 320;

pub(super) struct Draft {
    pub(super) text: Vec<u8>,
}

impl Draft {
    /// A draft with enough room for whatever `parts`, `query` and `more` bytes can encode to.
    pub(super) fn new(parts: &Parts, query: &str, more: usize) -> Self {
        let headers = parts.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| 2 * name.as_str().len() + 3 * value.len() + 2)
            .sum();
        // Query and headers stand there twice while they are sorted.
        let wire = parts.uri.path().len() + 2 * query.len();
        let room = FIXED + parts.method.as_str().len() + 3 * wire + 2 * headers + 7 * more;
        Self {
            text: Vec::with_capacity(room),
        }
    }

    /// Writes method, path and query; says whether the query carries a session token.
    pub(super) fn push_target(&mut self, method: &http::Method, uri: &Uri, query: &str) -> bool {
        push_method_and_path(&mut self.text, method, uri);
        push_query(&mut self.text, query)
    }

    /// Ends the canonical request, writes the authorization and says where everything is.
    pub(super) fn sign(
        &mut self,
        lines: &mut HeaderLines<'_>,
        credentials: &Credentials,
        stamp: &[u8; timestamp::LEN],
        expire_seconds: i64,
        keys: &KeyCache,
    ) -> Layout {
        let names = lines.finish(&mut self.text);
        let text = &mut self.text;
        let canonical_end = text.len();

        text.extend_from_slice(VERSION.as_bytes());
        text.push(b'/');
        text.extend_from_slice(credentials.access_key_id().as_bytes());
        text.push(b'/');
        let stamp_start = text.len();
        text.extend_from_slice(stamp);
        let stamp_end = text.len();
        text.push(b'/');
        push_decimal(text, expire_seconds);
        let (canonical, prefix) = text.split_at(canonical_end);
        let tag = hmac::sign(&keys.get(credentials, prefix), canonical);

        text.push(b'/');
        let names_start = text.len();
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                text.push(b';');
            }
            text.extend_from_slice(name.as_bytes());
        }
        let names_end = text.len();
        text.push(b'/');
        let tag_start = text.len();
        push_hex(text, tag.as_ref());

        Layout {
            canonical_request: 0..canonical_end,
            authorization: canonical_end..text.len(),
            timestamp: stamp_start..stamp_end,
            signed_headers: names_start..names_end,
            signature: tag_start..text.len(),
        }
    }
}

fn push_decimal(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let start = out.len();
    let mut rest = number.unsigned_abs();
    loop {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.get_mut(start..).unwrap_or_default().reverse();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expiry_is_written_as_display_writes_it() {
        for number in [0, 7, 10, 1800, -1, -60, i64::MAX, i64::MIN] {
            let mut out = b"x/".to_vec();
            push_decimal(&mut out, number);
            assert_eq!(out, format!("x/{number}").into_bytes());
        }
    }
}
