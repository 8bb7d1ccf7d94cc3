//! Who sends a request: signature, clocks and session tokens.

use std::sync::Arc;

use bce_auth::{Credentials, Verifier, VerifyError};
use http::header::AUTHORIZATION;
use http::request::Parts;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{Acl, Permissions, Principal};
use crate::error::ApiError;

/// Who sends a request, and what narrows what they may do.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// Id of the long-term key that everything goes back to.
    pub(crate) key: String,
    pub(crate) permissions: Permissions,
    /// Documents of the session and of those that it came from; each must let a request pass.
    pub(crate) acls: Vec<Arc<Acl>>,
}

/// What an access key id stands for.
#[derive(Debug)]
pub(crate) struct KnownKey {
    pub(crate) caller: Caller,
    pub(crate) credentials: Credentials,
    /// Why the key is refused once its owner has shown the secret.
    pub(crate) refused: Option<&'static str>,
}

/// Checks the signature of a request with the key that `find` knows.
///
/// A temporary access key exists only as long as its session and together with its token; used in
/// any other way it is as good as unknown, and that is the code it gets. No page documents one.
///
/// The two times of a request, in Authorization and in `x-bce-date`, may differ by `apart` at most.
pub(crate) fn authenticate(
    parts: &Parts,
    now: OffsetDateTime,
    apart: Duration,
    find: impl FnOnce(&str) -> Option<KnownKey>,
) -> Result<Caller, ApiError> {
    let mut known = None;
    let find = |access_key_id: &str| {
        let key = find(access_key_id)?;
        known = Some((key.caller, key.refused));
        Some(key.credentials)
    };
    let verified = Verifier::new().verify(parts, now, find).map_err(refusal)?;
    let (caller, refused) = known.ok_or_else(|| refusal(VerifyError::UnknownAccessKey))?;
    if let Some(reason) = refused {
        return Err(ApiError::invalid_access_key(reason));
    }
    // Go makes a long-term client of an empty token, so one that is there was meant for other keys.
    if verified.credentials().session_token().is_none() && verified.security_token().is_some() {
        return Err(ApiError::invalid_access_key(
            "the access key is a long-term one, and the request carries a session token",
        ));
    }
    // A pre-signed URL carries its time in the query; everybody else must send the header.
    if parts.headers.contains_key(AUTHORIZATION) {
        let date = date(parts)
            .ok_or_else(|| ApiError::invalid_auth_header("the header x-bce-date is missing"))?;
        if (date - verified.timestamp()).abs() > apart {
            return Err(ApiError::invalid_auth_header(
                "the time in Authorization is not that of x-bce-date",
            ));
        }
    }
    Ok(caller)
}

/// Returns the time in `x-bce-date`, in a form that the check of the signature lets pass.
fn date(parts: &Parts) -> Option<OffsetDateTime> {
    let text = parts.headers.get("x-bce-date")?.to_str().ok()?;
    OffsetDateTime::parse(text.trim(), &Rfc3339).ok()
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
