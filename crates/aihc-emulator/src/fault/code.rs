//! HTTP statuses, and the error codes that belong to them.

use http::StatusCode;

/// The documented error codes and their HTTP statuses. For `SignatureDoesNotMatch`, both 400 and
/// 401 are documented.
const DOCUMENTED: [(&str, u16); 18] = [
    ("AccessDenied", 403),
    ("InappropriateJSON", 400),
    ("InternalError", 500),
    ("InvalidAccessKeyId", 403),
    ("InvalidHTTPAuthHeader", 400),
    ("InvalidHTTPRequest", 400),
    ("InvalidURI", 400),
    ("MalformedJSON", 400),
    ("InvalidVersion", 404),
    ("OptInRequired", 403),
    ("PreconditionFailed", 412),
    ("RequestExpired", 400),
    ("IdempotentParameterMismatch", 403),
    ("SignatureDoesNotMatch", 400),
    ("NotFound", 403),
    ("Forbidden", 403),
    ("InvalidParameter", 400),
    ("InvalidParam", 400),
];

/// Returns the HTTP status and the error code of the response that a fault sends. The arguments are
/// the status and the code that are set in the fault. If only one of them is set, the other is
/// derived from it; if neither is set, the status is 500.
pub(crate) fn code_of(status: Option<u16>, code: Option<&str>) -> (StatusCode, String) {
    let documented = |code: &str| {
        let found = DOCUMENTED.iter().find(|(name, _)| *name == code);
        found.map_or(400, |(_, status)| *status)
    };
    let status = status.unwrap_or_else(|| code.map_or(500, documented));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = code.map_or_else(|| derived(status), str::to_owned);
    (status, code)
}

/// Returns the code that the official Go SDK assumes for a response without a code.
fn derived(status: StatusCode) -> String {
    match status.as_u16() {
        400 => "InvalidHTTPRequest".into(),
        403 => "AccessDenied".into(),
        412 => "PreconditionFailed".into(),
        500 => "InternalError".into(),
        _ => {
            let words = status.canonical_reason().unwrap_or("Unknown");
            words.split_whitespace().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_follows_from_what_is() {
        for (status, code, expected) in [
            (Some(503), None, (503, "ServiceUnavailable")),
            (Some(429), None, (429, "TooManyRequests")),
            (Some(500), None, (500, "InternalError")),
            (None, Some("NotFound"), (403, "NotFound")),
            (
                None,
                Some("PreconditionFailed"),
                (412, "PreconditionFailed"),
            ),
            (None, Some("Novel"), (400, "Novel")),
            (
                Some(401),
                Some("SignatureDoesNotMatch"),
                (401, "SignatureDoesNotMatch"),
            ),
            (None, None, (500, "InternalError")),
        ] {
            let (found, name) = code_of(status, code);
            assert_eq!((found.as_u16(), name.as_str()), expected);
        }
    }
}
