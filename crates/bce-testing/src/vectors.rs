//! Golden data. `vectors/README.md` says where it comes from.

/// Signatures of the official SDKs.
pub const SIGNING: &str = include_str!("../vectors/signing.json");
/// Requests that the official Go SDK put on the wire.
pub const WIRE: &str = include_str!("../vectors/wire.json");
/// Response bodies with what a correct client makes of them.
pub const RESPONSES: &str = include_str!("../vectors/responses.json");
