//! Checks that encoded bytes decode to the same bytes, and that no input makes the decoder panic.

use bce_auth::encode::{uri_decode, uri_encode, uri_encode_path};

/// Runs the checks of the fuzz target `encode` with one input.
pub fn run(data: &[u8]) {
    let encoded = uri_encode(data);
    assert!(
        encoded
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte))
    );
    assert_eq!(uri_decode(&encoded), data);
    let path = uri_encode_path(data);
    assert_eq!(path.replace('/', "%2F"), encoded);
    assert_eq!(uri_decode(&path), data);
    assert!(uri_decode(data).len() <= data.len());
}
