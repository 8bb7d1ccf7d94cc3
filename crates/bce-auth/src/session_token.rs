//! A session token in all the forms that signing needs.

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::encode::push_encoded;
use crate::secret::Secret;

/// A session token that can be sent in a header, in all the forms that signing needs. The forms are
/// overwritten with zeros when they are dropped. The header value is shared with the requests that
/// contain it, so it is overwritten when the token and all of these requests have been dropped.
#[derive(Clone)]
pub(crate) struct SessionToken {
    text: Secret,
    /// The encoded form, which canonical requests contain.
    encoded: Zeroizing<Vec<u8>>,
    /// The header value. All requests share one copy, which is marked as sensitive.
    header: HeaderValue,
}

impl SessionToken {
    /// Creates a token. Returns `None` if it cannot be sent in a header. This is stricter than
    /// `HeaderValue`: bytes beyond ASCII are refused.
    pub(crate) fn new(text: Secret) -> Option<Self> {
        let bytes = text.expose().as_bytes();
        if !bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            return None;
        }
        // The capacity is that of the longest form: if the vector grew, it would leave parts of the
        // token behind in memory.
        let mut encoded = Zeroizing::new(Vec::with_capacity(3 * bytes.len()));
        push_encoded(&mut encoded, bytes);
        let shared = Bytes::from_owner(Zeroizing::new(bytes.to_vec()));
        let mut header = HeaderValue::from_maybe_shared(shared).ok()?;
        header.set_sensitive(true);
        Some(Self {
            text,
            encoded,
            header,
        })
    }

    pub(crate) fn text(&self) -> &Secret {
        &self.text
    }

    pub(crate) fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_of_the_same_token() {
        let token = SessionToken::new("a/b c+=".into()).unwrap();
        assert_eq!(token.text().expose(), "a/b c+=");
        assert_eq!(token.encoded(), b"a%2Fb%20c%2B%3D");
        assert_eq!(token.header(), "a/b c+=");
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn requests_share_one_copy_of_the_header() {
        let token = SessionToken::new("token".into()).unwrap();
        let (one, other) = (token.header().clone(), token.clone().header().clone());
        assert_eq!(one.as_bytes().as_ptr(), other.as_bytes().as_ptr());
        assert!(other.is_sensitive());
    }

    #[test]
    fn only_visible_ascii_and_spaces_can_be_sent() {
        for bad in ["令牌", "a\tb", "a\nb", "\u{7f}"] {
            assert!(SessionToken::new(bad.into()).is_none(), "{bad:?}");
        }
    }
}
