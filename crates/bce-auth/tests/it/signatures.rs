//! Property tests of signatures, with random requests. A second, naive implementation serves as the
//! reference.

use std::collections::BTreeMap;

use crate::common::{NOW, session, verify};
use bce_auth::{Credentials, Signer, SigningOptions, VerifyError};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use proptest::prelude::*;

/// A literal implementation of the official description of signatures, without regard to speed.
mod naive {
    use hmac::digest::{KeyInit, Mac};

    use super::*;

    fn decode(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let hex = text.get(at + 1..at + 3).filter(|hex| !hex.contains('+'));
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) if bytes[at] == b'%' => {
                    out.push(byte);
                    at += 3;
                }
                _ => {
                    out.push(bytes[at]);
                    at += 1;
                }
            }
        }
        out
    }

    pub(super) fn encode(bytes: &[u8]) -> String {
        let mut out = String::new();
        for &byte in bytes {
            let c = char::from(byte);
            if c.is_ascii_alphanumeric() || "-_.~".contains(c) {
                out.push(c);
            } else {
                out += &format!("%{byte:02X}");
            }
        }
        out
    }

    pub(super) fn canonical_request(parts: &Parts, signed: &[&str]) -> String {
        let path: Vec<_> = parts
            .uri
            .path()
            .split('/')
            .map(|s| encode(&decode(s)))
            .collect();
        let mut query = Vec::new();
        for piece in parts.uri.query().unwrap_or("").split('&') {
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            let key = decode(key);
            if !piece.is_empty() && !key.eq_ignore_ascii_case(b"authorization") {
                query.push(format!("{}={}", encode(&key), encode(&decode(value))));
            }
        }
        query.sort();
        let mut lines = Vec::new();
        for name in signed {
            let value = parts.headers[*name].as_bytes().trim_ascii();
            lines.push(format!("{}:{}", encode(name.as_bytes()), encode(value)));
        }
        lines.sort();
        let (path, query, lines) = (path.join("/"), query.join("&"), lines.join("\n"));
        format!("{}\n{path}\n{query}\n{lines}", parts.method)
    }

    fn hex_mac(key: &str, text: &str) -> String {
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let tag = mac.finalize().into_bytes();
        tag.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns the authorization that is signed at `NOW` and has the default expiry.
    pub(super) fn authorization(parts: &Parts, signed: &[&str], by: &Credentials) -> String {
        let prefix = format!(
            "bce-auth-v1/{}/2026-08-20T00:00:00Z/1800",
            by.access_key_id()
        );
        let key = hex_mac(by.secret_access_key().expose(), &prefix);
        let signature = hex_mac(&key, &canonical_request(parts, signed));
        format!("{prefix}/{}/{signature}", signed.join(";"))
    }

    /// Returns the names of the headers of the request that are signed by default; a header with a
    /// blank value is not signed.
    pub(super) fn default_set(parts: &Parts) -> Vec<&str> {
        let names: BTreeMap<_, _> = parts.headers.iter().map(|(n, v)| (n.as_str(), v)).collect();
        let usual = ["host", "content-type", "content-length", "content-md5"];
        let signed = |name: &str| {
            name != "x-bce-request-id" && (usual.contains(&name) || name.starts_with("x-bce-"))
        };
        let named = names
            .into_iter()
            .filter(|(name, value)| signed(name) && !value.as_bytes().trim_ascii().is_empty());
        named.map(|(name, _)| name).collect()
    }
}

/// Generates paths and queries with difficult parts: escapes, broken escapes, reserved characters,
/// empty pieces, several `=`, and names that need sorting after encoding.
fn target() -> impl Strategy<Value = String> {
    let path = "(/([a-zA-Z~.+:@!*,;=-]|%[0-9a-fA-F]{2}|%2[fF]|%|测){0,6}){1,4}";
    let piece = "([a-c~.+/?:;'*-]|%[0-9a-fA-F]{2}|%z|%|=|authorization|开){0,6}";
    let query = proptest::collection::vec(piece, 0..20);
    (path, query).prop_map(|(path, query)| match query.is_empty() {
        true => path,
        false => format!("{path}?{}", query.join("&")),
    })
}

fn headers() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = prop_oneof![
        "x-bce-[a-c|~-]{1,4}".boxed(),
        Just("content-type".to_owned()).boxed(),
        Just("content-md5".to_owned()).boxed(),
        Just("x-bce-request-id".to_owned()).boxed(),
        "[a-z]{2,5}"
            .prop_filter("host is set by the test", |name| name != "host")
            .boxed(),
    ];
    let byte = prop_oneof![0x20..0x7Fu8, 0x80..=0xFFu8, Just(b'\t')];
    proptest::collection::btree_map(name, proptest::collection::vec(byte, 0..8), 0..16)
}

/// Generates typical requests, which take the fast paths of the signer: they rarely have a header
/// or a query that the fast paths do not support.
fn ordinary() -> impl Strategy<Value = Parts> {
    let method = proptest::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PATCH"]);
    let host = proptest::sample::select(vec!["https://h.example", "http://u:p@h.example:8080"]);
    let path = proptest::sample::select(vec!["/", "/v2/instances", "/a%2Fb"]);
    let query = "([a-zA-Z]{1,12}=[a-zA-Z0-9_.~-]{0,20}(&|&[a-z]{1,9}=%E5%BC%80&)?){0,6}";
    let content_type = proptest::sample::select(vec![
        None,
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some(" "),
        Some("text/plain"),
    ]);
    let other = proptest::sample::select(vec![
        ("accept", "*/*"),
        ("content-length", "1337"),
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("host", "proxy.example:81"),
        ("version", "v2"),
        ("x-bce-date", "stale"),
        ("x-bce-request-id", "id"),
        ("x-bce-security-token", "stale"),
        ("x-bce-zone", "a b"),
    ]);
    let others = proptest::collection::vec(other, 0..4);
    (method, host, path, query, content_type, others).prop_map(
        |(method, host, path, query, content_type, others)| {
            let uri = format!("{host}{path}?{query}");
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            let mut parts = request.into_parts().0;
            let content_type = content_type.map(|value| ("content-type", value));
            for (name, value) in others.into_iter().chain(content_type) {
                parts.headers.insert(name, HeaderValue::from_static(value));
            }
            parts
        },
    )
}

fn request(target: &str, headers: &BTreeMap<String, Vec<u8>>) -> Parts {
    let mut parts = Request::get(target).body(()).unwrap().into_parts().0;
    parts
        .headers
        .insert("host", HeaderValue::from_static("h.example:8080"));
    for (name, value) in headers {
        parts.headers.insert(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_bytes(value).unwrap(),
        );
    }
    parts
}

fn known() -> Credentials {
    Credentials::new("visible-ak", "hidden-sk").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn signer_and_naive_implementation_sign_alike(
        target in target(),
        headers in headers(),
    ) {
        let mut parts = request(&target, &headers);
        let signature = Signer::default().sign(&mut parts, &known(), NOW).unwrap();
        let names = naive::default_set(&parts);
        prop_assert_eq!(signature.signed_headers(), names.join(";"));
        prop_assert_eq!(
            signature.canonical_request(),
            naive::canonical_request(&parts, &names)
        );
        let authorization = naive::authorization(&parts, &names, &known());
        prop_assert_eq!(signature.authorization(), authorization);
    }

    #[test]
    fn ordinary_requests_are_signed_as_the_naive_implementation_signs_them(
        mut parts in ordinary(),
        with_token: bool,
    ) {
        let credentials = if with_token { session() } else { known() };
        let signature = Signer::default().sign(&mut parts, &credentials, NOW).unwrap();
        let names = naive::default_set(&parts);
        prop_assert_eq!(signature.signed_headers(), names.join(";"));
        let text = naive::canonical_request(&parts, &names);
        prop_assert_eq!(signature.canonical_request(), text);
        let authorization = naive::authorization(&parts, &names, &credentials);
        prop_assert_eq!(signature.authorization(), &authorization);
        prop_assert_eq!(&parts.headers["authorization"], &authorization);
    }

    #[test]
    fn the_verifier_accepts_what_the_signer_made(
        target in target(),
        headers in headers(),
        expire in 0..100_000i64,
    ) {
        // A second authorization, in the query, makes the request ambiguous: see verify.rs.
        let target = target.replace("authorization", "author");
        let mut parts = request(&target, &headers);
        let options = SigningOptions::default().expire_seconds(expire).headers_to_sign(["et"]);
        let signature = Signer::new(options).sign(&mut parts, &session(), NOW).unwrap();
        let verified = verify(&parts, &session());
        prop_assert!(verified.is_ok(), "{:?}", verified);
        let names = verified.unwrap().signed_headers().join(";");
        prop_assert_eq!(names, signature.signed_headers());
    }

    #[test]
    fn one_changed_character_anywhere_that_is_signed_is_noticed(
        target in target(),
        headers in headers(),
        place in any::<proptest::sample::Index>(),
        other in b'b'..=b'y',
    ) {
        let target = target.replace("authorization", "author");
        let mut parts = request(&target, &headers);
        let signature = Signer::default().sign(&mut parts, &session(), NOW).unwrap();
        let signed: Vec<_> = signature.signed_headers().split(';').collect();
        let mut places = vec!["method", "path", "query"];
        places.extend(&signed);
        let place = *place.get(&places);
        let other = char::from(other);
        match place {
            "method" => parts.method = http::Method::PUT,
            "path" => parts.uri = format!("{}{other}", parts.uri.path()).parse().unwrap(),
            "query" => {
                let path = parts.uri.path();
                let query = parts.uri.query().unwrap_or_default();
                parts.uri = format!("{path}?{query}{other}").parse().unwrap();
            }
            name => {
                let mut value = parts.headers[name].as_bytes().to_vec();
                // Blanks around a value are not signed.
                let at = value.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap();
                value[at] = if value[at] == other as u8 { b'z' } else { other as u8 };
                let name: HeaderName = name.parse().unwrap();
                parts.headers.insert(name, HeaderValue::from_bytes(&value).unwrap());
            }
        }
        prop_assert!(verify(&parts, &session()).is_err(), "{} was changed", place);
    }

    #[test]
    fn one_changed_digit_of_the_signature_is_noticed(
        target in target(),
        digit in 0..64usize,
        by in 1..16u8,
    ) {
        let target = target.replace("authorization", "author");
        let mut parts = request(&target, &BTreeMap::new());
        let signature = Signer::default().sign(&mut parts, &known(), NOW).unwrap();
        let mut text = signature.authorization().as_bytes().to_vec();
        let at = text.len() - 64 + digit;
        let value = char::from(text[at]).to_digit(16).unwrap() as u8;
        text[at] = b"0123456789abcdef"[usize::from((value + by) % 16)];
        parts.headers.insert("authorization", HeaderValue::from_bytes(&text).unwrap());
        prop_assert_eq!(verify(&parts, &known()).unwrap_err(), VerifyError::SignatureMismatch);
    }

    #[test]
    fn a_presigned_url_is_accepted_and_differs_in_the_query_only(
        target in target(),
        headers in headers(),
    ) {
        let parts = request(&target, &headers);
        let uri = Signer::default().presign(&parts, &session(), NOW).unwrap();
        prop_assert_eq!(uri.path(), parts.uri.path());
        let opened = request(&uri.to_string(), &headers);
        let verified = verify(&opened, &session());
        prop_assert!(verified.is_ok(), "{:?}", verified);
    }

    #[test]
    fn neither_order_nor_case_of_header_names_matters(
        headers in headers(),
        listed in proptest::sample::subsequence(vec!["Host", "Content-Type", "ACCEPT", "ab"], 0..4),
        turn in 0..16usize,
    ) {
        let sign = |headers: Vec<(&String, &Vec<u8>)>, listed: Vec<String>| {
            let mut parts = request("/", &BTreeMap::new());
            for (name, value) in headers {
                let name = HeaderName::from_bytes(name.to_ascii_uppercase().as_bytes()).unwrap();
                parts.headers.insert(name, HeaderValue::from_bytes(value).unwrap());
            }
            let signer = Signer::new(SigningOptions::default().headers_to_sign(listed));
            let signature = signer.sign(&mut parts, &known(), NOW).unwrap();
            signature.authorization().to_owned()
        };
        let straight: Vec<_> = headers.iter().collect();
        let mut turned = straight.clone();
        turned.rotate_left(turn.min(headers.len()));
        turned.reverse();
        let lower = listed.iter().rev().map(|name| name.to_ascii_lowercase()).collect();
        let as_is = listed.iter().map(ToString::to_string).collect();
        prop_assert_eq!(sign(straight, as_is), sign(turned, lower));
    }

    #[test]
    fn encoding_agrees_with_the_naive_one_and_can_be_undone(bytes: Vec<u8>) {
        let encoded = bce_auth::encode::uri_encode(&bytes);
        prop_assert_eq!(&encoded, &naive::encode(&bytes));
        prop_assert_eq!(bce_auth::encode::uri_decode(&encoded), bytes.clone());
        let path = bce_auth::encode::uri_encode_path(&bytes);
        prop_assert_eq!(path.replace('/', "%2F"), encoded);
    }

    #[test]
    fn no_request_makes_the_verifier_panic(
        target in target(),
        authorization in "(bce-auth-v1/)?[ -~]{0,40}",
        date in "[0-9TZ:-]{0,24}",
    ) {
        let mut parts = request(&target, &BTreeMap::new());
        parts.headers.insert("authorization", authorization.parse().unwrap());
        parts.headers.insert("x-bce-date", date.parse().unwrap());
        prop_assert!(verify(&parts, &known()).is_err());
    }
}
