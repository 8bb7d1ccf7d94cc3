//! The conventions by which responses tell success, refusal and failure apart.

/// The conventions by which the responses of a service tell success, refusal and failure apart.
///
/// ```
/// use bce_http::rt::Envelope;
///
/// // `{"success": true, "code": "OK"}` is a success of this service, `{"code": "Busy"}` is an error.
/// const ENVELOPE: Envelope = Envelope {
///     success_codes: &["OK", "200"],
///     ..Envelope::DEFAULT
/// };
/// assert!(ENVELOPE.errors_in_success && ENVELOPE.sends_request_id);
/// assert!(ENVELOPE.throttle_codes.contains(&"TooManyRequests"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Envelope {
    /// Whether a 2xx response with a `code` is an error. Otherwise its `code` is data.
    pub errors_in_success: bool,
    /// Codes of such responses that mean success, such as `OK` or `200`. They also identify a
    /// response of the service that carries no request id. Zero and an empty text do not count as
    /// codes.
    pub success_codes: &'static [&'static str],
    /// Codes that are errors in any 2xx response, even if `errors_in_success` is not set and other
    /// codes are data.
    pub error_codes: &'static [&'static str],
    /// Codes with which the service throttles requests. Like all codes, they are compared exactly.
    pub throttle_codes: &'static [&'static str],
    /// Codes of the service, besides the common ones, that prove that it did not act.
    pub refusal_codes: &'static [&'static str],
    /// Whether every response carries a request id, in the body or in a header. If not, a 2xx
    /// object counts as a response of the service if it contains one of the success codes, or in
    /// any case if there are none.
    pub sends_request_id: bool,
}

impl Envelope {
    /// The default: errors in 2xx responses, request ids, and the usual throttling codes of this
    /// cloud.
    pub const DEFAULT: Self = Self {
        errors_in_success: true,
        success_codes: &[],
        error_codes: &[],
        throttle_codes: &[
            "TooManyRequests",
            "RequestLimitExceeded",
            "RateLimitExceeded",
            "Throttling",
            "SlowDown",
        ],
        refusal_codes: &[],
        sends_request_id: true,
    };
}

impl Default for Envelope {
    fn default() -> Self {
        Self::DEFAULT
    }
}
