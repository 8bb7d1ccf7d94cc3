//! A server that misbehaves on the wire as it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What happens to a request.
#[derive(Clone, Debug)]
pub(super) enum Play {
    /// Write these bytes, then close.
    Write(String),
    /// Write these bytes, and keep the connection for the next request.
    WriteAndKeep(String),
    /// Write these bytes, then nothing more, but keep the connection.
    WriteAndStall(String),
    /// Write these bytes, then reset the connection.
    WriteAndReset(String),
    /// Close before reading anything.
    CloseUnread,
}

/// A server on loopback. It plays `first` for the first request or connection, and `then` for all
/// others. Ends when it is dropped, with all of its connections.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(first: Play, then: Play) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let turns = Arc::new(AtomicUsize::new(0));
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let plays = (first.clone(), then.clone());
                connections.spawn(serve(stream, plays, Arc::clone(&turns), Arc::clone(&seen)));
            }
        });
        Ok(Self {
            address,
            requests,
            task,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests were read to their end.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    (first, then): (Play, Play),
    turns: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
) {
    loop {
        let play = if turns.fetch_add(1, Ordering::SeqCst) == 0 {
            &first
        } else {
            &then
        };
        if matches!(play, Play::CloseUnread) {
            return;
        }
        if read_request(&mut stream).await.is_err() {
            // The connection brought no request, so it was nobody's turn.
            turns.fetch_sub(1, Ordering::SeqCst);
            return;
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let text = match play {
            Play::Write(text) | Play::WriteAndKeep(text) => text,
            Play::WriteAndStall(text) | Play::WriteAndReset(text) => text,
            Play::CloseUnread => return,
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        match play {
            Play::WriteAndKeep(_) => {}
            Play::WriteAndStall(_) => {
                // Until the client gives up.
                let _ = stream.read(&mut [0; 64]).await;
                return;
            }
            Play::WriteAndReset(_) => {
                // Closing with a linger of zero sends a reset.
                let _ = stream.set_zero_linger();
                return;
            }
            _ => {
                let _ = stream.shutdown().await;
                return;
            }
        }
    }
}

/// Reads head and body.
async fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|length| length.trim().parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Ok(());
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
