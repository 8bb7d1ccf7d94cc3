//! Errors for users who reach something other than the service, or whose response was changed on
//! its way.

use std::sync::atomic::{AtomicUsize, Ordering};

use bce_http::connect::Proxy;
use bce_http::layer::{Transport, TransportConfig};
use bce_http::{Body, Endpoint, Error, ErrorKind};
use bce_testing::RawServer;
use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

fn transport(url: &str) -> Transport {
    let endpoint: Endpoint = url.parse().unwrap();
    let mut config = TransportConfig::default();
    config.proxy = Proxy::none();
    Transport::new(&endpoint, config).unwrap()
}

async fn get(url: &str) -> Result<Response<Bytes>, Error> {
    let request = Request::get(url).body(Body::empty()).unwrap();
    transport(url).oneshot(request).await
}

/// Returns the error of a call to a server that sends this response.
async fn told(answer: &[u8]) -> String {
    let server = RawServer::start(answer.to_vec()).await.unwrap();
    let url = server.url();
    let request = Request::get(&url).body(Body::empty()).unwrap();
    let stack = bce_http::layer::Decode::new().layer(transport(&url));
    stack.oneshot(request).await.unwrap_err().to_string()
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn an_answer_in_another_protocol_is_named() {
    for (bytes, protocol) in [
        (&b"\x15\x03\x01\x00\x02\x02\x46"[..], "TLS; use an https://"),
        (
            b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
            "HTTP/2, which this client does not support; ",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH; check the port"),
        (
            b"220 mail.corp ESMTP\r\n",
            "the protocol of a mail or file server; ",
        ),
    ] {
        let server = RawServer::start(bytes.to_vec()).await.unwrap();
        let error = get(&server.url()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        let text = error.to_string();
        assert!(
            text.contains(&format!("does not speak HTTP but {protocol}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_server_that_speaks_first_is_named_as_well() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        stream
    };
    let (result, _stream) = tokio::join!(get(&url), server);
    let text = result.unwrap_err().to_string();
    assert!(text.contains("but SSH; check the port"), "{text}");
}

#[tokio::test]
async fn a_server_that_was_set_right_is_no_longer_said_to_speak_another_protocol() {
    let before = AtomicUsize::new(0);
    let server = RawServer::answering(move |_| match before.fetch_add(1, Ordering::Relaxed) {
        0 => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        _ => Vec::new(),
    });
    let server = server.await.unwrap();
    let url = server.url();
    let transport = transport(&url);
    for expected in [
        "but SSH; check the port",
        "closed the connection without responding",
    ] {
        let request = Request::get(&url).body(Body::empty()).unwrap();
        let error = transport.clone().oneshot(request).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

fn with_headers(count: usize, value: &str) -> Vec<u8> {
    let headers: Vec<_> = (0..count).map(|n| format!("x-{n}: {value}")).collect();
    answer(&format!("200 OK\r\n{}", headers.join("\r\n")), b"{}")
}

#[tokio::test]
async fn many_headers_are_taken_and_more_are_named() {
    for count in [60, 99] {
        let server = RawServer::start(with_headers(count, "y")).await.unwrap();
        let response = get(&server.url()).await.unwrap();
        assert_eq!(response.headers().len(), count + 1);
    }
    for head in [
        with_headers(100, "y"),
        with_headers(100, &"y".repeat(10_000)),
    ] {
        let server = RawServer::start(head).await.unwrap();
        let error = get(&server.url()).await.map(drop).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(
                "more headers than this client accepts, which are 100 with 400 KiB in total; "
            ),
            "{text}"
        );
        assert!(error.may_have_been_applied() && !error.is_retryable());
    }
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_told_from_what_the_service_says() {
    for (bytes, expected) in [
        (
            answer("304 Not Modified", b""),
            "304 Not Modified: a cache responded that nothing has changed, ",
        ),
        (
            answer("200 OK\r\ncontent-encoding: gzip", b"\x1f\x8b\x08\x00"),
            "the response cannot be read: it is compressed, which was not requested: configure the \
             gateway ",
        ),
        (
            answer("200 OK\r\ncontent-type: text/html", b"<!DOCTYPE html>"),
            "the response cannot be read: it is a web page instead of the API's JSON, perhaps from \
             a network ",
        ),
        (
            answer(
                "400 Bad Request",
                b"Client sent an HTTP request to an HTTPS server.\n",
            ),
            "400 Bad Request: the server accepts only https on this port; use an https:// ",
        ),
    ] {
        let text = told(&bytes).await;
        assert!(text.starts_with(expected), "{text}");
    }
}

#[tokio::test]
async fn a_refused_signature_may_be_a_changed_host() {
    let refusal = br#"{"code":"SignatureDoesNotMatch","message":"no","requestId":"r"}"#;
    let text = told(&answer("403 Forbidden", refusal)).await;
    assert!(
        text.contains(
            "403 SignatureDoesNotMatch: no; if the keys are right, a gateway or proxy on the \
             network path changes what the signature covers: the header \"host: 127.0.0.1:"
        ),
        "{text}"
    );
}
