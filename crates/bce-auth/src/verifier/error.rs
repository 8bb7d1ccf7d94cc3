//! The reasons for refusing a request.

use std::fmt;

use thiserror::Error;

/// The error for a request that does not prove who sent it. The variants are roughly in the order
/// of the checks.
///
/// No variant contains a secret, so the sender may be told the reason. BCE services respond with
/// codes such as `SignatureDoesNotMatch` and `RequestExpired`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no authorization, neither as a header nor as a query parameter.
    #[error("the request has no authorization")]
    Missing,
    /// There is more than one authorization.
    #[error("the request has more than one authorization")]
    Ambiguous,
    /// A part of the authorization, or the `x-bce-date` header, does not have the required form.
    #[error("the {part} is malformed")]
    Malformed {
        /// The malformed part.
        part: AuthorizationPart,
    },
    /// The authorization is of a version other than bce-auth-v1.
    #[error("the authorization is not of version bce-auth-v1")]
    UnsupportedVersion,
    /// The validity period of the signature has passed.
    #[error("the signature has expired")]
    Expired,
    /// A clock is wrong: the time stamp is too far in the future, or `x-bce-date` differs too much
    /// from the server's time.
    #[error("the {part} is too far from the server's time")]
    Skewed {
        /// The wrong time: the time stamp of the authorization, or the `x-bce-date` header.
        part: AuthorizationPart,
    },
    /// The access key id is unknown.
    #[error("the access key id is unknown")]
    UnknownAccessKey,
    /// A header that is listed as signed is missing.
    #[error("the signed header `{name}` is missing")]
    HeaderMissing {
        /// The name of the header, in lower case.
        name: String,
    },
    /// A signed header has several values, but a signature covers only one.
    #[error("the signed header `{name}` occurs more than once")]
    HeaderRepeated {
        /// The name of the header, in lower case.
        name: String,
    },
    /// The signature does not cover the host.
    #[error("the host is not signed")]
    HostNotSigned,
    /// The `Host` header is not a host with an optional port, for example because it contains user
    /// information.
    #[error("the `host` header is malformed")]
    HostMalformed,
    /// The URI names a host or a port other than that of the `Host` header.
    #[error("the host of the URI differs from the `host` header")]
    HostMismatch,
    /// The credentials are session credentials, but the request does not contain their token.
    #[error("the session token is missing")]
    TokenMissing,
    /// The session token is in a header that the signature does not cover.
    #[error("the header with the session token is not signed")]
    TokenNotSigned,
    /// The session token is not the token of the credentials.
    #[error("the session token is not the token of the credentials")]
    TokenMismatch,
    /// The signature does not result from this request and these credentials.
    #[error("the signature does not match")]
    SignatureMismatch,
}

/// The place of the mistake that a [`VerifyError`] reports: the whole authorization, one of its
/// parts, or the `x-bce-date` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationPart {
    /// The authorization as a whole: it is not text, or does not have six parts.
    Whole,
    /// The access key id, which is the second part of an authorization.
    AccessKeyId,
    /// The time stamp, which is the third part of an authorization.
    Timestamp,
    /// The expiry in seconds, which is the fourth part of an authorization.
    Expiry,
    /// The names of the signed headers, which are the fifth part of an authorization.
    SignedHeaders,
    /// The signature, which is the sixth part of an authorization.
    Signature,
    /// The `x-bce-date` header.
    DateHeader,
}

impl fmt::Display for AuthorizationPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "authorization",
            Self::AccessKeyId => "access key id of the authorization",
            Self::Timestamp => "time stamp of the authorization",
            Self::Expiry => "expiry of the authorization",
            Self::SignedHeaders => "list of signed headers",
            Self::Signature => "signature",
            Self::DateHeader => "`x-bce-date` header",
        })
    }
}

pub(super) fn malformed(part: AuthorizationPart) -> VerifyError {
    VerifyError::Malformed { part }
}
