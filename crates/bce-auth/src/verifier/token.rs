//! Checks the session token of a request.

use http::request::Parts;

use super::error::VerifyError;
use super::parse::query_values;
use crate::credentials::Credentials;
use crate::protocol::{SECURITY_TOKEN, SECURITY_TOKEN_HEADER};
use crate::secret::Secret;

/// Returns the session token of the request, if it has one. If the credentials have a token, checks
/// that the request has the same one and that it is signed.
///
/// A token in the query is always signed; one in a header is signed only if `is_signed` returns
/// `true` for its name.
pub(super) fn check(
    parts: &Parts,
    credentials: &Credentials,
    is_signed: impl Fn(&str) -> bool,
) -> Result<Option<Secret>, VerifyError> {
    let in_headers = parts.headers.get_all(SECURITY_TOKEN_HEADER).iter();
    let in_headers: Vec<_> = in_headers
        .map(|value| value.as_bytes().trim_ascii().to_vec())
        .filter(|value| !value.is_empty())
        .collect();
    let in_query = query_values(parts, |key| key == SECURITY_TOKEN.as_bytes());
    let in_query = in_query.filter(|value| !value.is_empty());

    let header_is_used = !in_headers.is_empty();
    let mut tokens = in_headers.into_iter().chain(in_query).peekable();
    if let Some(expected) = credentials.session_token() {
        if tokens.peek().is_none() {
            return Err(VerifyError::TokenMissing);
        }
        if header_is_used && !is_signed(SECURITY_TOKEN) {
            return Err(VerifyError::TokenNotSigned);
        }
        if !tokens.all(|token| expected.matches(&token)) {
            return Err(VerifyError::TokenMismatch);
        }
        return Ok(Some(expected.clone()));
    }
    let token = tokens
        .next()
        .and_then(|token| String::from_utf8(token).ok());
    Ok(token.map(Secret::new))
}
