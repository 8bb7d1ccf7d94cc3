//! Computes the HMACs of a signature and nothing else, which is the least that any signer has to
//! do.

use ring::hmac::{HMAC_SHA256, Key, Tag, sign};

use super::midstates::Midstates;

/// The strings from which one signature is computed, and the keys that have been derived from them.
#[derive(Debug)]
pub(crate) struct Floor {
    secret: Vec<u8>,
    /// The first part of the value of `Authorization`: the version, the access key id, the
    /// timestamp and the expiry.
    prefix: String,
    canonical_request: String,
    key: Key,
    fastest: Midstates,
}

impl Floor {
    pub(crate) fn new(secret: &str, prefix: &str, canonical_request: &str) -> Self {
        let mut floor = Self {
            secret: secret.as_bytes().to_vec(),
            prefix: prefix.to_owned(),
            canonical_request: canonical_request.to_owned(),
            key: Key::new(HMAC_SHA256, b""),
            fastest: Midstates::new(&[0; 64]),
        };
        let secret = floor.derive();
        floor.key = Key::new(HMAC_SHA256, &secret);
        floor.fastest = Midstates::new(&secret);
        floor
    }

    /// Computes a signature with a cached key: one HMAC over the canonical request.
    pub(crate) fn one(&self) -> Tag {
        sign(&self.key, self.canonical_request.as_bytes())
    }

    /// Computes a signature from the secret: creates an HMAC key from the secret, computes an HMAC
    /// over the prefix, creates another key from the 64 hexadecimal digits of that HMAC, and
    /// computes an HMAC over the canonical request.
    pub(crate) fn two(&self) -> Tag {
        let key = Key::new(HMAC_SHA256, &self.derive());
        sign(&key, self.canonical_request.as_bytes())
    }

    /// Computes the same signature as [`one`](Self::one), with the HMAC of [`Midstates`].
    pub(crate) fn fastest(&self) -> [u8; 32] {
        self.fastest.tag(self.canonical_request.as_bytes())
    }

    fn derive(&self) -> [u8; 64] {
        let digest = sign(&Key::new(HMAC_SHA256, &self.secret), self.prefix.as_bytes());
        hex(digest.as_ref())
    }
}

/// Converts a digest to hexadecimal digits at the lowest possible cost: without allocations and
/// branches.
fn hex(digest: &[u8]) -> [u8; 64] {
    let digit = |value: u8| value + b'0' + u8::from(value > 9) * (b'a' - b'0' - 10);
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
        if let [high, low] = pair {
            (*high, *low) = (digit(byte >> 4), digit(byte & 0xF));
        }
    }
    text
}
