//! Errors about credentials, and errors of the signer. The verifier has its own:
//! [`crate::VerifyError`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// The error for credentials that could not be created or found.
///
/// The message names the part or the source that is at fault, and contains no secret. Providers
/// outside this crate report their errors with [`CredentialsError::new`] and
/// [`CredentialsError::with_source`].
#[derive(Clone, Debug)]
pub struct CredentialsError {
    kind: CredentialsErrorKind,
    message: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kind of failure that a [`CredentialsError`] reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialsErrorKind {
    /// The source has no credentials. Another source may have some.
    NotFound,
    /// The source has credentials, but a part of them is missing or unusable. They must be
    /// corrected.
    Invalid,
    /// The source could not respond. Trying again later may help.
    Unavailable,
}

impl fmt::Display for CredentialsErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "no credentials found",
            Self::Invalid => "invalid credentials",
            Self::Unavailable => "credentials unavailable",
        })
    }
}

impl CredentialsError {
    /// Creates an error with a one-line message. The message must not contain secrets.
    pub fn new(kind: CredentialsErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause of the error, which `source()` then returns.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> CredentialsErrorKind {
        self.kind
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CredentialsErrorKind::Invalid, message)
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The error for a request that could not be signed. The request was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The time of the signature cannot be written as `YYYY-MM-DDThh:mm:ssZ`.
    #[error("the signing time is outside the years 0 to 9999")]
    TimestampOutOfRange,
    /// A header that has to be signed has several values, but a signature covers only one.
    #[error("header `{name}` must be signed, but it occurs more than once")]
    RepeatedHeader {
        /// The name of the header, in lower case.
        name: String,
    },
    /// None of the headers to sign is present: the request has neither a header that the caller has
    /// chosen nor one that is always signed. Always signed are the host, and every `x-bce-*` header
    /// except `x-bce-request-id`. The signature cannot state an empty list, because a verifier
    /// would take it for the default set.
    #[error("nothing to sign: the request has none of the chosen headers, and no host")]
    NothingSigned,
    /// The host for a pre-signed URL is unknown: there is neither a `Host` header nor a host in the
    /// URI.
    #[error("the host to sign is unknown: there is no Host header, and no host in the URI")]
    MissingHost,
    /// The `Host` header is not a host with an optional port, for example because it contains user
    /// information. It would be unclear which host the signature covers.
    #[error("the header `host` is malformed")]
    MalformedHost,
    /// A value that the signer has to add, usually the host of the URI, is not a valid header
    /// value.
    #[error("the value for header `{name}` is not a legal header value")]
    InvalidHeader {
        /// The name of the header, in lower case.
        name: String,
    },
    /// The request has so many headers that no more can be added.
    #[error("the request has too many headers")]
    TooManyHeaders,
    /// The pre-signed URL is not a valid URI, usually because it is longer than 65534 bytes.
    #[error("the pre-signed URL is too long, or it is not a valid URI")]
    InvalidUri,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credentials_error_shows_its_message_and_keeps_its_cause() {
        let error = CredentialsError::new(CredentialsErrorKind::Unavailable, "no answer from STS")
            .with_source("connection refused");
        assert_eq!(error.to_string(), "no answer from STS");
        assert_eq!(error.kind(), CredentialsErrorKind::Unavailable);
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("connection refused"));
    }
}
