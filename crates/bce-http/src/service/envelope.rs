//! The conventions by which responses distinguish success, refusal and failure.

/// The conventions by which the responses of a service distinguish success, refusal and failure.
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
    /// Whether a `code` in a 2xx response means an error if it is not one of the `success_codes`.
    /// If this is `false`, the `code` is data if it is not one of the `error_codes`.
    pub errors_in_success: bool,
    /// The codes in 2xx responses that mean success, such as `OK` or `200`. A JSON object with one
    /// of them counts as a response of the service even if it has no request id. Zero and an empty
    /// string do not count as codes.
    pub success_codes: &'static [&'static str],
    /// The codes that mean an error in any 2xx response, even if `errors_in_success` is `false` and
    /// other codes are data.
    pub error_codes: &'static [&'static str],
    /// The codes with which the service throttles requests. Like all codes, they are compared
    /// exactly.
    pub throttle_codes: &'static [&'static str],
    /// Codes with which this service states that it did not act on the request, in addition to the
    /// codes that are common to all services.
    pub refusal_codes: &'static [&'static str],
    /// Whether every response has a request id, in the body or in a header. If this is `false` and
    /// `success_codes` is empty, a 2xx response counts as one of the service even without an id.
    /// Otherwise, a JSON object without an id counts only if it has one of the success codes or a
    /// documented member.
    pub sends_request_id: bool,
}

impl Envelope {
    /// The default: a 2xx response with a `code` is an error, every response has a request id, and
    /// the throttling codes are those that are usual in this cloud.
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
