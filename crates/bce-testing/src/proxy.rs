//! A proxy that records the requests it receives.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::sync::lock;

/// A proxy on loopback that speaks HTTP (`CONNECT` and forwarding) and SOCKS5, depending on what
/// the client sends first. Dropping this value ends the proxy and all of its connections.
#[derive(Debug)]
pub struct FakeProxy {
    address: SocketAddr,
    seen: Seen,
    task: JoinHandle<()>,
}

/// What a test proxy does with its clients.
#[derive(Clone, Copy, Debug)]
pub enum ProxyMode {
    /// Connects every client to this server, whichever target the client asks for.
    Serve(SocketAddr),
    /// Responds to each HTTP request with this response, and closes the connection.
    Answer(&'static str),
    /// Responds to each SOCKS request with this reply code, which must not be 0, since 0 means
    /// success.
    RefuseSocks(u8),
    /// Refuses every SOCKS login, and every SOCKS client without a login.
    RefuseLogin,
    /// Reads the request and closes the connection.
    Close,
    /// Reads the request and never responds.
    Hang,
}

#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    requests: Vec<String>,
    bytes: Vec<u8>,
}

impl FakeProxy {
    /// Starts a proxy.
    ///
    /// # Errors
    ///
    /// If no loopback port is available.
    pub async fn start(mode: ProxyMode) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let seen = Seen::default();
        let task = tokio::spawn(accept(listener, mode, seen.clone()));
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    /// Returns the address, `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the requests that have been received so far: for each HTTP connection, the head of
    /// its first request; for each SOCKS connection, `SOCKS5 user:password host:port`, with `-` in
    /// place of a login if there is none, and without the target if the login was refused.
    pub fn requests(&self) -> Vec<String> {
        self.seen.with(|record| record.requests.clone())
    }

    /// Returns everything that clients have sent, as a string in which bytes that are not UTF-8 are
    /// replaced.
    pub fn received(&self) -> String {
        self.seen
            .with(|record| String::from_utf8_lossy(&record.bytes).into_owned())
    }
}

impl Drop for FakeProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    fn with<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        look(&mut lock(&self.0))
    }
}

async fn accept(listener: TcpListener, mode: ProxyMode, seen: Seen) {
    // Dropping the task also drops this set, which ends the connections.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let client = Client {
            stream,
            seen: seen.clone(),
        };
        // Errors are ignored, because some tests make clients abort.
        connections.spawn(async move {
            let _ = client.serve(mode).await;
        });
    }
}

struct Client {
    stream: TcpStream,
    seen: Seen,
}

impl Client {
    async fn serve(mut self, mode: ProxyMode) -> io::Result<()> {
        let first = self.read(1).await?;
        if first == [5] {
            self.serve_socks(mode).await
        } else {
            self.serve_http(mode, first).await
        }
    }

    fn note(&self, request: String) {
        self.seen.with(|record| record.requests.push(request));
    }

    async fn serve_http(mut self, mode: ProxyMode, mut head: Vec<u8>) -> io::Result<()> {
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.read(1).await?);
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let connect = text.starts_with("CONNECT ");
        self.note(text);
        match mode {
            ProxyMode::Serve(upstream) if connect => {
                self.stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                self.join(upstream, &[]).await
            }
            ProxyMode::Serve(upstream) => self.join(upstream, &head).await,
            ProxyMode::Answer(text) => {
                self.stream.write_all(text.as_bytes()).await?;
                self.stream.shutdown().await
            }
            ProxyMode::Hang => std::future::pending().await,
            ProxyMode::Close | ProxyMode::RefuseSocks(_) | ProxyMode::RefuseLogin => Ok(()),
        }
    }

    async fn serve_socks(mut self, mode: ProxyMode) -> io::Result<()> {
        const PASSWORD: u8 = 2;
        let methods = self.read_short().await?;
        let mut login = "-".to_owned();
        if methods.contains(&PASSWORD) {
            self.stream.write_all(&[5, PASSWORD]).await?;
            self.read(1).await?;
            let user = self.read_short().await?;
            let password = self.read_short().await?;
            login = format!(
                "{}:{}",
                String::from_utf8_lossy(&user),
                String::from_utf8_lossy(&password)
            );
            if let ProxyMode::RefuseLogin = mode {
                self.note(format!("SOCKS5 {login}"));
                return self.stream.write_all(&[1, 1]).await;
            }
            self.stream.write_all(&[1, 0]).await?;
        } else if let ProxyMode::RefuseLogin = mode {
            self.note("SOCKS5 -".to_owned());
            return self.stream.write_all(&[5, 0xff]).await;
        } else {
            self.stream.write_all(&[5, 0]).await?;
        }
        let target = self.read_socks_target().await?;
        self.note(format!("SOCKS5 {login} {target}"));
        let (code, upstream) = match mode {
            ProxyMode::Serve(upstream) => (0, Some(upstream)),
            ProxyMode::RefuseSocks(code) => (code, None),
            ProxyMode::Hang => std::future::pending().await,
            ProxyMode::Answer(_) | ProxyMode::Close | ProxyMode::RefuseLogin => return Ok(()),
        };
        let answer = [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
        self.stream.write_all(&answer).await?;
        match upstream {
            Some(upstream) => self.join(upstream, &[]).await,
            None => Ok(()),
        }
    }

    /// Reads the target of a SOCKS request: `version command reserved type address port`.
    async fn read_socks_target(&mut self) -> io::Result<String> {
        let head = self.read(4).await?;
        let host = match head.last() {
            Some(1) => self
                .read(4)
                .await?
                .iter()
                .map(u8::to_string)
                .collect::<Vec<_>>()
                .join("."),
            Some(3) => String::from_utf8_lossy(&self.read_short().await?).into_owned(),
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        let port = self.read(2).await?;
        let port = port
            .iter()
            .fold(0, |port, byte| port * 256 + u32::from(*byte));
        Ok(format!("{host}:{port}"))
    }

    /// Reads a length of one byte, and then this number of bytes.
    async fn read_short(&mut self) -> io::Result<Vec<u8>> {
        let length = self.read(1).await?.first().copied().unwrap_or(0);
        self.read(length.into()).await
    }

    async fn read(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await?;
        self.seen
            .with(|record| record.bytes.extend_from_slice(&bytes));
        Ok(bytes)
    }

    /// Forwards bytes in both directions until both sides have closed.
    async fn join(self, upstream: SocketAddr, first: &[u8]) -> io::Result<()> {
        let mut upstream = TcpStream::connect(upstream).await?;
        upstream.write_all(first).await?;
        let (mut from_client, mut to_client) = self.stream.into_split();
        let (mut from_server, mut to_server) = upstream.into_split();
        let up = async {
            let mut buffer = vec![0; 16 << 10];
            loop {
                let length = from_client.read(&mut buffer).await?;
                let bytes = buffer.get(..length).unwrap_or_default();
                if bytes.is_empty() {
                    return to_server.shutdown().await;
                }
                self.seen
                    .with(|record| record.bytes.extend_from_slice(bytes));
                to_server.write_all(bytes).await?;
            }
        };
        let down = async {
            tokio::io::copy(&mut from_server, &mut to_client).await?;
            to_client.shutdown().await
        };
        let (up, down) = tokio::join!(up, down);
        up.and(down)
    }
}
