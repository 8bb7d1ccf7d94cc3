//! Errors of credentials and of the signer. Those of the verifier are in [`crate::VerifyError`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Credentials could not be made or found.
///
/// The message names the part or the place that is at fault, never a value. Providers outside this
/// crate report their own trouble with [`CredentialsError::new`] and
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
    /// This source has no credentials at all; another source may be asked.
    NotFound,
    /// There are credentials, but a part is missing or unusable. They must be corrected.
    Invalid,
    /// The source could not answer now. Asking again later may help.
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

    /// Adds the cause, which `source()` then returns.
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

/// A request could not be signed. The request is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The signing time cannot be written as `YYYY-MM-DDThh:mm:ssZ`.
    #[error("the signing time is outside the years 0 to 9999")]
    TimestampOutOfRange,
    /// A header that is to be signed has several values; the signature knows only one.
    #[error("header `{name}` is to be signed but occurs more than once")]
    RepeatedHeader {
        /// Name of the header, in lower case.
        name: String,
    },
    /// The caller has chosen which headers to sign, and the request has none of them, nor a host or
    /// an `x-bce-*` header. An empty list would be read as the default set, which was not signed.
    #[error("the request has none of the headers to sign, and no host")]
    NothingSigned,
    /// A pre-signed URL was asked for, but neither a `Host` header nor the URI says for which host.
    #[error("the host to sign is not known: no Host header and no host in the URI")]
    MissingHost,
    /// The `Host` header is not a host with or without a port: it holds user information, say. Nobody could
    /// tell for which host the signature is.
    #[error("the header `host` is malformed")]
    MalformedHost,
    /// A value that the signer has to add, as a rule the host of the URI, cannot stand in a header.
    #[error("the value for header `{name}` is not a legal header value")]
    InvalidHeader {
        /// Name of the header, in lower case.
        name: String,
    },
    /// The request has so many headers that no more can be added.
    #[error("the request has too many headers")]
    TooManyHeaders,
    /// The pre-signed URL is not a valid URI; as a rule it is longer than 65534 bytes.
    #[error("the pre-signed URL is too long or not a valid URI")]
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
