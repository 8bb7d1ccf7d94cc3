//! The request that a call sends, and what the call returns for a response.

use std::time::Duration;

use crate::common::{Animal, FEED, LOOK, zoo};
use bce_http::rt::Call;
use bce_http::{Body, ErrorKind};
use bce_testing::{Script, Scripted};
use http::Request;

#[tokio::test]
async fn a_request_carries_what_the_service_and_the_call_say() {
    let service = Scripted::<Body>::new([Script::Answer(200, r#"{"name":"ape"}"#)]);
    let call = Call::new(&zoo(&service), &FEED)
        .path_template(
            "/v1/{cage}/animals/{name}",
            &[("cage", "a b"), ("name", "开/猿")],
        )
        .query("food", "fruit & nuts+")
        .query_key("now")
        .header("x-zoo-keeper", "kim")
        .json(&serde_json::json!({"amount": 2}));
    let animal: Animal = call.send().await.unwrap();
    assert_eq!(animal.name, "ape");

    let [head] = &service.requests()[..] else {
        panic!("one request expected")
    };
    assert_eq!(head.method, "POST");
    assert_eq!(
        head.uri.to_string(),
        "https://zoo.bj.baidubce.com/v1/a%20b/animals/%E5%BC%80%2F%E7%8C%BF?food=fruit%20%26%20nuts%2B&now"
    );
    let header = |name: &str| {
        head.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    };
    assert_eq!(header("version"), "v7");
    assert_eq!(header("content-type"), "application/json; charset=utf-8");
    assert_eq!(header("content-length"), "12");
    assert_eq!(header("host"), "zoo.bj.baidubce.com");
    assert_eq!(header("x-zoo-keeper"), "kim");
    assert!(header("user-agent").starts_with("bce-sdk-rust/0.1.0 bce-zoo/7.8.9 rustc/"));
    assert!(header("authorization").contains("/content-length;content-type;host;x-bce-date/"));
    assert!(head.headers["authorization"].is_sensitive());
}

#[tokio::test]
async fn a_bad_value_is_refused_before_anything_is_sent() {
    let service = Scripted::<Body>::new([]);
    let client = zoo(&service);
    let call = || Call::new(&client, &FEED);
    let mut own_host = call();
    own_host = own_host.header("Host", "evil.example");
    let mut own_date = call();
    own_date = own_date.header("X-Bce-Date", "2026-08-20T00:00:00Z");
    let mut bad_name = call();
    bad_name = bad_name.header("a b", "c");
    for (call, member) in [
        (call().path_template("/v1/{id}", &[("id", "")]), "id"),
        (call().path_template("/v1/{id}/x", &[("id", "..")]), "id"),
        (
            call().header("x-zoo-keeper", "kim\r\nx-evil: 1"),
            "x-zoo-keeper",
        ),
        (call().json_text("[1]"), "the body"),
        (call().json_text("{"), "the body"),
        (own_host, "Host"),
        (own_date, "X-Bce-Date"),
        (bad_name, "a b"),
    ] {
        let error = call.send::<Animal>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert_eq!(error.member(), Some(member));
        assert!(error.to_string().starts_with("Feed failed: "), "{error}");
        assert!(!error.may_have_been_applied());
        assert_eq!(error.attempts(), 0);
    }
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn a_response_may_be_wrapped_empty_or_marked() {
    let service = Scripted::<Body>::new([
        Script::Answer(200, r#"{"animal":{"name":"ape"},"requestId":"r"}"#),
        Script::AnswerWith(204, &[("x-bce-request-id", "r")], ""),
        Script::AnswerWith(200, &[("x-bce-debug-id", "d")], " \n"),
        Script::Answer(200, "\u{feff}{\"name\":\"bee\"}\n"),
    ]);
    let client = zoo(&service);
    for name in ["ape", "", "", "bee"] {
        let animal: Animal = Call::new(&client, &LOOK).send().await.unwrap();
        assert_eq!(animal.name, name);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_decode_error_that_names_the_place() {
    for (body, place) in [
        ("", "it is empty"),
        (" \n", "it is empty"),
        (
            "<html>",
            "it is a web page instead of the API's JSON, perhaps from a network or a proxy that \
             requires a login in a browser; check the endpoint and the proxy; status 200, no \
             content type, 6 bytes from a gateway",
        ),
        ("null", "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("{}", "no request id and no documented member"),
        (r#"{"success":false}"#, r#": "{\"success\":false}""#),
        (
            r#"{"name":[]}"#,
            "name: invalid type: sequence, expected text",
        ),
        (r#"{"name":"ape"}xyz"#, "trailing characters"),
    ] {
        let service = Scripted::<Body>::new([Script::Answer(200, body)]);
        let error = Call::new(&zoo(&service), &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(error.to_string().contains(place), "{error}");
        assert!(error.may_have_been_applied(), "the service said 200");
        assert_eq!((error.attempts(), error.sent_request_ids().count()), (1, 1));
    }
}

#[tokio::test]
async fn an_error_inside_a_success_is_the_service_s_error() {
    let body = r#"{"code":"NoFood","message":"empty","requestId":"r-9","name":null}"#;
    let service = Scripted::<Body>::new([Script::Answer(200, body)]);
    let error = Call::new(&zoo(&service), &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.code(), Some("NoFood"));
    assert_eq!(error.request_id(), Some("r-9"));
    let text = error.to_string();
    assert!(
        text.starts_with("Feed failed: 200 NoFood: empty (request id r-9, 1 attempt, "),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_call_overrides_the_client_s() {
    let service = Scripted::<Body>::new([Script::Hang]);
    let mut call = Call::new(&zoo(&service), &FEED);
    call.options_mut().timeout = Some(Duration::from_millis(250));
    let started = tokio::time::Instant::now();
    let error = call.send::<Animal>().await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::from_millis(250));
    assert!(error.is_timeout());
    assert!(error.may_have_been_applied());
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_bare_request_knows_its_operation_and_what_a_reading_one_cannot_have_done() {
    let unmodified = Script::Answer(304, "");
    for (script, kind) in [
        (Script::Hang, ErrorKind::Timeout),
        (unmodified, ErrorKind::Service),
        (Script::Answer(200, "<html>"), ErrorKind::Decode),
    ] {
        for (operation, acts) in [(&LOOK, false), (&FEED, true)] {
            let service = Scripted::<Body>::new(vec![script.clone(); 4]);
            let request = Request::get("/zoo").body(Body::empty()).unwrap();
            let error = zoo(&service).execute(operation, request).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.operation()),
                (kind, Some(operation.name()))
            );
            assert_eq!(error.may_have_been_applied(), acts, "{error}");
            assert!(error.elapsed().is_some());
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_known_by_its_id() {
    for answer in [
        Script::Answer(200, r#"{"name":[],"requestId":"r-1"}"#),
        Script::AnswerWith(200, &[("x-bce-request-id", "r-1")], r#"{"name":[]}"#),
    ] {
        let service = Scripted::<Body>::new([answer]);
        let call = Call::new(&zoo(&service), &FEED).send::<Animal>();
        let error = call.await.unwrap_err();
        assert_eq!(error.request_id(), Some("r-1"));
        assert!(
            error.to_string().contains("(request id r-1, 1 attempt, "),
            "{error}"
        );
    }
}
