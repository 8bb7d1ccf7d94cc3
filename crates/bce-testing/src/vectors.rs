//! Test vectors, that is, reference data for tests; `vectors/README.md` describes where they come
//! from.

/// Signatures that the official SDKs have produced.
pub const SIGNING: &str = include_str!("../vectors/signing.json");
/// Requests as the official Go SDK sends them.
pub const WIRE: &str = include_str!("../vectors/wire.json");
/// Response bodies, with the results that a correct client returns for them.
pub const RESPONSES: &str = include_str!("../vectors/responses.json");
