//! Tokens by which a service recognizes a repeated call.

use rustls::crypto::ring;

use crate::uuid;

/// Returns a unique token: a random UUID.
///
/// A service treats two calls with the same token as one, so the random numbers come from the
/// operating system, as for TLS. Returns `None` if the operating system does not provide any: a
/// call without a token is not retried once it may have been carried out.
///
/// ```
/// let (one, other) = (bce_http::rt::new_token(), bce_http::rt::new_token());
/// assert!(one.is_some_and(|token| token.len() == 36) && other.is_some());
/// ```
pub fn new_token() -> Option<String> {
    let mut random = [0; 16];
    let source = ring::default_provider().secure_random;
    source.fill(&mut random).ok()?;
    let text = uuid::v4(u128::from_ne_bytes(random));
    Some(String::from_utf8_lossy(&text).into_owned())
}
