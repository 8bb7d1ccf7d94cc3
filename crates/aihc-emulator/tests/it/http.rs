//! Plain HTTP: sends and receives bytes.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connects to an endpoint such as `http://127.0.0.1:7070`.
pub(crate) async fn connect(endpoint: &str) -> TcpStream {
    let address = endpoint.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// Sends bytes, and returns what the server sends until the connection is closed or broken.
pub(crate) async fn exchange(endpoint: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(endpoint).await;
    stream.write_all(bytes).await.unwrap();
    rest(&mut stream).await
}

/// Returns what the server sends until the connection is closed or broken.
pub(crate) async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let (mut all, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        all.extend_from_slice(&piece[..read]);
    }
    all
}

/// Sends a request to a control interface. Returns the status and the JSON in the response.
pub(crate) async fn control(endpoint: &str, request: &str, body: &str) -> (u16, Value) {
    let head = format!(
        "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange(endpoint, format!("{head}{body}").as_bytes()).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}
