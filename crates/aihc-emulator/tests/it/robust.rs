//! Tests with clients that misbehave.

use std::time::Duration;

use aihc_emulator::{Builder, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::Fixture;
use crate::http::{connect, exchange, rest};

/// A time limit that is short enough to be exceeded during a test.
const SOON: Duration = Duration::from_millis(100);
/// The time within which the server must close a connection that exceeds a time limit.
const PATIENCE: Duration = Duration::from_secs(20);

async fn impatient(change: impl FnOnce(&mut Limits)) -> Fixture {
    let mut limits = Limits::default();
    change(&mut limits);
    Fixture::start_with(|builder: Builder| builder.limits(limits)).await
}

fn status(answer: &[u8]) -> &str {
    std::str::from_utf8(answer)
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap_or_default()
}

#[tokio::test]
async fn what_is_not_http_gets_400_and_nothing_breaks() {
    let fixture = Fixture::start().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00 hello\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: \x00\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"\xff\xfe\xfd\r\n\r\n",
    ] {
        let answer = exchange(fixture.emulator.endpoint(), bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(status(&answer), "400", "{shown:?}");
    }
    fixture.create("dev").await;
}

#[tokio::test]
async fn a_broken_chunk_is_a_bad_request() {
    let fixture = Fixture::start().await;
    let request = b"POST /?action=StopDevInstance HTTP/1.1\r\nhost: x\r\n\
        transfer-encoding: chunked\r\n\r\nzz\r\n";
    let answer = exchange(fixture.emulator.endpoint(), request).await;
    assert_eq!(status(&answer), "400");
}

#[tokio::test]
async fn huge_heads_are_refused() {
    let fixture = Fixture::start().await;
    let long_value = format!(
        "GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n",
        "a".repeat(100_000)
    );
    let many: String = (0..200).map(|number| format!("h{number}: x\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\n{many}\r\n");
    for request in [long_value, many] {
        let answer = exchange(fixture.emulator.endpoint(), request.as_bytes()).await;
        assert_eq!(status(&answer), "431");
    }
    let fits = format!(
        "GET /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\na: {}\r\n\r\n",
        "a".repeat(40_000)
    );
    let answer = exchange(fixture.emulator.endpoint(), fits.as_bytes()).await;
    assert_eq!(status(&answer), "404");
}

#[tokio::test]
async fn a_slow_head_and_an_idle_connection_are_closed() {
    let fixture = impatient(|limits| limits.head_time = SOON).await;
    for begun in [
        &b"GET / HTT"[..],
        b"",
        b"GET /x HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut stream = connect(fixture.emulator.endpoint()).await;
        stream.write_all(begun).await.unwrap();
        let closed = tokio::time::timeout(PATIENCE, rest(&mut stream)).await;
        assert!(
            closed.is_ok(),
            "{:?} is still open",
            String::from_utf8_lossy(begun)
        );
    }
}

#[tokio::test]
async fn a_slow_body_gets_408() {
    let fixture = impatient(|limits| limits.body_time = SOON).await;
    let request =
        b"POST /?action=StopDevInstance HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{";
    let answer = exchange(fixture.emulator.endpoint(), request).await;
    assert_eq!(status(&answer), "408");
}

#[tokio::test]
async fn a_client_that_leaves_its_answer_lying_is_given_up() {
    let fixture = impatient(|limits| limits.write_time = SOON).await;
    fixture.emulator.handle().add_instances("m", 10_000);
    let mut stream = connect(fixture.emulator.endpoint()).await;
    let mut parts = fixture.head("GET", "/?action=DescribeDevInstances&pageSize=10000");
    bce_auth::Signer::default()
        .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
        .unwrap();
    let mut request = format!("GET {} HTTP/1.1\r\n", parts.uri.path_and_query().unwrap());
    for (name, value) in &parts.headers {
        request += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    request += "\r\n";
    // All buffers in between cannot hold that many responses, and the client reads none of them.
    for _ in 0..20 {
        if stream.write_all(request.as_bytes()).await.is_err() {
            break;
        }
    }
    let stopped = fixture.emulator.stop();
    assert!(
        tokio::time::timeout(Duration::from_secs(4), stopped)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let fixture = impatient(|limits| limits.connections = 1).await;
    let request = b"GET /x HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = connect(fixture.emulator.endpoint()).await;
    first.write_all(request).await.unwrap();
    let mut answer = [0; 1024];
    assert_ne!(first.read(&mut answer).await.unwrap(), 0);
    let mut second = connect(fixture.emulator.endpoint()).await;
    second.write_all(request).await.unwrap();
    let waits = tokio::time::timeout(SOON, second.read(&mut answer)).await;
    assert!(waits.is_err());
    drop(first);
    assert_ne!(second.read(&mut answer).await.unwrap(), 0);
}
