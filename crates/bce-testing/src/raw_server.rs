//! A TCP server that writes exactly the bytes that it is given, for responses that an HTTP mock
//! cannot produce.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::sync::lock;

/// A server on loopback that reads one request per connection, writes a response, and closes the
/// connection.
#[derive(Debug)]
pub struct RawServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<RawRequest>>>,
    task: JoinHandle<()>,
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// The request line and the headers, without the empty line at the end.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl RawServer {
    /// Starts a server that responds to every request with these bytes.
    ///
    /// # Errors
    ///
    /// If no loopback port is available.
    pub async fn start(response: Vec<u8>) -> io::Result<Self> {
        Self::answering(move |_| response.clone()).await
    }

    /// Starts a server that responds to each request with the bytes returned by `answer`.
    ///
    /// # Errors
    ///
    /// If no loopback port is available.
    pub async fn answering(
        answer: impl Fn(&RawRequest) -> Vec<u8> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let requests = Arc::<Mutex<Vec<RawRequest>>>::default();
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // An error is ignored, because some tests make clients abort; the next client is
                // served.
                if let Ok(request) = read_request(&mut stream).await {
                    let response = answer(&request);
                    lock(&seen).push(request);
                    let _ = stream.write_all(&response).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        Ok(Self {
            address,
            requests,
            task,
        })
    }

    /// Returns the URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests that have been received so far.
    pub fn requests(&self) -> Vec<RawRequest> {
        lock(&self.requests).clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_request(stream: &mut TcpStream) -> io::Result<RawRequest> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length = content_length(&head);
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(RawRequest {
        head,
        body: bytes.split_off(head_end + 4),
    })
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}
