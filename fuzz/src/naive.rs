//! A simple implementation of the signature scheme bce-auth-v1, written from its public description
//! without regard to speed. It shares no code with the crates under test.

use http::request::Parts;
use ring::hmac;

/// Percent-encodes all bytes except letters, digits and `-._~`; if `keep_slash` is set, also leaves
/// `/` unchanged.
fn encode(bytes: &[u8], keep_slash: bool) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            b'/' if keep_slash => text.push('/'),
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}

/// Decodes percent-encoded text; invalid escapes stay unchanged.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|digits| std::str::from_utf8(digits).ok()) {
            Some(digits) if bytes[at] == b'%' => {
                decoded.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    decoded
}

/// Returns the path of the canonical request. Encodes each segment separately, so that an encoded
/// slash does not become a separator.
fn path(path: &str) -> String {
    let segments: Vec<_> = path
        .split('/')
        .map(|segment| encode(&decode(segment), false))
        .collect();
    let path = segments.join("/");
    match path.starts_with('/') {
        true => path,
        false => format!("/{path}"),
    }
}

fn query(query: &str) -> String {
    let mut items = Vec::new();
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        let (key, value) = (decode(key), decode(value));
        if !key.eq_ignore_ascii_case(b"authorization") {
            items.push(format!("{}={}", encode(&key, false), encode(&value, false)));
        }
    }
    items.sort();
    items.join("&")
}

/// Returns the canonical request with the default set of headers, and the names of these headers.
/// Returns `None` if one of the headers occurs twice, which the public description of bce-auth-v1
/// does not cover.
pub fn canonical_request(parts: &Parts, date: &str) -> Option<(String, String)> {
    let mut lines = vec![format!("x-bce-date:{}", encode(date.as_bytes(), false))];
    let mut names = vec!["x-bce-date".to_owned()];
    for name in parts.headers.keys() {
        let name = name.as_str();
        let recommended = ["host", "content-length", "content-type", "content-md5"];
        let signed = recommended.contains(&name) || name.starts_with("x-bce-");
        if !signed || name == "x-bce-date" || name == "x-bce-request-id" {
            continue;
        }
        let mut values = parts.headers.get_all(name).iter();
        let value = values.next()?.as_bytes().trim_ascii();
        if values.next().is_some() {
            return None;
        }
        if !value.is_empty() {
            lines.push(format!(
                "{}:{}",
                encode(name.as_bytes(), false),
                encode(value, false)
            ));
            names.push(name.to_owned());
        }
    }
    lines.sort();
    names.sort();
    let canonical = format!(
        "{}\n{}\n{}\n{}",
        parts.method.as_str().to_uppercase(),
        path(parts.uri.path()),
        query(parts.uri.query().unwrap_or("")),
        lines.join("\n")
    );
    Some((canonical, names.join(";")))
}

/// Returns the signature in hex: an HMAC-SHA256 of `canonical`. Its key is the HMAC-SHA256 of
/// `prefix` with the key `secret`, in hex.
pub fn signature(secret: &str, prefix: &str, canonical: &str) -> String {
    let sign = |key: &str, text: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let tag = hmac::sign(&key, text.as_bytes());
        tag.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    sign(&sign(secret, prefix), canonical)
}
