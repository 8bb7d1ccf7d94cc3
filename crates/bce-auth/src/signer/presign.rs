//! Pre-signed URLs: the authorization is a query parameter, so nothing but the URL is needed.

use http::Uri;
use http::request::Parts;
use http::uri::PathAndQuery;
use time::OffsetDateTime;

use super::Signer;
use super::buffer::Buffer;
use super::canonical::{HeaderLines, host_of, query_pieces};
use super::selection::Selection;
use crate::credentials::Credentials;
use crate::encode::{uri_decode, uri_encode};
use crate::error::SignError;
use crate::host_header;
use crate::protocol::{AUTHORIZATION, HOST, SECURITY_TOKEN};

impl Signer {
    /// Creates a URL that contains its authorization, in the query parameter `authorization`.
    ///
    /// The signature covers the host, every `x-bce-*` header of `parts` (except
    /// `x-bce-request-id`), and the headers named by
    /// [`SigningOptions::headers_to_sign`](crate::SigningOptions::headers_to_sign). A request to
    /// the URL must send these headers with the same values. The host is that of the URI, or the
    /// `Host` header if the URI has none.
    ///
    /// For session credentials, the token becomes the query parameter `x-bce-security-token`,
    /// unless the query already contains one with a value. An existing `authorization` parameter is
    /// replaced, and empty parts of the query, as in `a&&b`, are removed. Everything else in the
    /// URI stays unchanged byte for byte, and the result is absolute if the input is.
    ///
    /// Until the URL expires, everyone who has it can use it, as with a password: do not log it.
    ///
    /// # Errors
    ///
    /// If a header to be signed occurs more than once, if the URI has no host and the `Host` header
    /// is missing or malformed, if the year of the time stamp does not have four digits, or if the
    /// result is not a valid URI, usually because it is too long.
    pub fn presign(
        &self,
        parts: &Parts,
        credentials: &Credentials,
        now: OffsetDateTime,
    ) -> Result<Uri, SignError> {
        let options = &self.options;
        let selection = options.listed().unwrap_or(Selection::Listed(&[]));
        let host = match host_of(&parts.uri) {
            Some(host) => host.as_bytes(),
            None => only_host_header(parts)?,
        };
        let mut query = query_to_sign(parts.uri.query().unwrap_or_default(), credentials);

        let mut buffer = Buffer::new(&parts.uri, &query, host.len());
        buffer.push_target(&parts.method, &parts.uri, &query);
        let mut lines = HeaderLines::default();
        lines.add_all(&parts.headers, |name| {
            name != HOST && selection.includes(name)
        })?;
        lines.add(HOST, host);
        let at = options.instant(now);
        let layout =
            credentials.with_signing_key(at, options.expiry(), |key| buffer.sign(&mut lines, key));
        let layout = layout.ok_or(SignError::TimestampOutOfRange)?;
        let authorization = buffer.text.get(layout.authorization).unwrap_or_default();

        push_pair(&mut query, AUTHORIZATION, &uri_encode(authorization));
        with_query(&parts.uri, &query)
    }
}

/// Returns the value of the `Host` header. Fails unless there is exactly one and it names a host.
fn only_host_header(parts: &Parts) -> Result<&[u8], SignError> {
    let mut values = parts.headers.get_all(HOST).iter();
    let host = values.next().map(|value| value.as_bytes().trim_ascii());
    let host = host.filter(|host| !host.is_empty());
    if values.next().is_some() {
        return Err(SignError::RepeatedHeader {
            name: HOST.to_owned(),
        });
    }
    let host = host.ok_or(SignError::MissingHost)?;
    host_header::authority(host)?;
    Ok(host)
}

/// Returns the query to sign: without empty parts, without an existing authorization parameter and,
/// for session credentials, with the token.
fn query_to_sign(query: &str, credentials: &Credentials) -> String {
    let mut out = String::with_capacity(query.len());
    let mut has_token = false;
    for piece in query.split('&') {
        // A piece contains at most one pair; an empty piece contains none and is left out.
        let Some((key, value)) = query_pieces(piece).next() else {
            continue;
        };
        let key = uri_decode(key);
        if key.eq_ignore_ascii_case(AUTHORIZATION.as_bytes()) {
            continue;
        }
        if key == SECURITY_TOKEN.as_bytes() && credentials.session_token().is_some() {
            if value.is_empty() {
                continue;
            }
            has_token = true;
        }
        push_piece(&mut out, piece);
    }
    if let Some(token) = credentials.session_token().filter(|_| !has_token) {
        push_pair(&mut out, SECURITY_TOKEN, &uri_encode(token.expose()));
    }
    out
}

fn push_pair(query: &mut String, key: &str, value: &str) {
    push_piece(query, key);
    query.push('=');
    query.push_str(value);
}

fn push_piece(query: &mut String, piece: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(piece);
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri, SignError> {
    let target = format!("{}?{query}", uri.path());
    let target = PathAndQuery::try_from(target).map_err(|_| SignError::InvalidUri)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).map_err(|_| SignError::InvalidUri)
}
