//! Why a request was refused.

use std::fmt;

use thiserror::Error;

/// A request does not prove who sent it. The variants follow the order of the checks, roughly.
///
/// No variant holds or shows a secret. Tell the sender what is wrong as freely as your service
/// likes; BCE itself answers with codes such as `SignatureDoesNotMatch` and `RequestExpired`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no authorization, neither as header nor as query parameter.
    #[error("the request has no authorization")]
    Missing,
    /// There is more than one authorization.
    #[error("the request has more than one authorization")]
    Ambiguous,
    /// A part of the authorization, or the `x-bce-date` header, is not in its form.
    #[error("the {part} is malformed")]
    Malformed {
        /// What is not in its form.
        part: AuthorizationPart,
    },
    /// The authorization is of another kind than bce-auth-v1.
    #[error("the authorization is not of version bce-auth-v1")]
    UnsupportedVersion,
    /// The signature was good for a time that has passed.
    #[error("the signature has expired")]
    Expired,
    /// A clock is too far off: the time stamp lies in the future, or `x-bce-date` is too far away.
    #[error("the {part} is too far from the server's time")]
    Skewed {
        /// Which of the two times.
        part: AuthorizationPart,
    },
    /// Nobody has this access key id.
    #[error("the access key id is not known")]
    UnknownAccessKey,
    /// A header that is listed as signed is not there.
    #[error("the signed header `{name}` is missing")]
    HeaderMissing {
        /// Name of the header, in lower case.
        name: String,
    },
    /// A signed header has several values; the signature knows only one.
    #[error("the signed header `{name}` occurs more than once")]
    HeaderRepeated {
        /// Name of the header, in lower case.
        name: String,
    },
    /// The signature does not cover the host.
    #[error("the host is not signed")]
    HostNotSigned,
    /// The header `Host` is not a host with or without a port: it holds user information, say.
    #[error("the header `host` is malformed")]
    HostMalformed,
    /// The URI names another host than the header `Host`, which is the one that was signed.
    #[error("the host of the URI is not the one of the header `host`")]
    HostMismatch,
    /// The credentials are those of a session, and the request does not carry their token.
    #[error("the session token is missing")]
    TokenMissing,
    /// The session token is in a header that the signature does not cover.
    #[error("the header with the session token is not signed")]
    TokenNotSigned,
    /// The session token is not that of the credentials.
    #[error("the session token is not the one of the credentials")]
    TokenMismatch,
    /// The signature is not that of this request under these credentials.
    #[error("the signature does not match")]
    SignatureMismatch,
}

/// The part of an authorization that a [`VerifyError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationPart {
    /// The authorization as a whole: not text, or not six parts.
    Whole,
    /// The second part, the access key id.
    AccessKeyId,
    /// The third part, the time stamp.
    Timestamp,
    /// The fourth part, the expiry in seconds.
    Expiry,
    /// The fifth part, the names of the signed headers.
    SignedHeaders,
    /// The sixth part, the signature.
    Signature,
    /// The header `x-bce-date`.
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
            Self::DateHeader => "header `x-bce-date`",
        })
    }
}

pub(super) fn malformed(part: AuthorizationPart) -> VerifyError {
    VerifyError::Malformed { part }
}
