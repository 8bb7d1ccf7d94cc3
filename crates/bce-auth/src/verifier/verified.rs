//! The sender of a request whose signature has been checked.

use std::fmt;

use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::secret::Secret;

/// A request with a correct signature, and its sender.
#[derive(Clone)]
pub struct Verified {
    pub(super) credentials: Credentials,
    pub(super) timestamp: OffsetDateTime,
    pub(super) expire_seconds: i64,
    pub(super) signed_headers: Vec<String>,
    pub(super) security_token: Option<Secret>,
}

impl Verified {
    /// Returns the access key id of the credentials with which the request was signed.
    pub fn access_key_id(&self) -> &str {
        self.credentials.access_key_id()
    }

    /// Returns the credentials with which the request was signed, as the function that was passed
    /// to [`Verifier::verify`](crate::Verifier::verify) returned them.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the time at which the request was signed, in UTC and whole seconds.
    pub fn timestamp(&self) -> OffsetDateTime {
        self.timestamp
    }

    /// Returns how long the signature is valid, in seconds from [`Verified::timestamp`]; a negative
    /// number means forever.
    pub fn expire_seconds(&self) -> i64 {
        self.expire_seconds
    }

    /// Returns the lower-case names of the headers that the signature covers, sorted. Do not trust
    /// any other headers.
    pub fn signed_headers(&self) -> &[String] {
        &self.signed_headers
    }

    /// Returns the session token of the request, or `None` if it has none.
    ///
    /// For session credentials, the token has been compared with that of the credentials. For
    /// long-term credentials, it has no meaning, and the signature does not necessarily cover it.
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_ref().map(Secret::expose)
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("access_key_id", &self.access_key_id())
            .field("timestamp", &self.timestamp)
            .field("expire_seconds", &self.expire_seconds)
            .field("signed_headers", &self.signed_headers)
            .field("security_token", &self.security_token)
            .finish_non_exhaustive()
    }
}
