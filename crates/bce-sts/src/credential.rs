//! Conversion of STS responses to credentials that can sign.

use bce_auth::{Credentials, CredentialsError};

use crate::model::StsCredential;

/// Converts a response of STS to session credentials, with the expiry time if the response has one.
///
/// # Errors
///
/// If a part of the response is empty or not allowed in credentials; see [`Credentials::session`].
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
                CredentialsError::new(error.kind(), format!("unusable response of STS: {error}"))
            })?;
        Ok(match issued.expiration {
            Some(expiration) => credentials.with_expires_at(expiration),
            None => credentials,
        })
    }
}
