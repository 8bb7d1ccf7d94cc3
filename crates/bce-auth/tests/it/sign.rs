//! Tests of the changes that the signer makes to a request head.

use crate::common::{NOW, TOKEN, URL, get, plain, session, signed, with_headers};
use bce_auth::{Credentials, SignError, Signer, SigningOptions};
use http::HeaderValue;
use http::request::Parts;
use time::macros::datetime;

fn sign_with(options: SigningOptions, parts: &mut Parts) -> String {
    let signature = Signer::new(options).sign(parts, &plain(), NOW).unwrap();
    signature.signed_headers().to_owned()
}

#[test]
fn a_request_gets_host_date_and_authorization_and_nothing_else() {
    let parts = signed(URL, &[("version", "v2")], &plain());
    let mut names: Vec<_> = parts.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["authorization", "host", "version", "x-bce-date"]);
    assert_eq!(parts.headers["host"], "aihc.bj.baidubce.com");
    assert_eq!(parts.uri, URL);
}

#[test]
fn date_and_authorization_show_the_same_instant() {
    let mut parts = with_headers(URL, &[("x-bce-date", "2000-01-01T00:00:00Z")]);
    let at = datetime!(2026-08-20 7:59:59.999 +8);
    Signer::default().sign(&mut parts, &plain(), at).unwrap();
    assert_eq!(parts.headers["x-bce-date"], "2026-08-19T23:59:59Z");
    let authorization = parts.headers["authorization"].to_str().unwrap();
    assert!(
        authorization
            .starts_with("bce-auth-v1/visible-ak/2026-08-19T23:59:59Z/1800/host;x-bce-date/"),
        "{authorization}"
    );
}

#[test]
fn a_fixed_time_stamp_takes_the_place_of_now() {
    let mut parts = get(URL);
    let fixed = datetime!(2030-01-02 3:04:05 UTC);
    sign_with(SigningOptions::default().timestamp(fixed), &mut parts);
    assert_eq!(parts.headers["x-bce-date"], "2030-01-02T03:04:05Z");
}

#[test]
fn keep_date_leaves_the_header_as_it_is_present_or_not() {
    let keep = SigningOptions::default().keep_date();
    let mut parts = get(URL);
    assert_eq!(sign_with(keep.clone(), &mut parts), "host");
    assert!(!parts.headers.contains_key("x-bce-date"));

    let mut parts = with_headers(URL, &[("x-bce-date", "2026-08-19T23:59:00Z")]);
    assert_eq!(sign_with(keep, &mut parts), "host;x-bce-date");
    assert_eq!(parts.headers["x-bce-date"], "2026-08-19T23:59:00Z");
}

#[test]
fn expiry_is_written_as_given() {
    for seconds in [-1, 0, 30, 86400] {
        let mut parts = get(URL);
        sign_with(
            SigningOptions::default().expire_seconds(seconds),
            &mut parts,
        );
        let authorization = parts.headers["authorization"].to_str().unwrap();
        let written = authorization.split('/').nth(3).unwrap();
        assert_eq!(written, seconds.to_string());
    }
}

#[test]
fn a_host_header_that_is_there_stays() {
    let parts = signed(URL, &[("host", "proxy.example:8443")], &plain());
    assert_eq!(parts.headers["host"], "proxy.example:8443");
    let parts = signed("http://127.0.0.1:7070/", &[], &plain());
    assert_eq!(parts.headers["host"], "127.0.0.1:7070");
}

#[test]
fn a_host_header_that_every_verifier_refuses_is_not_signed() {
    let listed = SigningOptions::default();
    for signer in [
        Signer::default(),
        Signer::new(listed.headers_to_sign(["content-type"])),
    ] {
        for uri in ["/", URL] {
            let mut parts = with_headers(uri, &[("host", "user@good.example")]);
            let before = parts.headers.clone();
            let outcome = signer.sign(&mut parts, &plain(), NOW);
            assert_eq!(outcome.unwrap_err(), SignError::MalformedHost, "{uri}");
            assert_eq!(parts.headers, before);
        }
    }
}

#[test]
fn a_request_without_any_host_is_signed_without_one() {
    let mut parts = get("/");
    assert_eq!(
        sign_with(SigningOptions::default(), &mut parts),
        "x-bce-date"
    );
    assert!(!parts.headers.contains_key("host"));
}

#[test]
fn a_list_that_signs_nothing_is_refused_but_no_default_set() {
    let keep = SigningOptions::default().keep_date();
    assert_eq!(sign_with(keep.clone(), &mut get("/")), "");

    let mut parts = with_headers("/", &[("content-type", "text/plain")]);
    let before = parts.headers.clone();
    let signer = Signer::new(keep.headers_to_sign(["range"]));
    let outcome = signer.sign(&mut parts, &plain(), NOW);
    assert_eq!(outcome.unwrap_err(), SignError::NothingSigned);
    assert_eq!(parts.headers, before);
    parts.headers.insert("range", "bytes=0-1".parse().unwrap());
    let signature = signer.sign(&mut parts, &plain(), NOW).unwrap();
    assert_eq!(signature.signed_headers(), "range");
}

#[test]
fn session_credentials_add_their_token_and_sign_it() {
    let stale = [("x-bce-security-token", "stale")];
    let mut parts = with_headers(URL, &stale);
    let signature = Signer::default().sign(&mut parts, &session(), NOW).unwrap();
    assert_eq!(parts.headers["x-bce-security-token"], TOKEN);
    assert_eq!(
        signature.signed_headers(),
        "host;x-bce-date;x-bce-security-token"
    );
    assert!(signature.canonical_request().contains("with%2Bchars%3D%3D"));
}

#[test]
fn a_token_in_the_query_replaces_the_header_unless_empty() {
    let uri = |value: &str| format!("https://h.example/?x-bce-security-token={value}");
    let parts = signed(&uri("t"), &[], &session());
    assert!(!parts.headers.contains_key("x-bce-security-token"));
    let parts = signed(&uri(""), &[], &session());
    assert_eq!(parts.headers["x-bce-security-token"], TOKEN);
}

#[test]
fn authorization_and_token_are_marked_as_sensitive() {
    let parts = signed(URL, &[], &session());
    assert!(parts.headers["authorization"].is_sensitive());
    assert!(parts.headers["x-bce-security-token"].is_sensitive());
    assert!(!parts.headers["x-bce-date"].is_sensitive());
}

#[test]
fn signing_again_replaces_what_the_first_time_added() {
    let mut parts = signed(URL, &[], &session());
    let first = parts.headers.clone();
    let later = NOW + time::Duration::SECOND;
    Signer::default()
        .sign(&mut parts, &session(), later)
        .unwrap();
    assert_eq!(parts.headers.len(), first.len());
    assert_ne!(parts.headers["authorization"], first["authorization"]);
    assert_eq!(parts.headers["x-bce-date"], "2026-08-20T00:00:01Z");
}

#[test]
fn one_signer_serves_changing_credentials_and_times() {
    let other = Credentials::new("visible-ak", "another-sk").unwrap();
    let shared = Signer::default();
    for at in [NOW, NOW, NOW + time::Duration::SECOND] {
        for credentials in [&plain(), &other, &other, &plain()] {
            let (mut one, mut two) = (get(URL), get(URL));
            let expected = Signer::default().sign(&mut one, credentials, at).unwrap();
            let actual = shared.sign(&mut two, credentials, at).unwrap();
            assert_eq!(actual.authorization(), expected.authorization());
        }
    }
}

#[test]
fn a_failure_leaves_the_request_as_it_was() {
    let repeated = SignError::RepeatedHeader {
        name: "x-bce-meta".to_owned(),
    };
    let twice = [("x-bce-meta", "1"), ("x-bce-meta", "2")];
    let early = datetime!(-0001-12-31 0:00 UTC);
    for (headers, at, error) in [
        (&twice[..], NOW, repeated),
        (&twice[..1], early, SignError::TimestampOutOfRange),
    ] {
        let mut parts = with_headers(URL, headers);
        let before = parts.headers.clone();
        let outcome = Signer::default().sign(&mut parts, &session(), at);
        assert_eq!(outcome.unwrap_err(), error);
        assert_eq!(parts.headers, before);
    }
}

#[test]
fn a_request_full_of_headers_is_refused_and_not_half_signed() {
    let mut parts = get(URL);
    for index in 0.. {
        let name: http::HeaderName = format!("h{index}").parse().unwrap();
        if parts
            .headers
            .try_append(name, HeaderValue::from_static(""))
            .is_err()
        {
            break;
        }
    }
    // There is room for one header, but four are needed.
    parts.headers.remove("h0");
    let before = parts.headers.len();
    let outcome = Signer::default().sign(&mut parts, &session(), NOW);
    assert_eq!(outcome.unwrap_err(), SignError::TooManyHeaders);
    assert_eq!(parts.headers.len(), before);
    assert!(!parts.headers.contains_key("host"));
}

#[test]
fn a_repeated_header_that_is_not_signed_does_no_harm() {
    let parts = signed(URL, &[("accept", "a"), ("accept", "b")], &plain());
    assert!(parts.headers.contains_key("authorization"));
}

#[test]
fn the_uri_is_never_rewritten() {
    for uri in [
        "/a%2fb//c+d/%zz?b=1&a=%7e&&authorization=x&=y&key",
        "http://user:pw@h.example:80?x",
        "*",
    ] {
        let parts = signed(uri, &[], &session());
        assert_eq!(parts.uri.to_string(), get(uri).uri.to_string());
    }
}
