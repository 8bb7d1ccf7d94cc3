//! Tokens by which a service knows that a call is the same again.

use rustls::crypto::ring;

use crate::uuid;

/// Returns a token that no other call has: a random UUID.
///
/// Two calls with the same token are one for a service, so the random numbers are those of the operating
/// system, as TLS uses them. `None` if it gives none: a call without a token is not repeated then.
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
