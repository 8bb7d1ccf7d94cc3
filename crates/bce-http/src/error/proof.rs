//! What a response proves about the request: whether the service acted on it.

use http::StatusCode;

use crate::service::Envelope;

/// What a response proves about its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Nothing is proven: the service may have acted, or another server responded in its place.
    Nothing,
    /// The service did not act, and would refuse the same request again.
    Refused,
    /// The service did not act on the request, because there are too many requests.
    Throttled,
}

/// Error codes with which services refuse a request: the common codes that are documented with a
/// 4xx status, and those of the AIHC service.
const REFUSALS: [&str; 18] = [
    "AccessDenied",
    "Forbidden",
    "IdempotentParameterMismatch",
    "InappropriateJSON",
    INVALID_ACCESS_KEY_ID,
    "InvalidHTTPAuthHeader",
    "InvalidHTTPRequest",
    "InvalidParam",
    "InvalidParameter",
    "InvalidURI",
    "InvalidVersion",
    "MalformedJSON",
    "NotFound",
    "OptInRequired",
    "PreconditionFailed",
    "RequestExpired",
    "ResourceNotFound",
    "SignatureDoesNotMatch",
];

/// Error codes of failures that occur while a request is being processed. They count as failures
/// regardless of the HTTP status.
const FAILURES: [&str; 10] = [
    "BadGateway",
    "GatewayTimeout",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "RequestTimeout",
    "ServerError",
    "ServiceInternalError",
    "ServiceUnavailable",
    "Timeout",
];

const INVALID_ACCESS_KEY_ID: &str = "InvalidAccessKeyId";

/// Error codes that report an invalid or expired session token. None of them is documented, but
/// services of this cloud may send them, as those of other clouds with a similar API do.
const SESSION_TOKENS: [&str; 9] = [
    "ExpiredToken",
    "InvalidSecurityToken",
    "InvalidSessionToken",
    "InvalidStsToken",
    "InvalidToken",
    "SecurityTokenExpired",
    "SessionTokenExpired",
    "StsTokenExpired",
    "TokenExpired",
];

/// Returns what a response proves about its request: whether the service acted on it. `code` is the
/// error code of the response.
pub(super) fn of(status: StatusCode, code: Option<&str>, envelope: &Envelope) -> Proof {
    let status = status.as_u16();
    let throttles = code.is_some_and(|code| envelope.throttle_codes.contains(&code));
    let refuses =
        code.is_some_and(|code| REFUSALS.contains(&code) || envelope.refusal_codes.contains(&code));
    match (status, code) {
        // Gateways send these statuses for requests that they have forwarded.
        (408 | 499, _) => Proof::Nothing,
        _ if code.is_some_and(is_failure) => Proof::Nothing,
        (200..=299 | 400..=499 | 503, _) if throttles => Proof::Throttled,
        // Gateways send 429 and 503 as well, so by themselves they prove nothing.
        (200..=299 | 429 | 503, _) if refuses => Proof::Refused,
        (200..=299 | 429 | 503, _) => Proof::Nothing,
        // A server that sends one of these statuses has not forwarded the request; they have no
        // other meaning.
        (407 | 411 | 413 | 414 | 431, None) => Proof::Refused,
        (400..=498, Some(_)) => Proof::Refused,
        _ => Proof::Nothing,
    }
}

/// Returns whether a code is known: it is in one of the lists of this file, or in one of the lists
/// in the service's [`Envelope`].
pub(super) fn is_known(code: &str, envelope: &Envelope) -> bool {
    let of_service = [
        envelope.throttle_codes,
        envelope.refusal_codes,
        envelope.success_codes,
        envelope.error_codes,
    ];
    let common = [&REFUSALS[..], &FAILURES, &SESSION_TOKENS];
    let mut all = common.into_iter().chain(of_service);
    all.any(|codes| codes.contains(&code))
}

/// Returns whether the code stands for a failure while a request was being processed.
pub(super) fn is_failure(code: &str) -> bool {
    FAILURES.contains(&code)
}

/// Returns whether a code means that the service does not recognize the access key or the session
/// token, or no longer does. In a response with a success status, only the documented code
/// `InvalidAccessKeyId` counts.
pub(super) fn refuses_credentials(status: StatusCode, code: &str) -> bool {
    code == INVALID_ACCESS_KEY_ID || !status.is_success() && SESSION_TOKENS.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(status: u16, code: impl Into<Option<&'static str>>) -> Proof {
        let status = StatusCode::from_u16(status).unwrap();
        of(status, code.into(), &Envelope::DEFAULT)
    }

    #[test]
    fn a_throttle_is_a_documented_code_where_a_service_can_send_one() {
        for status in [200, 400, 403, 429, 503] {
            for code in Envelope::DEFAULT.throttle_codes {
                assert_eq!(proof(status, *code), Proof::Throttled, "{status} {code}");
            }
        }
        assert_eq!(proof(500, "TooManyRequests"), Proof::Nothing);
        assert_eq!(proof(502, "Throttling"), Proof::Nothing);
        // Codes are compared exactly, never as part of a longer word.
        for code in ["toomanyrequests", "TooManyRequestsPath", "Slow"] {
            assert_eq!(proof(429, code), Proof::Nothing, "{code}");
            assert_eq!(proof(503, code), Proof::Nothing, "{code}");
        }
    }

    #[test]
    fn the_throttle_codes_of_a_service_take_the_place_of_the_usual_ones() {
        let envelope = Envelope {
            throttle_codes: &["QpsLimit"],
            ..Envelope::DEFAULT
        };
        let proof = |code| of(StatusCode::TOO_MANY_REQUESTS, Some(code), &envelope);
        assert_eq!(proof("QpsLimit"), Proof::Throttled);
        assert_eq!(proof("TooManyRequests"), Proof::Nothing);
    }

    #[test]
    fn neither_429_nor_503_proves_anything_without_such_a_code() {
        for status in [429, 503] {
            assert_eq!(proof(status, None), Proof::Nothing);
            assert_eq!(proof(status, "InternalError"), Proof::Nothing);
            assert_eq!(proof(status, "ServiceUnavailable"), Proof::Nothing);
            assert_eq!(proof(status, "Whatever"), Proof::Nothing);
            assert_eq!(proof(status, "Forbidden"), Proof::Refused);
        }
    }

    #[test]
    fn a_4xx_proves_a_refusal_with_a_document_and_five_without() {
        for status in [400, 401, 403, 404, 405, 409, 412, 422, 498] {
            assert_eq!(proof(status, None), Proof::Nothing, "{status}");
            assert_eq!(proof(status, "InvalidTokenizer"), Proof::Refused);
            assert_eq!(proof(status, "InternalError"), Proof::Nothing);
        }
        for status in [407, 411, 413, 414, 431] {
            assert_eq!(proof(status, None), Proof::Refused, "{status}");
        }
        for status in [408, 499, 500, 501, 502, 504, 302, 304] {
            assert_eq!(proof(status, None), Proof::Nothing, "{status}");
            assert_eq!(proof(status, "Whatever"), Proof::Nothing, "{status}");
        }
    }

    #[test]
    fn inside_a_success_only_documented_codes_prove_anything() {
        assert_eq!(proof(200, "Forbidden"), Proof::Refused);
        assert_eq!(proof(200, "InvalidTokenizerPath"), Proof::Nothing);
        assert_eq!(proof(200, "ExpiredToken"), Proof::Nothing);
    }

    #[test]
    fn codes_about_credentials_are_compared_exactly() {
        let about = |status, code| refuses_credentials(StatusCode::from_u16(status).unwrap(), code);
        assert!(about(403, "InvalidAccessKeyId") && about(200, "InvalidAccessKeyId"));
        assert!(about(401, "SessionTokenExpired") && !about(200, "SessionTokenExpired"));
        for code in [
            "InvalidTokenizer",
            "InvalidClientToken",
            "invalidaccesskeyid",
        ] {
            assert!(!about(400, code), "{code}");
        }
    }
}
