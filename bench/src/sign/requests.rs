//! The requests that the benchmarks sign. Three programs use them: the benchmark of the time, and
//! those that count allocations and instructions.

use bce_auth::Credentials;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);

const ACCESS_KEY_ID: &str = "0123456789abcdef0123456789abcdef";
const SECRET_ACCESS_KEY: &str = "fedcba9876543210fedcba9876543210";
/// A string that is repeated to make a session token. Besides letters and digits, it contains `/`
/// and `+`, which the signer has to percent-encode.
const TOKEN_UNIT: &str = "MjUzZjQzNTY4OTE/0YmUzYzRiMjQ5Y+zQ";

/// The URI of a request for a page of dev instances, as the client sends it. The query is not
/// sorted, and the canonical request has 213 bytes.
pub(crate) const LIST: &str = "https://aihc.bj.baidubce.com/?action=DescribeDevInstances\
    &pageNumber=1&pageSize=100&onlyMyDevs=true&queueName=aihcq-8hbn3p";

const CREATE: &str = "https://aihc.bj.baidubce.com/?action=CreateDevInstance\
    &clientToken=6f1f7a0e-5e0c-4c6e-9d5b-3f2f0d7a9c11";

/// A request, whose head can be created as often as needed.
#[derive(Debug)]
pub(crate) struct Request {
    method: Method,
    uri: Uri,
    body_len: u64,
}

impl Request {
    pub(crate) fn list() -> Self {
        Self {
            method: Method::GET,
            uri: Uri::from_static(LIST),
            body_len: 0,
        }
    }

    pub(crate) fn create() -> Self {
        Self {
            method: Method::POST,
            uri: Uri::from_static(CREATE),
            body_len: 1337,
        }
    }

    /// Returns a request head like those that the client passes to the signer. It is built rather
    /// than cloned, because a cloned header map has no room for the headers that the signer adds.
    pub(crate) fn head(&self) -> Parts {
        let mut parts = http::Request::new(()).into_parts().0;
        parts.method = self.method.clone();
        parts.uri = self.uri.clone();
        let mut headers = HeaderMap::new();
        let content_type = HeaderValue::from_static("application/json; charset=utf-8");
        headers.insert(USER_AGENT, HeaderValue::from_static("aihc-dev/0.1.0"));
        headers.insert(CONTENT_TYPE, content_type);
        let version = HeaderName::from_static("version");
        headers.insert(version, HeaderValue::from_static("v2"));
        if self.body_len > 0 {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body_len));
        }
        parts.headers = headers;
        parts
    }
}

pub(crate) fn long_term() -> Credentials {
    usable(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY))
}

pub(crate) fn session() -> Credentials {
    let token = TOKEN_UNIT.repeat(12);
    usable(Credentials::session(
        ACCESS_KEY_ID,
        SECRET_ACCESS_KEY,
        token,
    ))
}

/// Returns the value of a result. Panics if it is an error.
#[allow(clippy::panic)]
pub(crate) fn usable<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
