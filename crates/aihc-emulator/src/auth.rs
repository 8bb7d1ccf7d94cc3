//! Who sends a request: signature, clocks and session tokens.

use bce_auth::{Credentials, Verifier, VerifyError};
use http::header::AUTHORIZATION;
use http::request::Parts;
use time::OffsetDateTime;

use crate::error::ApiError;
use crate::state::Principal;

/// What an access key id stands for.
#[derive(Debug)]
pub(crate) struct KnownKey {
    pub(crate) principal: Principal,
    pub(crate) credentials: Credentials,
}

/// Checks the signature of a request with the key that `find` knows.
///
/// A temporary access key exists only as long as its session and together with its token; used in
/// any other way it is as good as unknown, and that is the code it gets. No page documents one.
pub(crate) fn authenticate(
    parts: &Parts,
    now: OffsetDateTime,
    find: impl FnOnce(&str) -> Option<KnownKey>,
) -> Result<Principal, ApiError> {
    let mut principal = None;
    let find = |access_key_id: &str| {
        let key = find(access_key_id)?;
        principal = Some(key.principal);
        Some(key.credentials)
    };
    let verified = Verifier::new().verify(parts, now, find).map_err(refusal)?;
    if verified.credentials().is_expired_at(now) {
        return Err(ApiError::invalid_access_key(
            "the session token has expired",
        ));
    }
    // A pre-signed URL carries its time in the query; everybody else must send the header.
    if parts.headers.contains_key(AUTHORIZATION) && !parts.headers.contains_key("x-bce-date") {
        return Err(ApiError::invalid_auth_header(
            "the header x-bce-date is missing",
        ));
    }
    principal.ok_or_else(|| refusal(VerifyError::UnknownAccessKey))
}

fn refusal(error: VerifyError) -> ApiError {
    let message = error.to_string();
    match error {
        VerifyError::Expired | VerifyError::Skewed { .. } => ApiError::request_expired(message),
        VerifyError::UnknownAccessKey | VerifyError::TokenMissing | VerifyError::TokenMismatch => {
            ApiError::invalid_access_key(message)
        }
        VerifyError::SignatureMismatch
        | VerifyError::HeaderMissing { .. }
        | VerifyError::TokenNotSigned => ApiError::signature_mismatch(message),
        // The rest is about the form: missing, malformed, ambiguous, the host not signed.
        _ => ApiError::invalid_auth_header(message),
    }
}
