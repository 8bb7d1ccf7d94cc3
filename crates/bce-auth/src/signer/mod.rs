//! Signs requests: in the `Authorization` header, or in the query of a URL.

mod buffer;
pub(crate) mod canonical;
pub(crate) mod key;
mod options;
mod presign;
pub(crate) mod selection;
mod signature;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, InvalidHeaderValue};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::error::SignError;
use crate::host_header::{self, MalformedHost};
use crate::protocol::{self, DATE, DATE_HEADER, SECURITY_TOKEN, SECURITY_TOKEN_HEADER};

use self::buffer::Buffer;
use self::canonical::{HeaderLines, RepeatedHeader, host_of};
use self::key::SigningKey;
use self::selection::Selection;

pub use self::options::SigningOptions;
pub use self::signature::Signature;

/// Signs requests with bce-auth-v1.
///
/// Signing is synchronous and needs nothing but its arguments. A signer may be shared and cloned.
/// The signing key of the current second is kept with the credentials and dropped with them, so
/// sign with clones of the same credentials instead of creating new ones for each request.
///
/// The URI must be in its final form, percent-encoded once. The signer never changes it, so the
/// text that is signed is exactly what is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signer {
    options: SigningOptions,
}

impl Signer {
    /// Creates a signer with these options. `Signer::default()` has the default options.
    pub fn new(options: SigningOptions) -> Self {
        Self { options }
    }

    /// Signs the request head in place.
    ///
    /// Sets these headers:
    ///
    /// - `host`, from the URI, if the request does not have it. If the URI has no host either, the
    ///   request is signed without a host, which BCE services refuse.
    /// - `x-bce-date`, to the same instant as in the authorization (see
    ///   [`SigningOptions::keep_date`]).
    /// - `x-bce-security-token`, for session credentials, unless the query has a parameter of this
    ///   name with a value.
    /// - `authorization`.
    ///
    /// The last two are marked as sensitive.
    ///
    /// # Errors
    ///
    /// If a header to be signed occurs more than once, if a `Host` header is malformed, if the
    /// request has none of the headers chosen in the options and nothing else to sign, if the year
    /// of the time stamp does not have four digits, or if the headers cannot be added. In all
    /// cases, `parts` is left unchanged.
    pub fn sign(
        &self,
        parts: &mut Parts,
        credentials: &Credentials,
        now: OffsetDateTime,
    ) -> Result<Signature, SignError> {
        let options = &self.options;
        let at = options.instant(now);
        let signed = credentials.with_signing_key(at, options.expiry(), |key| {
            sign(parts, options, credentials, key)
        });
        signed.ok_or(SignError::TimestampOutOfRange)?
    }
}

fn sign(
    parts: &mut Parts,
    options: &SigningOptions,
    credentials: &Credentials,
    key: &SigningKey,
) -> Result<Signature, SignError> {
    let selection = options.listed().unwrap_or(Selection::Default);
    let query = parts.uri.query().unwrap_or_default();
    let token = credentials.token_to_sign();

    let token_len = token.map_or(0, |token| token.encoded().len());
    let mut buffer = Buffer::new(&parts.uri, query, token_len);
    let token_in_query = buffer.push_target(&parts.method, &parts.uri, query);
    let token = token.filter(|_| !token_in_query);
    let date = (!options.keeps_date()).then_some(&key.encoded_stamp);

    let mut lines = HeaderLines::default();
    let mut present = Present::default();
    lines.add_all(&parts.headers, |name| {
        let replaced = match name {
            protocol::HOST => {
                present.host = true;
                false
            }
            DATE => {
                present.date = true;
                date.is_some()
            }
            SECURITY_TOKEN => {
                present.token = true;
                token.is_some()
            }
            protocol::AUTHORIZATION => {
                present.authorization = true;
                false
            }
            _ => false,
        };
        !replaced && selection.includes(name)
    })?;
    let host = match present.host {
        true => {
            check_host_headers(&parts.headers)?;
            None
        }
        false => host_of(&parts.uri),
    };
    if let Some(host) = host {
        lines.add(protocol::HOST, host.as_bytes());
    }
    if let Some(date) = date {
        lines.add_encoded(DATE, date);
    }
    if let Some(token) = token {
        lines.add_encoded(SECURITY_TOKEN, token.encoded());
    }
    if options.listed().is_some() && lines.is_empty() {
        return Err(SignError::NothingSigned);
    }
    let layout = buffer.sign(&mut lines, key);

    let host_start = buffer.text.len();
    let host_text = host.unwrap_or_default().as_bytes();
    buffer.text.extend_from_slice(host_text);
    let host_end = buffer.text.len();
    let text = Bytes::from(buffer.text);
    // Header values that occur in the text are slices of it, so they need no memory of their own.
    let slice = |name: &str, range| legal(name, HeaderValue::from_maybe_shared(text.slice(range)));

    // The host may be an invalid value, and the map may be full. Everything that can fail is done
    // before the first change, so that an error never leaves only some of the headers behind.
    let host = match host {
        Some(_) => Some(slice(protocol::HOST, host_start..host_end)?),
        None => None,
    };
    let headers = &mut parts.headers;
    let full = |_| SignError::TooManyHeaders;
    let new = present.missing(host.is_some(), date.is_some(), token.is_some());
    headers.try_reserve(new).map_err(full)?;

    if let Some(host) = host {
        headers.try_insert(HOST, host).map_err(full)?;
    }
    if date.is_some() {
        let date = key.date.clone();
        headers.try_insert(DATE_HEADER, date).map_err(full)?;
    }
    if let Some(token) = token {
        let token = token.header().clone();
        headers
            .try_insert(SECURITY_TOKEN_HEADER, token)
            .map_err(full)?;
    }
    let mut authorization = slice(protocol::AUTHORIZATION, layout.authorization.clone())?;
    authorization.set_sensitive(true);
    headers
        .try_insert(AUTHORIZATION, authorization)
        .map_err(full)?;
    Ok(Signature::new(text, layout))
}

/// Which of the headers that signing sets are already in the request.
#[derive(Default)]
struct Present {
    host: bool,
    date: bool,
    token: bool,
    authorization: bool,
}

impl Present {
    /// Returns how many headers signing adds. These are the authorization header and the headers
    /// whose argument is `true`, without those that the request already has.
    fn missing(&self, host: bool, date: bool, token: bool) -> usize {
        usize::from(host && !self.host)
            + usize::from(date && !self.date)
            + usize::from(token && !self.token)
            + usize::from(!self.authorization)
    }
}

/// Refuses `Host` headers that a verifier would refuse as malformed.
fn check_host_headers(headers: &HeaderMap) -> Result<(), MalformedHost> {
    let mut values = headers.get_all(HOST).iter();
    values.try_for_each(|value| host_header::authority(value.as_bytes()).map(drop))
}

fn legal(
    name: &str,
    value: Result<HeaderValue, InvalidHeaderValue>,
) -> Result<HeaderValue, SignError> {
    value.map_err(|_| SignError::InvalidHeader {
        name: name.to_owned(),
    })
}

impl From<MalformedHost> for SignError {
    fn from(MalformedHost: MalformedHost) -> Self {
        Self::MalformedHost
    }
}

impl From<RepeatedHeader<'_>> for SignError {
    fn from(RepeatedHeader(name): RepeatedHeader<'_>) -> Self {
        Self::RepeatedHeader {
            name: name.to_owned(),
        }
    }
}
