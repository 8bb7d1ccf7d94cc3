//! Checks that the verifier refuses every request without a panic. No input is signed with the
//! secret that the verifier uses, so none is valid.

use crate::head;
use bce_auth::{Credentials, Verifier};
use time::OffsetDateTime;

/// Runs the checks of the fuzz target `verifier` with one input.
pub fn run(data: &[u8]) {
    let Some(parts) = head(data) else { return };
    let now = OffsetDateTime::from_unix_timestamp(1_430_123_029).unwrap();
    let strict = Verifier::new();
    for verifier in [strict.clone(), strict.allow_unsigned_host()] {
        // No request can be signed with a secret that is generated here.
        let verified = verifier.verify(&parts, now, |id| {
            Credentials::new(id, "a secret that no input has").ok()
        });
        let refused = verified.expect_err("trusted without a signature");
        let _ = (refused.to_string(), format!("{refused:?}"));
    }
}
