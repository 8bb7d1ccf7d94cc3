//! Signs a request with our signer, and converts a request to the format of the SDK's signer.

use bce_auth::{Credentials, SignError, Signature, Signer, SigningOptions};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::request::Request;
use super::spelling;

const TOKEN: &str = "x-bce-security-token";

/// Returns the result of our signer: the signed head, or the error with which it refuses to sign.
/// The outer error means that the test itself has failed.
pub(super) fn ours(request: &Request) -> Result<Result<(Parts, Signature), SignError>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{request:?} cannot be made: {error}");
    let origin = request.origin.map_or("", |(origin, _)| origin);
    let uri = format!("{origin}{}", spelling::target(request));
    let mut parts = http::Request::new(()).into_parts().0;
    parts.uri = uri.parse().map_err(|error| failed(&error))?;
    parts.method = Method::from_bytes(request.method.as_bytes()).map_err(|error| failed(&error))?;
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| failed(&error))?;
        let value = HeaderValue::from_bytes(value).map_err(|error| failed(&error))?;
        parts.headers.append(name, value);
    }
    let mut options = SigningOptions::default()
        .timestamp(request.at)
        .expire_seconds(request.expire_seconds);
    if let Some(names) = &request.headers_to_sign {
        options = options.headers_to_sign(names);
    }
    if request.keep_date {
        options = options.keep_date();
    }
    let credentials = credentials(request)?;
    // The signer must ignore this time, since the options set another one.
    let signature = Signer::new(options).sign(&mut parts, &credentials, OffsetDateTime::UNIX_EPOCH);
    Ok(signature.map(|signature| (parts, signature)))
}

pub(super) fn credentials(request: &Request) -> Result<Credentials, String> {
    let (id, secret) = (
        request.access_key_id.as_str(),
        request.secret_access_key.as_str(),
    );
    match &request.token {
        Some(token) => Credentials::session(id, secret, token.as_str()),
        None => Credentials::new(id, secret),
    }
    .map_err(|error| format!("{request:?} has no credentials: {error}"))
}

/// Converts the request to JSON, in the format that `sign.py` reads in order to sign it with the
/// SDK.
pub(super) fn for_sdk(request: &Request, by_segment: bool, names: Option<&[String]>) -> Value {
    let mut headers: Vec<Value> = request
        .headers
        .iter()
        .map(|(name, given)| json!([name, value(given)]))
        .collect();
    if let Some((_, host)) = request.origin.filter(|_| !request.has_header("host")) {
        headers.push(json!(["host", host]));
    }
    let token_in_query = request
        .query
        .iter()
        .any(|(key, value)| key == TOKEN.as_bytes() && !value.is_empty());
    let pairs = request.query.iter();
    let pairs: Vec<Value> = pairs
        .map(|(key, given)| json!([value(key), value(given)]))
        .collect();
    let mut description = json!({
        "access_key_id": request.access_key_id,
        "secret_access_key": request.secret_access_key,
        "method": request.method,
        "query": pairs,
        "headers": headers,
        "set_date": !request.keep_date,
        "set_token": request.token.as_ref().filter(|_| !token_in_query),
        "timestamp": request.at.unix_timestamp(),
        "expire_seconds": request.expire_seconds,
        "headers_to_sign": names,
    });
    let (member, path) = match by_segment {
        true => (
            "segments",
            request.segments.iter().map(|s| value(s)).collect(),
        ),
        false => {
            let path: Vec<u8> = request
                .segments
                .iter()
                .flat_map(|s| [b"/", &s[..]].concat())
                .collect();
            ("path", value(&path))
        }
    };
    if let Some(members) = description.as_object_mut() {
        members.insert(member.to_owned(), path);
    }
    description
}

/// Returns bytes as a string if they are UTF-8, and otherwise as an object with hexadecimal digits.
fn value(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "hex": hex })
        }
    }
}
