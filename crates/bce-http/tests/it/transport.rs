//! The transport over real sockets, for cases that a scripted service cannot cover.

use crate::common::{Animal, FEED, Zoo};
use bce_auth::Credentials;
use bce_http::rt::Call;
use bce_http::{Client, ClientBuilder, ErrorKind};
use bce_testing::{ClosedPort, RawServer};

fn client(endpoint: &str) -> Client {
    let zoo: Zoo = ClientBuilder::new()
        .endpoint(endpoint)
        .credentials(Credentials::new("ak", "sk").unwrap())
        .max_response_bytes(1000)
        .build()
        .unwrap();
    zoo.0
}

fn response(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes()
}

async fn call(server: &RawServer) -> Result<Animal, bce_http::Error> {
    Call::new(&client(&server.url()), &FEED)
        .json(&serde_json::json!({"a": 1}))
        .send()
        .await
}

#[tokio::test]
async fn a_call_crosses_the_wire() {
    let server = RawServer::start(response(
        "200 OK\r\ncontent-length: 14",
        r#"{"name":"ape"}"#,
    ))
    .await
    .unwrap();
    assert_eq!(call(&server).await.unwrap().name, "ape");
    let [request] = &server.requests()[..] else {
        panic!("one request expected")
    };
    assert!(
        request.head.starts_with("POST / HTTP/1.1\r\n"),
        "{}",
        request.head
    );
    assert_eq!(request.body, br#"{"a":1}"#);
    let host = server.url().replace("http://", "host: ");
    assert!(request.head.contains(&host), "{}", request.head);
}

#[tokio::test]
async fn a_refused_connection_is_an_error_before_sending() {
    let port = ClosedPort::take().unwrap();
    let address = port.address();
    let error = Call::new(&client(&format!("http://{address}")), &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_been_applied());
    let text = error.to_string();
    assert!(
        text.contains(&format!("cannot connect to {address}: ")),
        "{text}"
    );
    assert!(text.to_lowercase().contains("refused"), "{text}");
}

#[tokio::test]
async fn a_failure_after_sending_is_ambiguous() {
    for (bytes, text) in [
        (Vec::new(), "closed the connection without responding"),
        (b"hello\r\n\r\n".to_vec(), "something other than HTTP"),
        (
            response("200 OK\r\ncontent-length: 500", "{"),
            "the response is incomplete",
        ),
        (
            response("200 OK", &"x".repeat(1001)),
            "longer than the limit of 1000 bytes",
        ),
    ] {
        let server = RawServer::start(bytes).await.unwrap();
        let error = call(&server).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert!(error.may_have_been_applied());
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = RawServer::start(response("200 OK\r\ncontent-length: 2", "{}"))
        .await
        .unwrap();
    let head = format!(
        "302 Found\r\ncontent-length: 0\r\nlocation: {}/",
        elsewhere.url()
    );
    let server = RawServer::start(response(&head, "")).await.unwrap();
    let error = call(&server).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().map(|s| s.as_u16())),
        (ErrorKind::Service, Some(302))
    );
    assert!(error.to_string().contains("redirect"), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_response_up_to_the_limit_is_read() {
    let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(989));
    assert_eq!(body.len(), 1000);
    let server = RawServer::start(response("200 OK", &body)).await.unwrap();
    assert_eq!(call(&server).await.unwrap().name.len(), 989);
}
