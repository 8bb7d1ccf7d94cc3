//! What the stack knows about a service.

use crate::Client;

/// A service of the cloud: where it is and what every request to it carries.
#[derive(Debug)]
pub struct Service {
    /// Short name, such as `aihc`.
    pub code: &'static str,
    /// Full name.
    pub title: &'static str,
    /// Host with `{region}` in the place of the region, such as `aihc.{region}.baidubce.com`.
    pub endpoint_template: &'static str,
    /// The region that is used when none is given; empty when the host names no region.
    pub default_region: &'static str,
    /// The environment variable that overrides the endpoint in `from_env`.
    pub endpoint_env: &'static str,
    /// Whether answers hold secrets. Then plain http takes more than an `http://` in the endpoint:
    /// see [`ClientBuilder::allow_plain_http`](crate::ClientBuilder::allow_plain_http).
    pub hands_out_secrets: bool,
    /// Headers of every request, such as `version: v2`.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content type of every request.
    pub content_type: &'static str,
    /// What its answers mean.
    pub envelope: Envelope,
    /// The client crate, for the User-Agent header.
    pub crate_name: &'static str,
    /// The version of the client crate, for the User-Agent header.
    pub crate_version: &'static str,
}

/// How the answers of a service tell success, refusal and failure apart.
///
/// ```
/// use bce_http::Envelope;
///
/// // `{"success": true, "code": "OK"}` is a success of this service, `{"code": "Busy"}` is an error.
/// const ENVELOPE: Envelope = Envelope {
///     success_codes: &["OK", "200"],
///     ..Envelope::DEFAULT
/// };
/// assert!(ENVELOPE.errors_in_success && ENVELOPE.sends_request_id);
/// assert!(ENVELOPE.throttle_codes.contains(&"TooManyRequests"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Whether a 2xx answer with a `code` is an error. Otherwise its `code` is data.
    pub errors_in_success: bool,
    /// Codes of such answers that stand for success, such as `OK` or `200`. By one of them an answer is
    /// also known that carries no request id. Zero and empty text are no codes at all.
    pub success_codes: &'static [&'static str],
    /// Codes with which the service turns a request away because there are too many. Compared exactly,
    /// as all codes are.
    pub throttle_codes: &'static [&'static str],
    /// Codes of the service, besides the common ones, that prove that it did not act.
    pub refusal_codes: &'static [&'static str],
    /// Whether every answer carries a request id, in the body or in a header. Without that, a 2xx
    /// object is taken for an answer of the service if it holds one of the success codes, or any if
    /// there are none.
    pub sends_request_id: bool,
}

impl Envelope {
    /// Errors inside a 2xx answer, request ids, and the throttle codes that are usual in this cloud.
    pub const DEFAULT: Self = Self {
        errors_in_success: true,
        success_codes: &[],
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

/// The client type of a service crate, as [`ClientBuilder`](crate::ClientBuilder) builds it.
pub trait ServiceClient: Sized {
    /// The service.
    const SERVICE: &'static Service;

    /// Wraps the request stack.
    fn from_http(client: Client) -> Self;
}
