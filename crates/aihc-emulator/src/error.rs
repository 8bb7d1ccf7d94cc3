//! The error responses of the service, with a constructor for each cause.

use http::StatusCode;

/// An error response of the service: HTTP status, code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident;)*) => {
        impl ApiError {
            $($(#[$doc])* pub(crate) fn $name(message: impl Into<String>) -> Self {
                Self { status: StatusCode::$status, code: $code, message: message.into() }
            })*
        }
    };
}

codes! {
    /// The authorization is missing or malformed.
    invalid_auth_header = "InvalidHTTPAuthHeader", BAD_REQUEST;
    /// The access key is unknown, disabled or expired, or the session token is missing or wrong.
    invalid_access_key = "InvalidAccessKeyId", FORBIDDEN;
    /// The signature does not belong to this request.
    signature_mismatch = "SignatureDoesNotMatch", BAD_REQUEST;
    /// The clocks of the client and the service differ too much, or the signature is too old.
    request_expired = "RequestExpired", BAD_REQUEST;
    /// The header with the version of the API is missing, or has a value that the operation does
    /// not accept.
    invalid_version = "InvalidVersion", NOT_FOUND;
    /// There is no service at this path. The code is documented; the status is the usual one for a
    /// page that does not exist.
    unknown_path = "InvalidURI", NOT_FOUND;
    /// There is a service at this path, but it does not have this action.
    invalid_uri = "InvalidURI", BAD_REQUEST;
    /// The method is not that of the operation, or the body cannot be read.
    invalid_http_request = "InvalidHTTPRequest", BAD_REQUEST;
    /// The caller has no permission for the operation.
    access_denied = "AccessDenied", FORBIDDEN;
    /// The body did not arrive in time.
    body_timeout = "InvalidHTTPRequest", REQUEST_TIMEOUT;
    /// The body is larger than the service accepts.
    body_too_large = "InvalidHTTPRequest", PAYLOAD_TOO_LARGE;
    /// The body is not JSON, or a member has the wrong JSON type.
    malformed_json = "MalformedJSON", BAD_REQUEST;
    /// A member is missing or its value is not allowed.
    invalid_parameter = "InvalidParameter", BAD_REQUEST;
    /// A client token was used before with other parameters.
    idempotent_mismatch = "IdempotentParameterMismatch", FORBIDDEN;
    /// A resource in the request does not exist.
    not_found = "NotFound", FORBIDDEN;
    /// There already is a service with that name.
    duplicated_name = "DuplicatedName", BAD_REQUEST;
    /// The state of the resource does not allow the operation.
    forbidden = "Forbidden", FORBIDDEN;
    /// The emulator itself failed.
    internal = "InternalError", INTERNAL_SERVER_ERROR;
}
