//! The buffer into which a signature is written: the canonical request, followed by the
//! authorization, usually in a single allocation.

use http::Uri;

use super::canonical::{HeaderLines, push_method_and_path, push_query};
use super::key::SigningKey;
use super::signature::Layout;
use crate::mac::lower_hex;

/// The space that is reserved for the headers and the authorization of an ordinary request, in
/// bytes. For a larger request, the buffer grows. The constant is not larger because an allocation
/// of more than a kilobyte takes several times as long, and the buffer for a request with a session
/// token is nearly that large.
const FIXED: usize = 448;

pub(super) struct Buffer {
    pub(super) text: Vec<u8>,
}

impl Buffer {
    /// Creates a buffer with space for an ordinary request and `more` additional bytes.
    pub(super) fn new(uri: &Uri, query: &str, more: usize) -> Self {
        let query = query.len() + query.len() / 2;
        let room = FIXED + uri.path().len() + query + more;
        Self {
            text: Vec::with_capacity(room),
        }
    }

    /// Writes the method, the path and the query. Returns whether the query contains a session
    /// token.
    pub(super) fn push_target(&mut self, method: &http::Method, uri: &Uri, query: &str) -> bool {
        push_method_and_path(&mut self.text, method, uri);
        push_query(&mut self.text, query)
    }

    /// Ends the canonical request, and writes the authorization. Returns the positions of all parts
    /// in the buffer.
    pub(super) fn sign(&mut self, lines: &mut HeaderLines<'_>, key: &SigningKey) -> Layout {
        let text = &mut self.text;
        lines.finish(text);
        let canonical_end = text.len();
        let tag = key.key.tag(text);

        text.extend_from_slice(&key.prefix);
        text.push(b'/');
        let names_start = text.len();
        lines.push_names(text);
        let names_end = text.len();
        text.push(b'/');
        let tag_start = text.len();
        text.extend_from_slice(&lower_hex(&tag));

        Layout {
            canonical_request: 0..canonical_end,
            authorization: canonical_end..text.len(),
            signed_headers: names_start..names_end,
            signature: tag_start..text.len(),
        }
    }
}
