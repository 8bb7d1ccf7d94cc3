//! HMAC-SHA256: computes tags, compares them in constant time, and converts them to and from hex
//! digits.

use hmac::Hmac;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::digest::{CtOutput, KeyInit, Output};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// The length of an HMAC-SHA256 tag in bytes.
pub(crate) const LEN: usize = 32;

/// The number of bytes that SHA-256 processes at a time.
const BLOCK_LEN: usize = 64;

/// An array that is overwritten with zeros when it is dropped. All bytes are overwritten at once,
/// whereas `Zeroizing` overwrites an array byte by byte.
pub(crate) struct Wiped<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

/// A key that is ready for use: the hasher has already processed the secret. The key is overwritten
/// with zeros when it is dropped.
#[derive(Clone)]
pub(crate) struct Key(HmacCore<Sha256>);

impl Key {
    pub(crate) fn new(secret: &[u8]) -> Self {
        // An array of the length of a block rules out an error; a slice could have any length.
        let mut block = Wiped([0; BLOCK_LEN]);
        match block.0.get_mut(..secret.len()) {
            Some(beginning) => beginning.copy_from_slice(secret),
            None => {
                let digest = Wiped::<LEN>(Sha256::digest(secret).into());
                let pairs = block.0.iter_mut().zip(digest.0);
                pairs.for_each(|(byte, digested)| *byte = digested);
            }
        }
        Self(HmacCore::new((&block.0).into()))
    }

    pub(crate) fn tag(&self, text: &[u8]) -> [u8; LEN] {
        self.over(text).into()
    }

    /// Returns whether `tag` is the HMAC of the text. The comparison takes the same time wherever
    /// the tags differ.
    pub(crate) fn verify(&self, text: &[u8], tag: &[u8]) -> bool {
        let Ok(tag) = <[u8; LEN]>::try_from(tag) else {
            return false;
        };
        CtOutput::<Hmac<Sha256>>::new(self.over(text)) == CtOutput::new(tag.into())
    }

    fn over(&self, text: &[u8]) -> Output<Hmac<Sha256>> {
        let mut core = self.0.clone();
        let mut buffer = Buffer::<HmacCore<Sha256>>::default();
        buffer.digest_blocks(text, |blocks| core.update_blocks(blocks));
        let mut tag = Output::<Hmac<Sha256>>::default();
        core.finalize_fixed_core(&mut buffer, &mut tag);
        tag
    }
}

/// Returns an HMAC tag in lower-case hex digits, as a signature is written.
pub(crate) fn lower_hex(bytes: &[u8; LEN]) -> [u8; 2 * LEN] {
    // The digits are computed and not looked up in a table: the compiler converts many digits in
    // one step, and which memory is read does not depend on a secret.
    let digit = |value: u8| value + b'0' + u8::from(value > 9) * (b'a' - b'0' - 10);
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        if let [high, low] = pair {
            (*high, *low) = (digit(byte >> 4), digit(byte & 0xF));
        }
    }
    text
}

/// Parses an HMAC tag in lower-case hex digits, as a signature is written. Returns `None` for any
/// other form.
pub(crate) fn read_lower_hex(text: &[u8]) -> Option<[u8; LEN]> {
    let mut bytes = [0; LEN];
    if text.len() != 2 * LEN {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = hex_value(high)? << 4 | hex_value(low)?;
    }
    Some(bytes)
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hmac::digest::Mac;
    use proptest::prelude::*;

    use super::*;

    fn hex(key: &[u8], text: &[u8]) -> String {
        let tag = Key::new(key).tag(text);
        String::from_utf8(lower_hex(&tag).to_vec()).unwrap()
    }

    /// Cases 1, 2, 6 and 7 of RFC 4231: short keys, and keys longer than a block.
    #[test]
    fn tags_are_those_of_rfc_4231() {
        for (key, text, tag) in [
            (
                &[0x0b; 20][..],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than \
                  block-size data. The key needs to be hashed before being used by the HMAC \
                  algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            assert_eq!(hex(key, text), tag);
        }
    }

    #[test]
    fn a_key_of_one_block_is_used_as_it_is_and_one_byte_more_is_digested() {
        let long = [7; BLOCK_LEN + 1];
        let digest: [u8; LEN] = Sha256::digest(long).into();
        assert_eq!(hex(&long, b"text"), hex(&digest, b"text"));
        let whole = [7; BLOCK_LEN];
        let digest: [u8; LEN] = Sha256::digest(whole).into();
        assert_ne!(hex(&whole, b"text"), hex(&digest, b"text"));
        assert_ne!(hex(&whole, b"text"), hex(&whole[1..], b"text"));
    }

    /// Tests every length up to several blocks. Depending on the length, the last part of the input
    /// and the padding of SHA-256 take up one block or two.
    #[test]
    fn tags_are_those_of_hmac_for_all_lengths() {
        let bytes: [u8; 300] = std::array::from_fn(|i| (i * 37 % 251) as u8);
        for key_len in 0..=200 {
            check(&bytes[..key_len], b"text");
        }
        for len in 0..=bytes.len() {
            check(b"key", &bytes[..len]);
        }
    }

    proptest! {
        #[test]
        fn tags_are_those_of_hmac(
            key in proptest::collection::vec(any::<u8>(), 0..=200),
            text in proptest::collection::vec(any::<u8>(), 0..=300),
        ) {
            check(&key, &text);
        }
    }

    fn check(key: &[u8], text: &[u8]) {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text);
        let tag: [u8; LEN] = mac.finalize().into_bytes().into();
        let ours = Key::new(key);
        assert_eq!(ours.tag(text), tag);
        assert!(ours.verify(text, &tag));
    }

    #[test]
    fn only_the_whole_tag_of_the_same_text_is_right() {
        let key = Key::new(b"key");
        let tag = key.tag(b"text");
        assert!(key.verify(b"text", &tag));
        assert!(!key.verify(b"texT", &tag));
        assert!(!key.verify(b"text", &tag[..31]));
        assert!(!key.verify(b"text", b""));
        assert!(!Key::new(b"other").verify(b"text", &tag));
    }

    #[test]
    fn hex_is_read_back_in_lower_case_only() {
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * 8).unwrap());
        let mut text = lower_hex(&bytes);
        assert_eq!(read_lower_hex(&text), Some(bytes));
        assert_eq!(read_lower_hex(&text.to_ascii_uppercase()), None);
        assert_eq!(read_lower_hex(&text[1..]), None);
        text[5] = b'g';
        assert_eq!(read_lower_hex(&text), None);
    }
}
