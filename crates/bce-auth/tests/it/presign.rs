//! Tests of pre-signed URLs.

use crate::common::{NOW, TOKEN, get, plain, session, verify, with_headers};
use bce_auth::{Credentials, SignError, Signer, SigningOptions, VerifyError};
use http::Uri;
use http::request::Parts;

const URL: &str = "https://bj.bcebos.com/bucket/a%20b?versionId=1&x=%7e";

fn presign(parts: &Parts, credentials: &Credentials) -> Uri {
    Signer::default().presign(parts, credentials, NOW).unwrap()
}

/// Returns the request that a server receives when somebody opens the URL.
fn open(uri: &Uri, headers: &[(&str, &str)]) -> Parts {
    let target = uri.path_and_query().unwrap().as_str();
    let mut parts = with_headers(target, headers);
    if let Some(authority) = uri.authority() {
        parts
            .headers
            .insert("host", authority.as_str().parse().unwrap());
    }
    parts
}

#[test]
fn the_url_alone_is_enough_and_keeps_the_rest_byte_for_byte() {
    let parts = get(URL);
    let uri = presign(&parts, &plain());
    let text = uri.to_string();
    assert!(
        text.starts_with(&format!(
            "{URL}&authorization=bce-auth-v1%2Fvisible-ak%2F2026-08-20T00%3A00%3A00Z%2F1800%2Fhost%2F"
        )),
        "{text}"
    );
    let verified = verify(&open(&uri, &[]), &plain()).unwrap();
    assert_eq!(verified.signed_headers(), ["host"]);
    assert!(parts.headers.is_empty(), "the request is only read");
}

#[test]
fn an_origin_form_stays_one_and_takes_its_host_from_the_header() {
    let parts = with_headers("/bucket/key", &[("host", "bj.bcebos.com")]);
    let uri = presign(&parts, &plain());
    assert!(uri.authority().is_none());
    let verified = verify(&open(&uri, &[("host", "bj.bcebos.com")]), &plain()).unwrap();
    assert_eq!(verified.signed_headers(), ["host"]);
    let elsewhere = open(&uri, &[("host", "gz.bcebos.com")]);
    assert_eq!(
        verify(&elsewhere, &plain()).unwrap_err(),
        VerifyError::SignatureMismatch
    );
}

#[test]
fn the_host_of_an_absolute_uri_beats_the_header() {
    let parts = with_headers(URL, &[("host", "localhost")]);
    let uri = presign(&parts, &plain());
    assert!(verify(&open(&uri, &[]), &plain()).is_ok());
}

#[test]
fn a_session_token_goes_into_the_signed_query_once() {
    for url in [
        URL.to_owned(),
        format!("{URL}&x-bce-security-token="),
        format!("{URL}&x-bce-security-token=hidden-token%2Fwith%2Bchars%3D%3D"),
    ] {
        let uri = presign(&get(&url), &session());
        assert_eq!(
            uri.query().unwrap().matches("x-bce-security-token").count(),
            1
        );
        let verified = verify(&open(&uri, &[]), &session()).unwrap();
        assert_eq!(verified.security_token(), Some(TOKEN));
    }
}

#[test]
fn long_term_credentials_leave_a_token_parameter_alone() {
    for token in ["", "t"] {
        let url = format!("https://h.example/?x-bce-security-token={token}");
        let uri = presign(&get(&url), &plain()).to_string();
        assert!(uri.starts_with(&format!("{url}&authorization=")), "{uri}");
    }
}

#[test]
fn an_old_authorization_is_replaced() {
    let first = presign(&get(URL), &plain());
    let again = presign(&get(&format!("{first}&Authorization=x")), &plain());
    assert_eq!(again, first);
}

#[test]
fn bce_headers_and_listed_headers_are_signed_and_others_are_not() {
    let headers = [
        ("x-bce-acl", "private"),
        ("content-type", "text/plain"),
        ("range", "bytes=0-9"),
        ("x-bce-request-id", "1"),
    ];
    let signed = |options: SigningOptions| {
        let parts = with_headers(URL, &headers);
        let uri = Signer::new(options).presign(&parts, &plain(), NOW).unwrap();
        let verified = verify(&open(&uri, &headers), &plain()).unwrap();
        verified.signed_headers().join(";")
    };
    assert_eq!(signed(SigningOptions::default()), "host;x-bce-acl");
    let range = SigningOptions::default().headers_to_sign(["Range"]);
    assert_eq!(signed(range), "host;range;x-bce-acl");
}

#[test]
fn expiry_and_time_stamp_can_be_chosen() {
    let signer = Signer::new(
        SigningOptions::default()
            .timestamp(NOW - time::Duration::HOUR)
            .expire_seconds(-1),
    );
    let uri = signer.presign(&get(URL), &plain(), NOW).unwrap();
    let verified = verify(&open(&uri, &[]), &plain()).unwrap();
    assert_eq!(verified.timestamp(), NOW - time::Duration::HOUR);
    assert_eq!(verified.expire_seconds(), -1);
}

#[test]
fn without_a_host_there_is_no_url() {
    let none = get("/bucket/key");
    let blank = with_headers("/bucket/key", &[("host", " ")]);
    let two = with_headers("/bucket/key", &[("host", "a"), ("host", "b")]);
    let malformed = with_headers("/bucket/key", &[("host", "user@good.example")]);
    let presign = |parts: &Parts| Signer::default().presign(parts, &plain(), NOW).unwrap_err();
    assert_eq!(presign(&none), SignError::MissingHost);
    assert_eq!(presign(&blank), SignError::MissingHost);
    assert_eq!(presign(&malformed), SignError::MalformedHost);
    assert!(matches!(presign(&two), SignError::RepeatedHeader { name } if name == "host"));
}

#[test]
fn a_url_that_gets_too_long_is_an_error() {
    let long = format!("https://h.example/{}", "a".repeat(65_400));
    let outcome = Signer::default().presign(&get(&long), &plain(), NOW);
    assert_eq!(outcome.unwrap_err(), SignError::InvalidUri);
}
