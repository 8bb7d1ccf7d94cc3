//! The server side: checks that a request was signed with credentials that the server knows.

mod error;
mod host;
mod parse;
mod token;
mod verified;

use std::time::Duration;

use http::request::Parts;
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::protocol::{DATE_HEADER, HOST};
use crate::signer::canonical::{
    HeaderLines, RepeatedHeader, host_of, push_method_and_path, push_query,
};
use crate::signer::key;
use crate::signer::selection::Selection;
use crate::timestamp;

use self::error::malformed;
use self::parse::Authorization;

pub use self::error::{AuthorizationPart, VerifyError};
pub use self::verified::Verified;

/// By default, the clocks of the sender and the server may differ by at most this much. If they
/// differ by more, BCE services respond with `RequestExpired`.
const DEFAULT_MAX_SKEW: Duration = Duration::from_secs(30 * 60);

/// Checks the signatures of requests.
///
/// ```
/// use bce_auth::{Clock, Credentials, Signer, SystemClock, Verifier, VerifyError};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let known = Credentials::new("my-access-key-id", "my-secret-access-key")?;
/// let request = http::Request::get("http://localhost:8080/?action=DescribeDevInstances").body(())?;
/// let (mut parts, _) = request.into_parts();
/// let now = SystemClock.now();
/// Signer::default().sign(&mut parts, &known, now)?;
///
/// let find = |id: &str| (id == known.access_key_id()).then(|| known.clone());
/// let verified = Verifier::new().verify(&parts, now, find)?;
/// assert_eq!(verified.access_key_id(), "my-access-key-id");
///
/// parts.uri = "http://localhost:8080/?action=DeleteDevInstance".parse()?;
/// let refused = Verifier::new().verify(&parts, now, find);
/// assert_eq!(refused.unwrap_err(), VerifyError::SignatureMismatch);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verifier {
    max_skew: Duration,
    allow_unsigned_host: bool,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// Creates a verifier that requires the host to be signed, and accepts clocks that differ by up
    /// to 30 minutes.
    pub fn new() -> Self {
        Self {
            max_skew: DEFAULT_MAX_SKEW,
            allow_unsigned_host: false,
        }
    }

    /// Sets by how much the time stamp of the authorization may be later than `now`, and by how
    /// much an `x-bce-date` header may differ from `now` in either direction. The default is 30
    /// minutes. How old the time stamp may be depends only on the validity period of the signature.
    #[must_use]
    pub fn max_skew(mut self, limit: Duration) -> Self {
        self.max_skew = limit;
        self
    }

    /// Accepts signatures that do not cover the host. A request with such a signature can also be
    /// sent to another host by whoever intercepts it.
    #[must_use]
    pub fn allow_unsigned_host(mut self) -> Self {
        self.allow_unsigned_host = true;
        self
    }

    /// Checks the head of a request, and returns its sender.
    ///
    /// The authorization is in the `authorization` header or in the query parameter of this name.
    /// `find` returns the credentials for an access key id, or `None` if it is unknown. An empty
    /// list of signed headers means the default set, either with or without `x-bce-request-id`,
    /// since the official SDKs differ in this. If there is no `Host` header, the host of the URI
    /// (HTTP/2 `:authority`) is used in its place; if both are present, they must be the same,
    /// apart from case and the default port of the scheme.
    ///
    /// The body is not covered by the signature; see the headers `content-md5` and
    /// `x-bce-content-sha256`.
    ///
    /// # Errors
    ///
    /// If the request cannot be trusted. The error is the first reason that was found.
    pub fn verify(
        &self,
        parts: &Parts,
        now: OffsetDateTime,
        find: impl FnOnce(&str) -> Option<Credentials>,
    ) -> Result<Verified, VerifyError> {
        let text = parse::find(parts)?;
        let authorization = Authorization::parse(&text)?;
        self.check_times(parts, &authorization, now)?;
        let credentials = find(authorization.access_key_id).ok_or(VerifyError::UnknownAccessKey)?;

        let signing_key = key::derive(
            credentials.secret_access_key(),
            authorization.prefix.as_bytes(),
        );
        let mut outcome = Err(VerifyError::SignatureMismatch);
        for reading in readings(&authorization) {
            let (canonical, names) = canonical_request(parts, reading)?;
            if !self.allow_unsigned_host && !names.contains(&HOST) {
                return Err(VerifyError::HostNotSigned);
            }
            let token = token::check(parts, &credentials, |name| names.contains(&name))?;
            if signing_key.verify(&canonical, &authorization.signature) {
                outcome = Ok((names.iter().map(|&name| name.to_owned()).collect(), token));
                break;
            }
        }
        let (signed_headers, security_token) = outcome?;
        host::check(parts)?;
        Ok(Verified {
            credentials,
            timestamp: authorization.timestamp,
            expire_seconds: authorization.expire_seconds,
            signed_headers,
            security_token,
        })
    }

    fn check_times(
        &self,
        parts: &Parts,
        authorization: &Authorization<'_>,
        now: OffsetDateTime,
    ) -> Result<(), VerifyError> {
        let max_skew = i128::try_from(self.max_skew.as_nanos()).unwrap_or(i128::MAX);
        let skewed = |part| Err(VerifyError::Skewed { part });

        let age = nanoseconds_between(authorization.timestamp, now);
        if age < -max_skew {
            return skewed(AuthorizationPart::Timestamp);
        }
        let expire = authorization.expire_seconds;
        if expire >= 0 && age > i128::from(expire) * NANOSECONDS {
            return Err(VerifyError::Expired);
        }
        for value in parts.headers.get_all(DATE_HEADER) {
            let value = value.as_bytes().trim_ascii();
            // No SDK signs a blank header, so it is ignored.
            if value.is_empty() {
                continue;
            }
            let date = timestamp::parse(value).ok_or(malformed(AuthorizationPart::DateHeader))?;
            if nanoseconds_between(date, now).abs() > max_skew {
                return skewed(AuthorizationPart::DateHeader);
            }
        }
        Ok(())
    }
}

const NANOSECONDS: i128 = 1_000_000_000;

/// Returns the time from `start` to `end`. No pair of times overflows an `i128`.
fn nanoseconds_between(start: OffsetDateTime, end: OffsetDateTime) -> i128 {
    end.unix_timestamp_nanos() - start.unix_timestamp_nanos()
}

/// An interpretation of the list of signed headers: exactly these headers, or a default set.
#[derive(Clone, Copy)]
enum Reading<'a> {
    Exactly(&'a [&'a str]),
    Selected(Selection<'a>),
}

fn readings<'a>(authorization: &'a Authorization<'_>) -> impl Iterator<Item = Reading<'a>> {
    let names = &authorization.signed_headers;
    let (first, second) = if names.is_empty() {
        (
            Reading::Selected(Selection::Default),
            Some(Reading::Selected(Selection::DefaultAndRequestId)),
        )
    } else {
        (Reading::Exactly(names), None)
    };
    std::iter::once(first).chain(second)
}

/// Returns the canonical request, and the names of the headers that it contains.
fn canonical_request<'a>(
    parts: &'a Parts,
    reading: Reading<'a>,
) -> Result<(Vec<u8>, Vec<&'a str>), VerifyError> {
    let mut text = Vec::new();
    push_method_and_path(&mut text, &parts.method, &parts.uri);
    push_query(&mut text, parts.uri.query().unwrap_or_default());
    let mut lines = HeaderLines::default();
    let host = match parts.headers.contains_key(HOST) {
        true => None,
        false => host_of(&parts.uri),
    };
    match reading {
        Reading::Exactly(names) => {
            for &name in names {
                let mut values = parts.headers.get_all(name).iter();
                let value = values.next().map(|value| value.as_bytes());
                let host = host.filter(|_| name == HOST).map(str::as_bytes);
                let value = value.or(host).ok_or_else(|| VerifyError::HeaderMissing {
                    name: name.to_owned(),
                })?;
                if values.next().is_some() {
                    return Err(RepeatedHeader(name).into());
                }
                lines.add(name, value);
            }
        }
        Reading::Selected(selection) => {
            lines.add_all(&parts.headers, |name| selection.includes(name))?;
            if let Some(host) = host {
                lines.add(HOST, host.as_bytes());
            }
        }
    }
    lines.finish(&mut text);
    let names = lines.names().collect();
    Ok((text, names))
}

impl From<RepeatedHeader<'_>> for VerifyError {
    fn from(RepeatedHeader(name): RepeatedHeader<'_>) -> Self {
        Self::HeaderRepeated {
            name: name.to_owned(),
        }
    }
}
