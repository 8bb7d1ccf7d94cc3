//! Tests of authentication.

use bce_auth::{Credentials, Signer, SigningOptions};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Uri};
use time::Duration;

use crate::client::{Fixture, Reply};

const LIST: &str = "/?action=DescribeDevInstances&pageSize=5";

fn signed(fixture: &Fixture, options: SigningOptions) -> Parts {
    let mut parts = fixture.head("GET", LIST);
    let signer = Signer::new(options);
    signer
        .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
        .unwrap();
    parts
}

/// Signs a valid request, changes its head with `alter`, and sends it.
async fn altered(fixture: &Fixture, alter: impl FnOnce(&mut Parts)) -> Reply {
    let mut parts = signed(fixture, SigningOptions::default());
    alter(&mut parts);
    fixture.send(&parts, b"").await
}

fn set(parts: &mut Parts, name: &'static str, value: &str) {
    parts
        .headers
        .insert(name, HeaderValue::from_str(value).unwrap());
}

#[tokio::test]
async fn a_signed_request_is_accepted() {
    let fixture = Fixture::start().await;
    assert_eq!(altered(&fixture, |_| {}).await.ok()["totalCount"], 0);
}

#[tokio::test]
async fn a_request_without_a_readable_authorization_is_refused() {
    let fixture = Fixture::start().await;
    let missing = altered(&fixture, |parts| {
        parts.headers.remove(AUTHORIZATION);
    });
    assert_eq!(missing.await.refusal(), (400, "InvalidHTTPAuthHeader"));
    for value in [
        "",
        "Basic dTpw",
        "bce-auth-v2/ak/20260820/bj/aihc/host/00",
        "bce-auth-v1/a/b",
    ] {
        let answer = altered(&fixture, |parts| set(parts, "authorization", value)).await;
        assert_eq!(answer.refusal(), (400, "InvalidHTTPAuthHeader"), "{value}");
    }
}

#[tokio::test]
async fn an_unknown_access_key_is_refused() {
    let fixture = Fixture::start().await;
    let foreign = Credentials::new("foreign", "secret").unwrap();
    let answer = fixture.call_as(&foreign, "GET", LIST, "").await;
    assert_eq!(answer.refusal(), (403, "InvalidAccessKeyId"));
}

#[tokio::test]
async fn whatever_changes_after_signing_breaks_the_signature() {
    let fixture = Fixture::start().await;
    let endpoint = fixture.emulator.endpoint().to_owned();
    let uri = |target: &str| format!("{endpoint}{target}").parse::<Uri>().unwrap();
    let mismatch = (400, "SignatureDoesNotMatch");

    let target = uri("/?action=DescribeDevInstances&pageSize=6");
    assert_eq!(
        altered(&fixture, |parts| parts.uri = target)
            .await
            .refusal(),
        mismatch
    );
    let target = uri("/?action=DescribeDevInstances&pageSize=5&order=asc");
    assert_eq!(
        altered(&fixture, |parts| parts.uri = target)
            .await
            .refusal(),
        mismatch
    );
    let answer = altered(&fixture, |parts| parts.method = http::Method::POST).await;
    assert_eq!(answer.refusal(), mismatch);
    let answer = altered(&fixture, |parts| set(parts, "content-type", "text/plain")).await;
    assert_eq!(answer.refusal(), mismatch);
    let answer = altered(&fixture, |parts| {
        parts.headers.remove("content-type");
    });
    assert_eq!(answer.await.refusal(), mismatch);
    let secret = Credentials::new(fixture.emulator.credentials().access_key_id(), "other").unwrap();
    assert_eq!(
        fixture.call_as(&secret, "GET", LIST, "").await.refusal(),
        mismatch
    );
}

#[tokio::test]
async fn the_body_is_not_signed() {
    let fixture = Fixture::start().await;
    let mut parts = fixture.head("POST", "/?action=CreateDevInstance");
    Signer::default()
        .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
        .unwrap();
    let first = crate::client::create_body("first").to_string();
    let second = crate::client::create_body("second").to_string();
    fixture.send(&parts, first.as_bytes()).await.ok();
    fixture.send(&parts, second.as_bytes()).await.ok();
    assert_eq!(fixture.emulator.handle().instances()[1].name, "second");
}

#[tokio::test]
async fn the_host_must_be_signed() {
    let fixture = Fixture::start().await;
    let answer = altered(&fixture, |parts| {
        let value = parts.headers[AUTHORIZATION]
            .to_str()
            .unwrap()
            .replace(";host;", ";");
        set(parts, "authorization", &value);
    });
    assert_eq!(answer.await.refusal(), (400, "InvalidHTTPAuthHeader"));
}

#[tokio::test]
async fn the_date_header_is_required() {
    let fixture = Fixture::start().await;
    let mut parts = fixture.head("GET", LIST);
    let options = SigningOptions::default().keep_date();
    let signer = Signer::new(options);
    signer
        .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
        .unwrap();
    assert!(!parts.headers.contains_key("x-bce-date"));
    let answer = fixture.send(&parts, b"").await;
    assert_eq!(answer.refusal(), (400, "InvalidHTTPAuthHeader"));
}

#[tokio::test]
async fn the_two_times_of_a_request_must_agree_as_far_as_the_profile_says() {
    use aihc_emulator::Profile;
    for (profile, seconds, accepted) in [
        (Profile::Documented, 0, true),
        (Profile::Documented, 1, false),
        (Profile::Usual, -2, true),
        (Profile::Usual, 2, true),
        (Profile::Usual, 3, false),
        (Profile::Usual, -3, false),
        (Profile::Lenient, 2, true),
        (Profile::Lenient, 3, false),
    ] {
        let fixture = Fixture::start_with(|builder| builder.profile(profile)).await;
        let mut parts = fixture.head("GET", LIST);
        let date = fixture.now() + Duration::seconds(seconds);
        let format = time::format_description::well_known::Rfc3339;
        set(&mut parts, "x-bce-date", &date.format(&format).unwrap());
        let signer = Signer::new(SigningOptions::default().keep_date());
        signer
            .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
            .unwrap();
        let answer = fixture.send(&parts, b"").await;
        if accepted {
            answer.ok();
        } else {
            let refused = answer.refusal();
            assert_eq!(
                refused,
                (400, "InvalidHTTPAuthHeader"),
                "{profile:?} {seconds}"
            );
        }
    }
}

#[tokio::test]
async fn clocks_may_differ_by_thirty_minutes() {
    let fixture = Fixture::start().await;
    for (minutes, accepted) in [(-29, true), (29, true), (-31, false), (31, false)] {
        let at = fixture.now() + Duration::minutes(minutes);
        let options = SigningOptions::default().timestamp(at).expire_seconds(7200);
        let answer = fixture.send(&signed(&fixture, options), b"").await;
        if accepted {
            answer.ok();
        } else {
            assert_eq!(answer.refusal(), (400, "RequestExpired"), "{minutes}");
        }
    }
}

#[tokio::test]
async fn a_signature_ends_with_its_expiry() {
    let fixture = Fixture::start().await;
    let parts = signed(&fixture, SigningOptions::default().expire_seconds(60));
    fixture.advance(60);
    fixture.send(&parts, b"").await.ok();
    fixture.advance(1);
    assert_eq!(
        fixture.send(&parts, b"").await.refusal(),
        (400, "RequestExpired")
    );
}

#[tokio::test]
async fn a_pre_signed_url_is_accepted() {
    let fixture = Fixture::start().await;
    let mut parts = fixture.head("GET", LIST);
    let credentials = fixture.emulator.credentials();
    parts.uri = Signer::default()
        .presign(&parts, credentials, fixture.now())
        .unwrap();
    let host = parts.uri.authority().unwrap().to_string();
    set(&mut parts, "host", &host);
    fixture.send(&parts, b"").await.ok();
    let shown = format!("{:?}", fixture.emulator.handle().requests());
    assert!(shown.contains("authorization=***"), "{shown}");
}

#[tokio::test]
async fn a_long_term_key_with_a_session_token_is_refused() {
    let fixture = Fixture::start().await;
    let own = fixture.emulator.credentials();
    let secret = own.secret_access_key().clone();
    let mixed = Credentials::session(own.access_key_id(), secret, "garbage").unwrap();
    let target = "/?action=DescribeDevInstances";
    let answer = fixture.call_as(&mixed, "GET", target, "").await;
    assert_eq!(answer.refusal(), (403, "InvalidAccessKeyId"));
    assert!(!answer.body.to_string().contains("garbage"), "{answer:?}");
    // A token in the query is signed like any other parameter.
    let target = "/?action=DescribeDevInstances&x-bce-security-token=garbage";
    let answer = fixture.call("GET", target, "").await;
    assert_eq!(answer.refusal(), (403, "InvalidAccessKeyId"));
    // An empty token counts as none.
    let target = "/?action=DescribeDevInstances&x-bce-security-token=";
    fixture.call("GET", target, "").await.ok();
}

#[tokio::test]
async fn a_request_for_another_host_than_the_signed_one_is_refused() {
    let fixture = Fixture::start().await;
    let parts = signed(&fixture, SigningOptions::default());
    let host = parts.headers["host"].to_str().unwrap().to_owned();
    let request = |authority: &str| {
        let target = parts.uri.path_and_query().unwrap();
        let mut head = format!("GET http://{authority}{target} HTTP/1.1\r\nconnection: close\r\n");
        for (name, value) in &parts.headers {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        head + "\r\n"
    };
    let answer = fixture.exchange(request("evil.example").as_bytes()).await;
    assert_eq!(answer.refusal(), (400, "InvalidHTTPAuthHeader"));
    fixture.exchange(request(&host).as_bytes()).await.ok();
}
