//! From the answer of STS to credentials that sign.

use bce_auth::{Credentials, CredentialsError};

use crate::model::StsCredential;

/// Session credentials with their expiry.
///
/// # Errors
/// When STS answered with an empty part.
impl TryFrom<StsCredential> for Credentials {
    type Error = CredentialsError;

    fn try_from(issued: StsCredential) -> Result<Self, CredentialsError> {
        let StsCredential {
            access_key_id,
            secret_access_key,
            session_token,
            ..
        } = issued;
        let credentials = Self::session(access_key_id, secret_access_key, session_token)?;
        Ok(match issued.expiration {
            Some(expiration) => credentials.with_expires_at(expiration),
            None => credentials,
        })
    }
}
