//! Tests of the memory that it takes to read a response from a connection.

use std::io::{Read, Write};
use std::net::TcpListener;

use aihc_dev::{Client, Credentials, ErrorKind, RetryPolicy};

use crate::bound;
use crate::calls::{Call, Limit};

/// Starts a server that responds to one request with these bytes, and returns its address.
fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        // The head, which is all that a stop has.
        assert!(connection.read(&mut request).unwrap() > 0);
        // The client may already have closed the connection.
        let _ = connection.write_all(&answer);
    });
    endpoint
}

/// Returns the outcome of a response over a connection, and the peak memory of reading it. The
/// thread that reads also drives the connection, so its allocations are counted.
fn read(answer: Vec<u8>) -> (Result<(), aihc_dev::Error>, u64) {
    let client = Client::builder()
        .endpoint(server(answer))
        .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut outcome = Ok(());
    let counted = allocation_counter::measure(|| {
        outcome = runtime.block_on(Call::Stop.send(&client, Limit::Far));
    });
    (outcome, counted.bytes_max)
}

#[test]
fn a_body_in_the_smallest_pieces_takes_no_more_than_another() {
    let length = 1 << 18;
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    answer.extend_from_slice(&b"1\r\na\r\n".repeat(length));
    answer.extend_from_slice(b"0\r\n\r\n");
    let (outcome, peak) = read(answer);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Decode);
    // Well within the limit, which is wide for a body of this size. Kept piece by piece, it would
    // take eight million bytes for the pieces alone.
    assert!(peak < 4 << 20, "{peak}");
}

#[test]
fn a_body_that_is_announced_and_does_not_come_takes_nothing() {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 16000000\r\n\r\n{".to_vec();
    answer.extend_from_slice(&[b' '; 100]);
    let (outcome, peak) = read(answer);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Transport);
    assert!(peak < 4 << 20, "{peak}");
}

#[test]
fn a_long_body_over_a_connection_is_bounded() {
    let body = format!("{{\"requestId\":\"r\",\"x\":[{}0]}}", "0,".repeat(1 << 21));
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let (outcome, peak) = read([head.as_bytes(), body.as_bytes()].concat());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(
        peak <= bound(body.len()) && peak <= 4 * body.len() as u64,
        "{peak}"
    );
}
