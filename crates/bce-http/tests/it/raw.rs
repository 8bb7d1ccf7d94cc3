//! Responses that are bytes, statuses that are values and not errors, and request bodies that the
//! caller provides.

use bce_http::rt::{Call, Operation};
use bce_http::{Body, Error, ErrorKind, Idempotency, Reply};
use bce_testing::{Script, Scripted};
use bytes::Bytes;
use futures_util::stream;
use http::Method;

use crate::common::{Animal, zoo};

static GET: Operation = Operation::new("zoo", "GetFilm", Method::GET, Idempotency::Safe)
    .answered_with_bytes()
    .accepting(&[206, 304, 412]);
static HEAD: Operation = Operation::new("zoo", "HeadFilm", Method::HEAD, Idempotency::Safe)
    .answered_with_bytes()
    .accepting(&[304, 404]);
static PUT: Operation = Operation::new("zoo", "PutFilm", Method::PUT, Idempotency::NonIdempotent)
    .answered_with_bytes()
    .accepting(&[206, 304, 412]);
static DATA: Operation =
    Operation::new("zoo", "GetNote", Method::GET, Idempotency::Safe).answered_with_data();

const ID: &[(&str, &str)] = &[("x-bce-request-id", "r-1")];
const NGINX: &[(&str, &str)] = &[("server", "nginx"), ("content-type", "text/html")];
const PAGE: &str = "<html><center>nginx</center></html>";

/// Makes a call that is attempted once, and returns its response. The call asks for a part of the
/// content with `range`, and only for changed content with `if-none-match`.
async fn answer(operation: &'static Operation, script: Script) -> Result<Reply, Error> {
    let service = Scripted::<Body>::new([script]);
    let mut call = Call::new(&zoo(&service), operation)
        .header("range", "bytes=0-4")
        .header("if-none-match", "\"e\"");
    call.options_mut().retry = Some(bce_http::RetryPolicy::none());
    call.send_raw().await
}

#[tokio::test]
async fn an_answer_comes_as_it_is_with_status_headers_and_id() {
    let reply = answer(&GET, Script::AnswerWith(200, ID, "\u{0}film"))
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.request_id().as_deref(), Some("r-1"));
    assert_eq!(reply.into_body(), "\u{0}film");
    for status in [206, 304, 412] {
        let reply = answer(&GET, Script::AnswerWith(status, ID, "film"))
            .await
            .unwrap();
        assert_eq!(reply.status(), status);
    }
    let head = answer(&HEAD, Script::AnswerWith(200, ID, ""))
        .await
        .unwrap();
    assert!(head.body().is_empty());
    assert_eq!(
        answer(&HEAD, Script::AnswerWith(404, ID, ""))
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn what_a_gateway_writes_is_no_value_and_proves_nothing_about_a_change() {
    for status in [200, 204, 206, 302, 304, 404, 412, 500, 502, 503] {
        for script in [
            Script::AnswerWith(status, NGINX, PAGE),
            Script::AnswerWith(status, NGINX, ""),
            Script::Answer(status, ""),
        ] {
            let error = answer(&PUT, script.clone()).await.unwrap_err();
            assert!(error.may_have_been_applied(), "{status} {error}");
            assert_eq!(error.code(), None, "{status} {error}");
            for read in [&GET, &HEAD] {
                assert!(answer(read, script.clone()).await.is_err(), "{status}");
            }
        }
    }
    // From the service itself, but not with an accepted status.
    for status in [302, 400, 403, 409, 500, 502, 503] {
        for operation in [&GET, &HEAD, &PUT] {
            let error = answer(operation, Script::AnswerWith(status, ID, "")).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Service, "{status}");
        }
    }
}

#[tokio::test]
async fn a_part_that_was_not_asked_for_is_no_content() {
    let service = Scripted::new([
        Script::AnswerWith(206, ID, "fi"),
        Script::AnswerWith(304, ID, ""),
    ]);
    let client = zoo(&service);
    for kind in [ErrorKind::Decode, ErrorKind::Service] {
        let mut call = Call::new(&client, &GET);
        call.options_mut().retry = Some(bce_http::RetryPolicy::none());
        let error = call.send_raw().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn what_users_have_stored_is_no_error_and_is_not_quoted() {
    let body = r#"{"code":"InternalError","message":"mine","name":"ape"}"#;
    let reply = answer(&DATA, Script::AnswerWith(200, ID, body))
        .await
        .unwrap();
    assert_eq!(reply.body(), body);
    let service = Scripted::new([Script::AnswerWith(200, ID, body)]);
    let animal: Animal = Call::new(&zoo(&service), &DATA).send().await.unwrap();
    assert_eq!(
        (animal.name.as_str(), animal.request_id.as_str()),
        ("ape", "r-1")
    );
    // As bytes it is an error if the service reports errors in successes.
    let error = answer(&GET, Script::AnswerWith(200, ID, body))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("InternalError"));
    // An id in the body belongs to the user's data.
    let own = r#"{"requestId":"x","name":"ape"}"#;
    let error = answer(&DATA, Script::Answer(200, own)).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Decode && !error.to_string().contains("ape"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn bytes_of_the_caller_are_repeated_and_a_stream_is_not() {
    static REPEATABLE: Operation =
        Operation::new("zoo", "PutFilm", Method::PUT, Idempotency::Repeatable)
            .answered_with_bytes();
    let lost = || Scripted::new([Script::Fail("reset"), Script::AnswerWith(200, ID, "")]);
    let service = lost();
    let call = Call::new(&zoo(&service), &REPEATABLE).body("film", "video/mp4");
    assert!(
        format!("{call:?}").contains("body_bytes: Some(4)"),
        "{call:?}"
    );
    call.send_raw().await.unwrap();
    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.headers["content-type"], "video/mp4");
        assert_eq!(request.headers["content-length"], "4");
    }
    let service = lost();
    let frames = [Ok(Bytes::from_static(b"fi")), Ok(Bytes::from_static(b"lm"))];
    let body = Body::stream(stream::iter(frames), Some(4));
    let call = Call::new(&zoo(&service), &REPEATABLE).body(body, "video/mp4");
    let twin = call.clone();
    assert!(call.send_raw().await.unwrap_err().may_have_been_applied());
    assert_eq!(service.requests().len(), 1);
    // The first call has used up the stream.
    let error = twin.send_raw().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.member()),
        (ErrorKind::InvalidInput, Some("the body"))
    );
}
