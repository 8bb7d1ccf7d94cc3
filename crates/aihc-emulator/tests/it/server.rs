//! Tests of the server itself: how it starts and stops, its limits, and its record of requests.

use std::time::Duration;

use aihc_emulator::{Emulator, InstanceStatus, StartError};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Fixture;

fn address(emulator: &Emulator) -> String {
    emulator
        .endpoint()
        .strip_prefix("http://")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_an_error_of_start() {
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Emulator::builder()
            .time_scale(scale)
            .start()
            .await
            .unwrap_err();
        assert!(matches!(error, StartError::TimeScale(_)), "{error}");
    }
    let error = Emulator::builder()
        .access_key("", "")
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::Credentials(_)), "{error}");
    let running = Emulator::builder().start().await.unwrap();
    let taken = Emulator::builder()
        .listen(address(&running))
        .start()
        .await
        .unwrap_err();
    assert!(taken.to_string().contains(&address(&running)), "{taken}");
}

#[tokio::test]
async fn given_credentials_are_the_ones_that_are_accepted() {
    let fixture = Fixture::start_with(|builder| builder.access_key("ak", "sk")).await;
    let credentials = bce_auth::Credentials::new("ak", "sk").unwrap();
    assert_eq!(fixture.emulator.credentials().access_key_id(), "ak");
    fixture
        .call_as(&credentials, "GET", "/?action=DescribeDevInstances", "")
        .await
        .ok();
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_the_port() {
    let emulator = Emulator::builder().start().await.unwrap();
    let address = address(&emulator);
    let mut idle = TcpStream::connect(&address).await.unwrap();
    // After a complete exchange, the connection has been accepted and is idle.
    idle.write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_ne!(idle.read(&mut [0; 4096]).await.unwrap(), 0);
    emulator.stop().await;
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn dropping_ends_connections_in_the_middle_of_a_request() {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut open = TcpStream::connect(address(&emulator)).await.unwrap();
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
    open.write_all(head).await.unwrap();
    // The server asks for the body. It is never sent, so the request remains in flight.
    let mut asked = [0; 4096];
    let read = open.read(&mut asked).await.unwrap();
    assert!(asked[..read].starts_with(b"HTTP/1.1 100 "));
    drop(emulator);
    let mut rest = Vec::new();
    let end = open.read_to_end(&mut rest);
    // This is less than a graceful end would wait for the request.
    let ended = tokio::time::timeout(Duration::from_secs(3), end).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut stream = TcpStream::connect(address(&emulator)).await.unwrap();
    for _ in 0..3 {
        stream
            .write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 404 "));
    }
}

#[tokio::test]
async fn a_body_above_one_mebibyte_is_refused_after_it_was_sent() {
    let fixture = Fixture::start().await;
    let parts = fixture.head("POST", "/?action=CreateDevInstance");
    for size in [1_048_577, 8_000_000] {
        let answer = fixture.send(&parts, &vec![b' '; size]).await;
        assert_eq!(answer.refusal(), (413, "InvalidHTTPRequest"));
        assert_eq!(answer.headers["connection"], "close");
    }
    let largest = fixture.send(&parts, &vec![b' '; 1_048_576]).await;
    assert_eq!(largest.refusal(), (400, "InvalidHTTPAuthHeader"));
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_request() {
    let fixture = Fixture::start().await;
    assert_eq!(
        fixture.exchange(b"\x16\x03\x01 hello\r\n\r\n").await.status,
        400
    );
    assert_eq!(
        fixture.exchange(b"GET / HTTP/9.9\r\n\r\n").await.status,
        400
    );
}

#[tokio::test]
async fn odd_targets_and_queries_are_answered() {
    let fixture = Fixture::start().await;
    for target in [
        "/?",
        "/?&&&",
        "/?=",
        "/?action=%",
        "/?action=%ff%00",
        "/?action=DescribeDevInstances&pageSize=%F0",
    ] {
        let answer = fixture.call("GET", target, "").await;
        assert_eq!(answer.status, 400, "{target}: {}", answer.body);
    }
}

#[tokio::test]
async fn requests_are_counted_and_the_last_ones_kept() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    fixture.create("dev").await;
    fixture
        .post("CreateDevInstance", "", &json!({}))
        .await
        .refusal();
    let stranger = fixture
        .send(&fixture.head("GET", "/?action=DescribeDevInstances"), b"")
        .await;
    fixture
        .send(&fixture.head("GET", "/nowhere"), b"")
        .await
        .refusal();

    assert_eq!(handle.request_count("CreateDevInstance"), 2);
    assert_eq!(handle.request_count("DescribeDevInstances"), 1);
    assert_eq!(handle.request_counts().len(), 2);
    let requests = handle.requests();
    let codes: Vec<_> = requests
        .iter()
        .map(|request| (request.status, request.code))
        .collect();
    assert_eq!(
        codes,
        [
            (200, None),
            (400, Some("InvalidParameter")),
            (400, Some("InvalidHTTPAuthHeader")),
            (404, Some("InvalidURI")),
        ]
    );
    assert_eq!(
        requests[2].request_id,
        stranger.body["requestId"].as_str().unwrap()
    );
    assert_eq!(requests[0].service, Some("aihc"));
    assert_eq!(requests[3].operation, None);
}

#[tokio::test]
async fn many_clients_at_once_are_all_answered() {
    let fixture = std::sync::Arc::new(Fixture::start().await);
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..64 {
        let fixture = std::sync::Arc::clone(&fixture);
        clients.spawn(async move { fixture.create(&format!("dev-{number}")).await });
    }
    let ids: std::collections::BTreeSet<String> = clients.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 64);
    assert_eq!(fixture.emulator.handle().instances().len(), 64);
}

#[tokio::test]
async fn the_time_scale_makes_steps_shorter() {
    let fixture = Fixture::start_with(|builder| builder.time_scale(8.0)).await;
    let id = fixture.create("dev").await;
    fixture.advance(1);
    assert_eq!(fixture.status(&id).await, 3);
}

#[tokio::test]
async fn a_clock_turned_by_hand_moves_everything() {
    let clock = aihc_emulator::VirtualClock::new(crate::client::START);
    let emulator = Emulator::builder().clock(clock.clone()).start().await;
    let emulator = emulator.unwrap();
    let handle = emulator.handle();
    let id = handle.add_instances("m", 1).remove(0);
    handle
        .set_instance_status(&id, InstanceStatus::STOPPING, "")
        .unwrap();
    clock.advance(Duration::from_secs(2));
    assert_eq!(handle.instances()[0].status, InstanceStatus::STOPPING);
    clock.advance(Duration::from_secs(1));
    assert_eq!(handle.instances()[0].status, InstanceStatus::STOPPED);
}

#[tokio::test]
async fn a_seed_repeats_ids_and_generated_keys() {
    let start = async |seed| {
        let emulator = Emulator::builder().seed(seed).start().await.unwrap();
        let ids = emulator.handle().add_instances("m", 3);
        (emulator.credentials().access_key_id().to_owned(), ids)
    };
    assert_eq!(start(7).await, start(7).await);
    assert_ne!(start(7).await, start(8).await);
}

#[tokio::test]
async fn a_bad_address_is_named_unless_it_may_hold_a_secret() {
    for (address, named) in [
        ("192.0.2.7:1", true),
        ("no such host:80", true),
        ("http://user:hunter2@127.0.0.1:80", false),
        ("user:hunter2@127.0.0.1", false),
        ("127.0.0.1:80?token=hunter2", false),
        ("hunter2", false),
    ] {
        let builder = Emulator::builder().listen(address);
        let debug = format!("{builder:?}");
        let error = builder.start().await.unwrap_err();
        assert!(matches!(error, StartError::Listen { .. }), "{error}");
        assert_eq!(error.to_string().contains(address), named, "{error}");
        let text = format!("{debug} {error} {error:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
