//! A relay that forwards connections to a server, and records the bytes that clients send.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The bytes that were sent on each connection.
type Seen = Arc<Mutex<Vec<Vec<u8>>>>;

/// A relay on loopback. Dropping the value ends the relay and all of its connections.
#[derive(Debug)]
pub(super) struct Relay {
    address: SocketAddr,
    seen: Seen,
    task: JoinHandle<()>,
}

impl Relay {
    pub(super) async fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let seen = Seen::default();
        let connections = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut tasks = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let number = {
                    let mut seen = connections.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.push(Vec::new());
                    seen.len() - 1
                };
                tasks.spawn(pass(client, server, Arc::clone(&connections), number));
            }
        });
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the heads of the requests since the previous call. No request may be in flight.
    pub(super) fn take_heads(&self) -> Result<Vec<String>, String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut heads = Vec::new();
        for connection in seen.iter_mut() {
            heads.extend(heads_of(&std::mem::take(connection))?);
        }
        Ok(heads)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, server: SocketAddr, seen: Seen, number: usize) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let requests = async {
        let mut bytes = Vec::new();
        while from_client.read_buf(&mut bytes).await? > 0 {
            if let Some(kept) = seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_mut(number)
            {
                kept.extend_from_slice(&bytes);
            }
            to_server.write_all(&bytes).await?;
            bytes.clear();
        }
        to_server.shutdown().await
    };
    let answers = async {
        tokio::io::copy(&mut from_server, &mut to_client).await?;
        to_client.shutdown().await
    };
    tokio::try_join!(requests, answers).map(drop)
}

/// Returns the heads of the requests on a connection, without the empty lines that end them.
fn heads_of(mut bytes: &[u8]) -> Result<Vec<String>, String> {
    let mut heads = Vec::new();
    while !bytes.is_empty() {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or("a request has no end")?;
        let (head, rest) = bytes.split_at(end);
        let head = std::str::from_utf8(head).map_err(|error| format!("a head: {error}"))?;
        let length = content_length(head)?;
        bytes = rest
            .get(length.saturating_add(4)..)
            .ok_or("a body is shorter than its length")?;
        heads.push(head.to_owned());
    }
    Ok(heads)
}

fn content_length(head: &str) -> Result<usize, String> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    match headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        None => Ok(0),
        Some((_, length)) => length
            .trim()
            .parse()
            .map_err(|error| format!("the content length {length:?}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_on_one_connection_are_told_apart_by_their_lengths() {
        let bytes =
            b"POST /1 HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\na: b\r\n\r\n";
        let heads = heads_of(bytes).unwrap();
        assert_eq!(
            heads,
            [
                "POST /1 HTTP/1.1\r\nContent-Length: 4",
                "GET /2 HTTP/1.1\r\na: b"
            ]
        );
    }

    #[test]
    fn half_a_request_is_an_error() {
        assert!(heads_of(b"GET / HTTP/1.1\r\n").is_err());
        assert!(heads_of(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\na").is_err());
    }
}
