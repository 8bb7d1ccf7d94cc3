//! Counts the instructions of an HMAC, which is assembler code that this project does not change.
//! If the count differs by more than 1 % from the saved one, the two counts are assumed to come
//! from different kinds of processors.

use std::hint::black_box;

use ring::hmac::{HMAC_SHA256, Key, Tag};

use crate::{Operation, counted};

pub(crate) const OPERATIONS: &[Operation] = &[("hmac", || {
    counted(hmac, kept_key());
})];

fn kept_key() -> Key {
    Key::new(HMAC_SHA256, &[b'k'; 64])
}

fn hmac(key: Key) -> (Tag, Key) {
    (ring::hmac::sign(&key, black_box(&[b'x'; 213])), key)
}
