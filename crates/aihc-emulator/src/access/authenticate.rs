//! Identification of the sender of a request, by signature, time and session token.

use std::sync::Arc;

use bce_auth::{Credentials, Verifier, VerifyError};
use http::header::AUTHORIZATION;
use http::request::Parts;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{Acl, Permissions, Principal};
use crate::error::ApiError;

/// The sender of a request, with its permissions and the access control documents that limit them.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// The id of the long-term key behind the request: the key that signed it or, in a session, the
    /// key with which the session was requested.
    pub(crate) key: String,
    pub(crate) permissions: Permissions,
    /// The access control documents of the caller's session, and of the sessions through which that
    /// session was requested. Each document must allow a request.
    pub(crate) acls: Vec<Arc<Acl>>,
}

/// The result of looking up an access key id: the caller, the credentials, and whether the key is
/// refused.
#[derive(Debug)]
pub(crate) struct KnownKey {
    pub(crate) caller: Caller,
    pub(crate) credentials: Credentials,
    /// The reason why the key is refused; `None` if it is accepted. The reason is sent only if the
    /// signature is correct, which proves that the caller knows the secret.
    pub(crate) refused: Option<&'static str>,
}

/// Checks the signature of a request, and returns the sender. `find` returns the key that has a
/// given access key id.
///
/// A temporary access key is valid only during its session and together with its token; otherwise,
/// it is refused like an unknown key. Which error code the service sends in this case is
/// undocumented.
///
/// A request with `Authorization` must also have `x-bce-date`, and the times in these two headers
/// may differ by at most `apart`. A pre-signed URL contains only one time, so nothing is compared.
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
    // The Go SDK treats credentials with an empty token as a long-term key, so a token that is sent
    // must belong to another key.
    if verified.credentials().session_token().is_none() && verified.security_token().is_some() {
        return Err(ApiError::invalid_access_key(
            "the access key is a long-term key, but the request carries a session token",
        ));
    }
    // A pre-signed URL carries its time in the query; all other requests must have the header.
    if parts.headers.contains_key(AUTHORIZATION) {
        let date = date(parts)
            .ok_or_else(|| ApiError::invalid_auth_header("the x-bce-date header is missing"))?;
        if (date - verified.timestamp()).abs() > apart {
            return Err(ApiError::invalid_auth_header(
                "the time in Authorization differs from x-bce-date",
            ));
        }
    }
    Ok(caller)
}

/// Parses the time in the header `x-bce-date`, which has the format of RFC 3339. Returns `None` if
/// the header is missing or malformed.
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
        // The remaining errors concern the form: missing, malformed, ambiguous, or without a signed
        // host.
        _ => ApiError::invalid_auth_header(message),
    }
}
