//! The text that a signature is made of while it is being written: the canonical request and,
//! behind it, the authorization, in one buffer that is allocated once as a rule.

use http::Uri;

use super::canonical::{HeaderLines, push_method_and_path, push_query};
use super::key::SigningKey;
use super::signature::Layout;
use crate::mac::lower_hex;

/// Room for the headers and the authorization of an ordinary request. More makes the buffer grow;
/// beyond a kilobyte, which a request with a session token nearly has, allocating costs a multiple.
const FIXED: usize = 448;

pub(super) struct Buffer {
    pub(super) text: Vec<u8>,
}

impl Buffer {
    /// Creates a buffer with room for an ordinary request, and for `more` bytes than that.
    pub(super) fn new(uri: &Uri, query: &str, more: usize) -> Self {
        let query = query.len() + query.len() / 2;
        let room = FIXED + uri.path().len() + query + more;
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
    pub(super) fn sign(&mut self, lines: &mut HeaderLines<'_>, key: &SigningKey) -> Layout {
        let text = &mut self.text;
        lines.finish(text);
        let canonical_end = text.len();
        let tag = key.key.tag(text);

        text.extend_from_slice(&key.prefix);
        text.push(b'/');
        let names_start = text.len();
        for (index, name) in lines.names().enumerate() {
            if index > 0 {
                text.push(b';');
            }
            text.extend_from_slice(name.as_bytes());
        }
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
