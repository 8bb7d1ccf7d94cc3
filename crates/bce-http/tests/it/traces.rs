//! What is logged of a call, and what never is.

use crate::common::{Animal, FEED, Zoo};
use bce_auth::Credentials;
use bce_http::{Body, Call, ClientBuilder};
use bce_testing::{LogCapture, RawServer, Script, Scripted};

const SECRET: &str = "sk-5f4dcc3b5aa765d61d8327deb882cf99";
const TOKEN: &str = "token-9b74c9897bac770ffc029102a200c5de";
const PASSWORD: &str = "hunter2-in-the-body";
const QUERY_VALUE: &str = "hunter2-in-the-query";
const HEADER_VALUE: &str = "hunter2-in-a-header";

#[tokio::test]
async fn a_call_leaves_one_line_and_no_secret() {
    let logs = LogCapture::start();
    let service = Scripted::<Body>::new([
        Script::Answer(200, r#"{"name":"ape","requestId":"r-1"}"#),
        Script::Answer(
            403,
            r#"{"code":"NotFound","message":"gone","requestId":"r-2"}"#,
        ),
        Script::Fail("reset"),
    ]);
    let credentials = Credentials::session("ak", SECRET, TOKEN).unwrap();
    let zoo: Zoo = ClientBuilder::new()
        .credentials(credentials)
        .build_with_transport(service.clone())
        .unwrap();
    let mut shown = format!("{:?}", zoo.0);
    for _ in 0..3 {
        let mut call = Call::new(&zoo.0, &FEED)
            .query("key", QUERY_VALUE)
            .json(&serde_json::json!({"password": PASSWORD}));
        call.set_header("x-auth-token", HEADER_VALUE);
        shown += &format!("{call:?}");
        // A list of byte values would hide the password from the search below.
        assert!(!shown.contains("body: ["), "{shown}");
        match call.send::<Animal>().await {
            Ok(animal) => shown += &format!("{animal:?}"),
            Err(error) => shown += &format!("{error} {error:?} {:?}", error.service()),
        }
    }

    let log = logs.text();
    assert_eq!(log.matches("call finished").count(), 3, "{log}");
    assert_eq!(log.matches("attempt finished").count(), 3, "{log}");
    for part in [
        "operation=\"Feed\"",
        "service=\"zoo\"",
        "NotFound",
        "r-2",
        "elapsed_ms",
    ] {
        assert!(log.contains(part), "{part} is missing in {log}");
    }

    let request = &service.requests()[0];
    let authorization = request.headers["authorization"].to_str().unwrap();
    let signature = authorization.rsplit('/').next().unwrap();
    assert_eq!(signature.len(), 64);
    for secret in [
        SECRET,
        TOKEN,
        PASSWORD,
        QUERY_VALUE,
        HEADER_VALUE,
        signature,
    ] {
        assert!(!log.contains(secret), "a log holds {secret}");
        assert!(!shown.contains(secret), "a debug text holds {secret}");
    }
}

#[tokio::test]
async fn a_call_over_the_network_leaves_no_secret_either() {
    let logs = LogCapture::start();
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec();
    let server = RawServer::start(answer).await.unwrap();
    let zoo: Zoo = ClientBuilder::new()
        .endpoint(server.url())
        .credentials(Credentials::session("ak", SECRET, TOKEN).unwrap())
        .build()
        .unwrap();
    let call = Call::new(&zoo.0, &FEED).json(&serde_json::json!({"password": PASSWORD}));
    call.send::<Animal>().await.unwrap();

    let head = server.requests()[0].head.to_lowercase();
    let authorization = head
        .split("authorization: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let signature = authorization.rsplit('/').next().unwrap();
    let log = logs.text();
    assert!(log.contains("call finished"), "{log}");
    for secret in [SECRET, TOKEN, PASSWORD, signature] {
        assert!(!log.contains(secret), "a log holds {secret}");
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_read_is_logged() {
    let logs = LogCapture::start();
    let service = Scripted::<Body>::new([Script::Answer(200, "<html>")]);
    let zoo: Zoo = bce_http::from_service(service).unwrap();
    Call::new(&zoo.0, &FEED).send::<Animal>().await.unwrap_err();
    let log = logs.text();
    assert!(log.contains("the response cannot be read"), "{log}");
}
