//! Tests of each reason for which the verifier refuses a request, and of the deviations that it
//! tolerates.

use std::time::Duration;

use crate::common::{NOW, TOKEN, URL, get, plain, session, signed, verify, with_headers};
use bce_auth::{AuthorizationPart, Signer, SigningOptions, Verifier, VerifyError};
use http::HeaderValue;
use http::request::Parts;
use time::OffsetDateTime;

/// Replaces one of the six parts of the authorization.
fn alter(parts: &mut Parts, field: usize, value: &str) {
    let text = parts.headers["authorization"].to_str().unwrap();
    let mut fields: Vec<_> = text.split('/').collect();
    fields[field] = value;
    let text = fields.join("/");
    set(parts, "authorization", &text);
}

fn set(parts: &mut Parts, name: &'static str, value: &str) {
    parts.headers.insert(name, value.parse().unwrap());
}

fn refusal(parts: &Parts) -> VerifyError {
    verify(parts, &plain()).unwrap_err()
}

fn sign_with(options: SigningOptions, headers: &[(&str, &str)]) -> Parts {
    let mut parts = with_headers(URL, headers);
    Signer::new(options)
        .sign(&mut parts, &plain(), NOW)
        .unwrap();
    parts
}

fn verify_at(parts: &Parts, now: OffsetDateTime) -> Result<(), VerifyError> {
    let verified = Verifier::new().verify(parts, now, |_| Some(plain()));
    verified.map(drop)
}

#[test]
fn a_signed_request_tells_who_sent_it_and_what_was_signed() {
    let parts = signed(URL, &[("content-type", "text/plain")], &plain());
    let verified = verify(&parts, &plain()).unwrap();
    assert_eq!(verified.access_key_id(), "visible-ak");
    assert_eq!(
        verified.credentials().secret_access_key().expose(),
        "hidden-sk"
    );
    assert_eq!(verified.timestamp(), NOW);
    assert_eq!(verified.expire_seconds(), 1800);
    assert_eq!(
        verified.signed_headers(),
        ["content-type", "host", "x-bce-date"]
    );
    assert_eq!(verified.security_token(), None);
}

#[test]
fn a_request_needs_exactly_one_authorization() {
    assert_eq!(refusal(&get(URL)), VerifyError::Missing);

    let mut parts = signed(URL, &[], &plain());
    let value = parts.headers["authorization"].clone();
    parts.headers.append("authorization", value.clone());
    assert_eq!(refusal(&parts), VerifyError::Ambiguous);

    let parts = get("https://h.example/?authorization=a&Authorization=b");
    assert_eq!(refusal(&parts), VerifyError::Ambiguous);
}

#[test]
fn the_header_wins_over_a_query_parameter_that_no_signature_covers() {
    let mut parts = signed("https://h.example/?authorization=a&b=c", &[], &plain());
    assert!(verify(&parts, &plain()).is_ok());
    parts.uri = "https://h.example/?authorization=other&b=c"
        .parse()
        .unwrap();
    assert!(verify(&parts, &plain()).is_ok());
    parts.uri = "https://h.example/?authorization=a&b=d".parse().unwrap();
    assert_eq!(refusal(&parts), VerifyError::SignatureMismatch);
}

#[test]
fn an_authorization_that_is_not_text_is_malformed() {
    let mut parts = get(URL);
    let value = HeaderValue::from_bytes(b"bce-auth-v1/\xFF").unwrap();
    parts.headers.insert("authorization", value);
    let malformed = VerifyError::Malformed {
        part: AuthorizationPart::Whole,
    };
    assert_eq!(refusal(&parts), malformed);
    assert_eq!(refusal(&get("/?authorization=%FF")), malformed);
}

#[test]
fn another_version_is_not_supported() {
    let mut parts = signed(URL, &[], &plain());
    alter(&mut parts, 0, "bce-auth-v2");
    assert_eq!(refusal(&parts), VerifyError::UnsupportedVersion);
}

#[test]
fn changing_any_part_of_the_authorization_breaks_the_signature() {
    for (field, value) in [
        (1, "another-ak"),
        (2, "2026-08-20T00:00:01Z"),
        (3, "1801"),
        (4, "host"),
        (
            5,
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
    ] {
        let mut parts = signed(URL, &[], &plain());
        alter(&mut parts, field, value);
        let outcome = Verifier::new().verify(&parts, NOW, |_| Some(plain()));
        assert_eq!(
            outcome.unwrap_err(),
            VerifyError::SignatureMismatch,
            "{value}"
        );
    }
}

type Change = fn(&mut Parts);

#[test]
fn changing_what_was_signed_breaks_the_signature() {
    let good = signed(URL, &[("content-type", "text/plain")], &plain());
    let changes: [(&str, Change); 6] = [
        ("method", |parts| parts.method = http::Method::DELETE),
        ("path", |parts| {
            parts.uri = get("/x?action=DescribeDevInstances&pageSize=10").uri
        }),
        ("query", |parts| {
            parts.uri = get("/?action=DeleteDevInstances&pageSize=10").uri
        }),
        ("less query", |parts| {
            parts.uri = get("/?action=DescribeDevInstances").uri
        }),
        ("host", |parts| set(parts, "host", "aihc.gz.baidubce.com")),
        ("header", |parts| set(parts, "content-type", "text/html")),
    ];
    for (what, change) in changes {
        let mut parts = good.clone();
        change(&mut parts);
        assert_eq!(refusal(&parts), VerifyError::SignatureMismatch, "{what}");
    }
    assert!(verify(&good, &plain()).is_ok());
}

#[test]
fn spellings_of_the_same_request_are_one_request() {
    let url = "http://h.example/a%7Eb?x=%2a&y";
    let mut parts = signed(url, &[("content-type", "text/plain")], &plain());
    parts.uri = get("/%61~b?y=&x=*").uri;
    set(&mut parts, "content-type", "\t text/plain ");
    assert!(verify(&parts, &plain()).is_ok());
}

#[test]
fn an_access_key_that_nobody_has_is_told_from_a_wrong_secret() {
    let parts = signed(URL, &[], &plain());
    let nobody = Verifier::new().verify(&parts, NOW, |_| None);
    assert_eq!(nobody.unwrap_err(), VerifyError::UnknownAccessKey);
    let other = bce_auth::Credentials::new("visible-ak", "another-sk").unwrap();
    assert_eq!(
        verify(&parts, &other).unwrap_err(),
        VerifyError::SignatureMismatch
    );
}

#[test]
fn a_signature_is_good_to_its_last_second_and_not_longer() {
    let keep = SigningOptions::default().keep_date();
    let parts = sign_with(keep.clone().expire_seconds(60), &[]);
    let end = NOW + time::Duration::seconds(60);
    assert_eq!(verify_at(&parts, end), Ok(()));
    let late = end + time::Duration::NANOSECOND;
    assert_eq!(verify_at(&parts, late), Err(VerifyError::Expired));

    let parts = sign_with(keep.clone().expire_seconds(0), &[]);
    assert_eq!(verify_at(&parts, NOW), Ok(()));
    let late = NOW + time::Duration::NANOSECOND;
    assert_eq!(verify_at(&parts, late), Err(VerifyError::Expired));

    for forever in [-1, i64::MIN, i64::MAX] {
        let parts = sign_with(keep.clone().expire_seconds(forever), &[]);
        let late = NOW + time::Duration::weeks(10_000);
        assert_eq!(verify_at(&parts, late), Ok(()), "{forever}");
    }
}

#[test]
fn a_clock_may_be_off_by_the_limit_in_both_directions() {
    let day = SigningOptions::default().expire_seconds(86400);
    let parts = sign_with(day.clone(), &[]);
    let limit = time::Duration::minutes(30);
    let beyond = limit + time::Duration::NANOSECOND;
    assert_eq!(verify_at(&parts, NOW + limit), Ok(()));
    assert_eq!(verify_at(&parts, NOW - limit), Ok(()));
    let skewed = |part| Err(VerifyError::Skewed { part });
    assert_eq!(
        verify_at(&parts, NOW + beyond),
        skewed(AuthorizationPart::DateHeader)
    );
    assert_eq!(
        verify_at(&parts, NOW - beyond),
        skewed(AuthorizationPart::Timestamp)
    );

    let keep = SigningOptions::default().keep_date();
    for (date, outcome) in [
        (" 2026-08-20T00:30:00Z ", Ok(())),
        (
            "2026-08-20T00:30:01Z",
            skewed(AuthorizationPart::DateHeader),
        ),
        (
            "2026-08-19T23:29:59Z",
            skewed(AuthorizationPart::DateHeader),
        ),
    ] {
        let parts = sign_with(keep.clone(), &[("x-bce-date", date)]);
        assert_eq!(verify_at(&parts, NOW), outcome, "{date}");
    }

    // Without the header, only a time in the future is refused: the expiry limits the age of a
    // signature.
    let parts = sign_with(day.keep_date(), &[]);
    assert_eq!(verify_at(&parts, NOW + beyond), Ok(()));

    let strict = Verifier::new().max_skew(Duration::from_secs(1));
    let now = NOW - time::Duration::seconds(2);
    let outcome = strict.verify(&parts, now, |_| Some(plain()));
    assert!(matches!(outcome, Err(VerifyError::Skewed { .. })));
    let endless = Verifier::new().max_skew(Duration::MAX);
    let now = NOW - time::Duration::weeks(10_000);
    assert!(endless.verify(&parts, now, |_| Some(plain())).is_ok());
}

#[test]
fn a_date_header_that_is_no_date_is_malformed() {
    let keep = SigningOptions::default().keep_date();
    let parts = sign_with(keep, &[("x-bce-date", "yesterday")]);
    let part = AuthorizationPart::DateHeader;
    assert_eq!(refusal(&parts), VerifyError::Malformed { part });
}

#[test]
fn every_listed_header_must_be_there_once() {
    let headers = [("x-bce-meta", "1"), ("content-type", "text/plain")];
    let name = "x-bce-meta".to_owned();
    let good = signed(URL, &headers, &plain());

    let mut parts = good.clone();
    parts.headers.remove("x-bce-meta");
    let missing = VerifyError::HeaderMissing { name: name.clone() };
    assert_eq!(refusal(&parts), missing);
    // Only the host can be taken from the URI.
    parts.headers.remove("host");
    assert_eq!(refusal(&parts), missing);

    let mut parts = good;
    parts
        .headers
        .append("x-bce-meta", HeaderValue::from_static(""));
    assert_eq!(refusal(&parts), VerifyError::HeaderRepeated { name });
}

#[test]
fn the_host_must_be_signed_unless_the_server_allows_otherwise() {
    let mut parts = get("/");
    Signer::default().sign(&mut parts, &plain(), NOW).unwrap();
    set(&mut parts, "host", "anything.example");
    assert_eq!(refusal(&parts), VerifyError::HostNotSigned);
    let lax = Verifier::new().allow_unsigned_host();
    let verified = lax.verify(&parts, NOW, |_| Some(plain())).unwrap();
    assert_eq!(verified.signed_headers(), ["x-bce-date"]);
}

#[test]
fn the_authority_of_http2_stands_for_the_host_header() {
    let mut parts = signed(URL, &[], &plain());
    parts.headers.remove("host");
    assert!(verify(&parts, &plain()).is_ok());
    parts.uri = get(&URL.replace("bj", "gz")).uri;
    assert_eq!(refusal(&parts), VerifyError::SignatureMismatch);
}

#[test]
fn an_empty_list_means_the_default_set_with_or_without_the_request_id() {
    let headers = [("x-bce-request-id", "1"), ("version", "v2")];
    for named in [&["host"][..], &["x-bce-request-id"]] {
        let options = SigningOptions::default().headers_to_sign(named);
        let mut parts = sign_with(options, &headers);
        alter(&mut parts, 4, "");
        let verified = verify(&parts, &plain()).unwrap();
        let covered = verified
            .signed_headers()
            .iter()
            .any(|name| name == "x-bce-request-id");
        assert_eq!(covered, named[0] == "x-bce-request-id");
    }
    // The choice is not wider than that: a header outside the default set is not covered.
    let options = SigningOptions::default().headers_to_sign(["version"]);
    let mut parts = sign_with(options, &headers);
    alter(&mut parts, 4, "");
    assert_eq!(refusal(&parts), VerifyError::SignatureMismatch);
}

#[test]
fn session_credentials_demand_their_token() {
    let good = signed(URL, &[], &session());
    let verified = verify(&good, &session()).unwrap();
    assert_eq!(verified.security_token(), Some(TOKEN));

    // The same keys without the token, as if the client had forgotten it.
    let without = signed(URL, &[], &plain());
    let refused = verify(&without, &session()).unwrap_err();
    assert_eq!(refused, VerifyError::TokenMissing);

    let other = signed(URL, &[("x-bce-security-token", "other")], &plain());
    let refused = verify(&other, &session()).unwrap_err();
    assert_eq!(refused, VerifyError::TokenMismatch);

    let mut unsigned = without;
    set(&mut unsigned, "x-bce-security-token", TOKEN);
    let refused = verify(&unsigned, &session()).unwrap_err();
    assert_eq!(refused, VerifyError::TokenNotSigned);
}

#[test]
fn a_token_in_the_query_is_compared_too() {
    let url = |token: &str| format!("https://h.example/?x-bce-security-token={token}");
    let good = signed(&url("hidden-token/with%2Bchars%3D%3D"), &[], &plain());
    assert_eq!(
        verify(&good, &session()).unwrap().security_token(),
        Some(TOKEN)
    );
    let other = signed(&url("other"), &[], &plain());
    let refused = verify(&other, &session()).unwrap_err();
    assert_eq!(refused, VerifyError::TokenMismatch);
    let empty = signed(&url(""), &[], &plain());
    let refused = verify(&empty, &session()).unwrap_err();
    assert_eq!(refused, VerifyError::TokenMissing);
}

#[test]
fn of_two_tokens_both_must_be_right() {
    let both = |query: &str, header: &str| {
        let url = format!("https://h.example/?x-bce-security-token={query}");
        let parts = signed(&url, &[("x-bce-security-token", header)], &plain());
        let known = bce_auth::Credentials::session("visible-ak", "hidden-sk", "good").unwrap();
        verify(&parts, &known).map(drop)
    };
    assert_eq!(both("good", "good"), Ok(()));
    assert_eq!(both("good", "bad"), Err(VerifyError::TokenMismatch));
    assert_eq!(both("bad", "good"), Err(VerifyError::TokenMismatch));
}

#[test]
fn a_token_with_long_term_credentials_is_reported_and_not_judged() {
    let parts = signed(URL, &[("x-bce-security-token", "any")], &plain());
    let verified = verify(&parts, &plain()).unwrap();
    assert_eq!(verified.security_token(), Some("any"));
}

#[test]
fn a_uri_that_names_another_host_than_the_signed_header_is_refused() {
    let mut parts = signed("http://good.example/?a=b", &[], &plain());
    assert!(verify(&parts, &plain()).is_ok());
    for uri in ["http://evil.example/?a=b", "http://good.example:8080/?a=b"] {
        parts.uri = uri.parse().unwrap();
        assert_eq!(refusal(&parts), VerifyError::HostMismatch, "{uri}");
        // It does not bypass the signature either.
        let outcome = Verifier::new()
            .allow_unsigned_host()
            .verify(&parts, NOW, |_| Some(plain()));
        assert_eq!(outcome.unwrap_err(), VerifyError::HostMismatch, "{uri}");
    }
    for uri in ["/?a=b", "http://GOOD.example:80/?a=b"] {
        parts.uri = uri.parse().unwrap();
        assert!(verify(&parts, &plain()).is_ok(), "{uri}");
    }
}

#[test]
fn a_host_with_user_information_is_malformed() {
    // The signer takes none, so that it comes afterwards.
    let mut parts = signed("/", &[], &plain());
    let lax = Verifier::new().allow_unsigned_host();
    let refusal = |parts: &_| lax.verify(parts, NOW, |_| Some(plain())).err();
    assert_eq!(refusal(&parts), None);
    set(&mut parts, "host", "user@good.example");
    assert_eq!(refusal(&parts), Some(VerifyError::HostMalformed));
}
