//! Finds the authorization of a request and parses it.

use std::borrow::Cow;

use http::header::AUTHORIZATION;
use http::request::Parts;
use time::OffsetDateTime;

use super::error::{AuthorizationPart as Part, VerifyError, malformed};
use crate::credentials::is_access_key_id;
use crate::encode::uri_decode;
use crate::mac::read_lower_hex;
use crate::protocol;
use crate::signer::canonical::query_pieces;
use crate::timestamp;

/// A parsed authorization. Its signature has not been checked.
#[derive(Debug)]
pub(super) struct Authorization<'a> {
    /// `bce-auth-v1/{access key id}/{time stamp}/{expiry}`, from which the signing key is derived.
    pub(super) prefix: &'a str,
    pub(super) access_key_id: &'a str,
    pub(super) timestamp: OffsetDateTime,
    pub(super) expire_seconds: i64,
    /// The names of the signed headers, sorted. An empty list means the default set.
    pub(super) signed_headers: Vec<&'a str>,
    pub(super) signature: [u8; 32],
}

/// Returns the text of the authorization: the value of the header or, if there is no header, that
/// of the query parameter. If there is a header, a query parameter is ignored, since the signature
/// does not cover it.
pub(super) fn find(parts: &Parts) -> Result<Cow<'_, str>, VerifyError> {
    let mut found = None;
    for value in parts.headers.get_all(AUTHORIZATION) {
        let text = value.to_str().map_err(|_| malformed(Part::Whole))?;
        put(&mut found, Cow::Borrowed(text))?;
    }
    if let Some(text) = found {
        return Ok(text);
    }
    for value in query_values(parts, |key| {
        key.eq_ignore_ascii_case(protocol::AUTHORIZATION.as_bytes())
    }) {
        let text = String::from_utf8(value).map_err(|_| malformed(Part::Whole))?;
        put(&mut found, Cow::Owned(text))?;
    }
    found.ok_or(VerifyError::Missing)
}

fn put<'a>(found: &mut Option<Cow<'a, str>>, text: Cow<'a, str>) -> Result<(), VerifyError> {
    match found.replace(text) {
        Some(_) => Err(VerifyError::Ambiguous),
        None => Ok(()),
    }
}

/// Returns the decoded values of all query parameters for whose decoded key `is_wanted` returns
/// `true`.
pub(super) fn query_values(
    parts: &Parts,
    is_wanted: impl Fn(&[u8]) -> bool,
) -> impl Iterator<Item = Vec<u8>> {
    let query = parts.uri.query().unwrap_or_default();
    query_pieces(query).filter_map(move |(key, value)| {
        let key = uri_decode(key);
        is_wanted(&key).then(|| uri_decode(value))
    })
}

impl<'a> Authorization<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, VerifyError> {
        let mut fields = text.split('/');
        if fields.next() != Some(protocol::VERSION) {
            // Text without a `/` is not an authorization of any version.
            return Err(match fields.next() {
                Some(_) => VerifyError::UnsupportedVersion,
                None => malformed(Part::Whole),
            });
        }
        let mut field = || fields.next().ok_or(malformed(Part::Whole));
        let (access_key_id, timestamp, expiry) = (field()?, field()?, field()?);
        let (signed_headers, signature) = (field()?, field()?);
        if fields.next().is_some() {
            return Err(malformed(Part::Whole));
        }
        if !is_access_key_id(access_key_id) {
            return Err(malformed(Part::AccessKeyId));
        }
        // The list and the signature are at the end of the text, each preceded by a slash.
        let prefix_len = text.len() - signed_headers.len() - signature.len() - 2;
        Ok(Self {
            prefix: text.get(..prefix_len).unwrap_or_default(),
            access_key_id,
            timestamp: timestamp::parse(timestamp.as_bytes()).ok_or(malformed(Part::Timestamp))?,
            expire_seconds: parse_expiry(expiry).ok_or(malformed(Part::Expiry))?,
            signed_headers: parse_names(signed_headers).ok_or(malformed(Part::SignedHeaders))?,
            signature: read_lower_hex(signature.as_bytes()).ok_or(malformed(Part::Signature))?,
        })
    }
}

/// Parses a decimal number in the form that signers write: without a plus sign and without leading
/// zeros. Returns `None` for any other form.
fn parse_expiry(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let padded = digits.starts_with('0') && text != "0";
    if plain && !padded {
        text.parse().ok()
    } else {
        None
    }
}

/// Parses header names that are distinct, in lower case, and separated by `;`, in any order.
/// Returns them sorted, or `None` if the list does not have this form or contains `authorization`.
fn parse_names(text: &str) -> Option<Vec<&str>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mut names: Vec<_> = text.split(';').collect();
    names.sort_unstable();
    let different = names.windows(2).all(|pair| pair.first() != pair.last());
    let legal = |name: &&str| is_lower_name(name) && *name != protocol::AUTHORIZATION;
    (different && names.iter().all(legal)).then_some(names)
}

/// Returns whether a string is a valid header name without upper-case letters.
fn is_lower_name(name: &str) -> bool {
    let legal =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const SIGNATURE: &str = "d74a04362e6a848f5b39b15421cb449427f419c95a480fd6b8cf9fc783e2999e";

    fn error(text: &str) -> VerifyError {
        Authorization::parse(text).unwrap_err()
    }

    fn error_in(field: usize, value: &str) -> VerifyError {
        let good = format!("bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/{SIGNATURE}");
        let mut fields: Vec<_> = good.split('/').collect();
        fields[field] = value;
        error(&fields.join("/"))
    }

    #[test]
    fn a_good_authorization_is_taken_apart() {
        let text = format!("bce-auth-v1/ak/2026-08-20T00:00:00Z/-1/x-bce-date;host/{SIGNATURE}");
        let parsed = Authorization::parse(&text).unwrap();
        assert_eq!(parsed.prefix, "bce-auth-v1/ak/2026-08-20T00:00:00Z/-1");
        assert_eq!(parsed.access_key_id, "ak");
        assert_eq!(parsed.timestamp, datetime!(2026-08-20 0:00 UTC));
        assert_eq!(parsed.expire_seconds, -1);
        assert_eq!(parsed.signed_headers, ["host", "x-bce-date"]);
        assert_eq!(parsed.signature[0], 0xd7);

        let text = format!("bce-auth-v1/ak/2026-08-20T00:00:00Z/0//{SIGNATURE}");
        let parsed = Authorization::parse(&text).unwrap();
        assert_eq!(parsed.prefix, "bce-auth-v1/ak/2026-08-20T00:00:00Z/0");
        assert!(parsed.signed_headers.is_empty());
    }

    #[test]
    fn another_version_is_told_from_garbage() {
        assert_eq!(
            error("bce-auth-v2/ak/20260820/bj/aihc/host/00"),
            VerifyError::UnsupportedVersion
        );
        for garbage in ["", "Bearer", "bce-auth-v1", "bce-auth-v1/ak/x/1/host"] {
            assert_eq!(error(garbage), malformed(Part::Whole), "{garbage}");
        }
        let long = format!("bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/{SIGNATURE}/");
        assert_eq!(error(&long), malformed(Part::Whole));
    }

    #[test]
    fn each_malformed_part_is_named() {
        for (field, part, values) in [
            (1, Part::AccessKeyId, &["", "a k", "访问"][..]),
            (
                2,
                Part::Timestamp,
                &["", "2026-08-20", "2026-02-30T00:00:00Z"],
            ),
            (
                3,
                Part::Expiry,
                &[
                    "",
                    "-",
                    "+1",
                    "01",
                    "-0",
                    "00",
                    "1.5",
                    "9223372036854775808",
                ],
            ),
            (
                4,
                Part::SignedHeaders,
                &[";", "host;", "Host", "host;host", "a b", "authorization"],
            ),
            (5, Part::Signature, &["", "d74a", "g74a"]),
        ] {
            for value in values {
                assert_eq!(error_in(field, value), malformed(part), "{value:?}");
            }
        }
        let upper = SIGNATURE.to_ascii_uppercase();
        assert_eq!(error_in(5, &upper), malformed(Part::Signature));
    }
}
