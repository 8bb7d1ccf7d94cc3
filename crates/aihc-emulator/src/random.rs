//! Identifiers and keys that look like the service's.
//!
//! They only have to differ from each other: the emulator guards nothing worth guessing.

use std::hash::{BuildHasher, RandomState};

/// 64 bits that differ from call to call and from process to process.
fn bits() -> u64 {
    // Every `RandomState` has keys of its own, so hashing a constant is enough.
    RandomState::new().hash_one(0_u8)
}

/// Eight lower-case hexadecimal digits, as in `dv-f458ede5`.
pub(crate) fn hex8() -> String {
    format!("{:08x}", bits() >> 32)
}

/// 32 lower-case hexadecimal digits: the form of access keys, secret keys and account ids.
pub(crate) fn hex32() -> String {
    format!("{:016x}{:016x}", bits(), bits())
}

/// A request id in the form of a version 4 UUID.
pub(crate) fn request_id() -> String {
    let (high, low) = (bits(), bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_keep_their_form() {
        assert_eq!(hex8().len(), 8);
        assert_eq!(hex32().len(), 32);
        let id = request_id();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(id.as_bytes()[14], b'4', "{id}");
    }

    #[test]
    fn two_keys_differ() {
        assert_ne!(hex32(), hex32());
    }
}
