//! The result of signing.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

/// Positions in the text that signing writes: of the canonical request, of the authorization after
/// it, and of two parts of the authorization (the names of the signed headers, and the signature).
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) canonical_request: Range<usize>,
    pub(super) authorization: Range<usize>,
    pub(super) signed_headers: Range<usize>,
    pub(super) signature: Range<usize>,
}

/// A signature, and the text that was signed.
///
/// Anyone who has the authorization can repeat the request until it expires, and the canonical
/// request may contain a session token, so `Debug` shows only the names of the signed headers.
#[derive(Clone)]
pub struct Signature {
    text: Bytes,
    layout: Layout,
}

impl Signature {
    pub(super) fn new(text: Bytes, layout: Layout) -> Self {
        Self { text, layout }
    }

    /// Returns the canonical request: the method, the path, the query and the header lines,
    /// separated by line ends.
    pub fn canonical_request(&self) -> &str {
        self.part(&self.layout.canonical_request)
    }

    /// Returns the lower-case names of the signed headers, sorted and separated by `;`.
    pub fn signed_headers(&self) -> &str {
        self.part(&self.layout.signed_headers)
    }

    /// Returns the signature itself: 64 lower-case hex digits.
    pub fn signature(&self) -> &str {
        self.part(&self.layout.signature)
    }

    /// Returns the value of the `Authorization` header.
    pub fn authorization(&self) -> &str {
        self.part(&self.layout.authorization)
    }

    fn part(&self, range: &Range<usize>) -> &str {
        // The text is entirely ASCII, so neither step can fail.
        let bytes = self.text.get(range.clone()).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature")
            .field("signed_headers", &self.signed_headers())
            .finish_non_exhaustive()
    }
}
