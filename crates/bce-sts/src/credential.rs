//! From the response of STS to credentials that sign.

use bce_auth::{Credentials, CredentialsError};

use crate::model::StsCredential;

/// Session credentials with their expiry.
///
/// # Errors
///
/// If STS answered with an empty part, or with one that no credentials hold; see
/// [`Credentials::session`].
impl TryFrom<StsCredential> for Credentials {
    type Error = CredentialsError;

    fn try_from(issued: StsCredential) -> Result<Self, CredentialsError> {
        let StsCredential {
            access_key_id,
            secret_access_key,
            session_token,
            ..
        } = issued;
        let credentials =
            Self::session(access_key_id, secret_access_key, session_token).map_err(|error| {
                CredentialsError::new(error.kind(), format!("the answer of STS: {error}"))
            })?;
        Ok(match issued.expiration {
            Some(expiration) => credentials.with_expires_at(expiration),
            None => credentials,
        })
    }
}
