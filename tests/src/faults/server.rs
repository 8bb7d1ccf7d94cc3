//! A server that misbehaves as configured.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{PASSWORD, SECRET_KEY};

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(super) enum Play {
    /// Writes these bytes, and closes the connection.
    Write(String),
    /// Writes these bytes, and keeps the connection for the next request.
    WriteAndKeep(String),
    /// Writes these bytes and nothing more, but does not close the connection.
    WriteAndStall(String),
    /// Writes these bytes, and resets the connection.
    WriteAndReset(String),
    /// Writes a response with an instance that has the members which the client sent in its last
    /// attempt, and keeps the connection.
    ShowSent,
    /// Reports that the signature has expired, because the clock of the server is ahead by this
    /// time, and keeps the connection.
    Expired(time::Duration),
    /// Writes a response that quotes the secrets of the request, and keeps the connection.
    Quote(Quote),
    /// Closes the connection as soon as the request arrives, without reading any of it.
    CloseUnread,
}

/// A response in which `QUOTED` is replaced with the secrets of the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    /// The status and the headers.
    pub(super) head: &'static str,
    pub(super) body: &'static str,
    pub(super) spelling: Spelling,
}

/// How quoted secrets are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// The secrets are not encoded.
    Plain,
    /// Each byte of the secrets is percent-encoded.
    Percent,
    /// Each byte of the secrets is written as a JSON escape.
    Escapes,
}

impl Spelling {
    fn spell(self, text: &str) -> String {
        let each = |write: fn(u8) -> String| text.bytes().map(write).collect();
        match self {
            Self::Plain => text.to_owned(),
            Self::Percent => each(|byte| format!("%{byte:02X}")),
            Self::Escapes => each(|byte| format!("\\u{byte:04x}")),
        }
    }
}

impl Quote {
    fn answer(&self, request: &Request) -> String {
        let authorization = header(&request.head, "authorization");
        let signature = authorization.rsplit('/').next().unwrap_or_default();
        let token = header(&request.head, "x-bce-security-token");
        let password = if request.body.contains(PASSWORD) {
            PASSWORD
        } else {
            ""
        };
        let spell = |text: &str| self.spelling.spell(text);
        let quoted = format!(
            "key {} token '{}' signature <{}> authorization={} password({})",
            spell(SECRET_KEY),
            spell(token),
            spell(signature),
            spell(authorization),
            spell(password),
        );
        let (head, body) = (
            self.head.replace("QUOTED", &quoted),
            self.body.replace("QUOTED", &quoted),
        );
        let length = body.len();
        format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}")
    }
}

/// The instructions for a server: what it does with each request.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// What the server does with the first attempt.
    pub(super) first: Play,
    /// What the server does with all attempts after the first.
    pub(super) then: Play,
    /// The operation that reads the state of an instance, and what the server does with requests
    /// for it: with the first one, and with all others. If this is `None`, all requests count as
    /// attempts.
    pub(super) looks: Option<(&'static str, [Play; 2])>,
}

/// A server on loopback. Dropping the value ends the server and all of its connections.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Received>,
    task: JoinHandle<()>,
}

/// The requests that a server has received.
#[derive(Debug, Default)]
struct Received {
    /// The number of attempts so far. Requests that read the state of an instance do not count.
    turns: AtomicUsize,
    requests: AtomicUsize,
    looks: AtomicUsize,
    /// The ids of the requests, each of which was chosen by the client.
    ids: Mutex<Vec<String>>,
    /// The request of the last attempt.
    sent: Mutex<Request>,
}

impl Script {
    /// Returns a script by which the server does the same with all requests.
    pub(super) fn of(play: Play) -> Self {
        Self {
            first: play.clone(),
            then: play,
            looks: None,
        }
    }

    /// Returns what the server does with the first and with all later requests that read the state
    /// of an instance; `None` if the request with this head is not such a request.
    fn looks(&self, head: &str) -> Option<&[Play; 2]> {
        let (operation, plays) = self.looks.as_ref()?;
        (action(head) == Some(*operation)).then_some(plays)
    }
}

impl Server {
    pub(super) async fn start(script: Script) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Received::default());
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let script = Arc::new(script);
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of requests that were read completely, except for those that read the
    /// state of an instance.
    pub(super) fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// Returns the number of requests for the state of an instance that were read completely.
    pub(super) fn looks(&self) -> usize {
        self.seen.looks.load(Ordering::SeqCst)
    }

    /// Returns the ids of all requests. A request without an id is represented by an empty string.
    pub(super) fn request_ids(&self) -> Vec<String> {
        self.seen.ids().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Received {
    fn ids(&self) -> MutexGuard<'_, Vec<String>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sent(&self) -> MutexGuard<'_, Request> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request, and returns what the server does with it.
    fn turn<'a>(&self, request: Request, script: &'a Script) -> &'a Play {
        let id = header(&request.head, "x-bce-request-id").to_owned();
        self.ids().push(id);
        if let Some(plays) = script.looks(&request.head) {
            return &plays[self.looks.fetch_add(1, Ordering::SeqCst).min(1)];
        }
        *self.sent() = request;
        self.requests.fetch_add(1, Ordering::SeqCst);
        let play = self.attempt(script);
        self.turns.fetch_add(1, Ordering::SeqCst);
        play
    }

    /// Returns whether the server closes the connection without reading the request that begins
    /// with `head`. If so, the attempt is counted.
    fn leaves_unread(&self, head: &str, script: &Script) -> bool {
        let is_attempt = script.looks(head).is_none();
        let unread = is_attempt && matches!(self.attempt(script), Play::CloseUnread);
        if unread {
            self.turns.fetch_add(1, Ordering::SeqCst);
        }
        unread
    }

    /// Returns what the server does with the next attempt.
    fn attempt<'a>(&self, script: &'a Script) -> &'a Play {
        match self.turns.load(Ordering::SeqCst) {
            0 => &script.first,
            _ => &script.then,
        }
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, seen: Arc<Received>) {
    while let Ok(head) = peek(&stream).await {
        if seen.leaves_unread(&head, &script) {
            return;
        }
        let Ok(request) = read_request(&mut stream).await else {
            return;
        };
        let play = seen.turn(request, &script);
        let text = match play {
            Play::Write(text) | Play::WriteAndKeep(text) => text.clone(),
            Play::WriteAndStall(text) | Play::WriteAndReset(text) => text.clone(),
            Play::ShowSent => instance(&seen.sent().body),
            Play::Expired(ahead) => expired(*ahead),
            Play::Quote(quote) => quote.answer(&seen.sent()),
            Play::CloseUnread => return,
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        match play {
            Play::WriteAndKeep(_) | Play::ShowSent | Play::Expired(_) | Play::Quote(_) => {}
            Play::WriteAndStall(_) => {
                // Waits until the client closes the connection.
                let _ = stream.read(&mut [0; 64]).await;
                return;
            }
            Play::WriteAndReset(_) => {
                // With a linger time of zero, closing the connection resets it.
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

/// Returns the first bytes of a request as text, without removing them from the stream.
async fn peek(stream: &TcpStream) -> io::Result<String> {
    let mut bytes = [0; 1024];
    match stream.peek(&mut bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => Ok(String::from_utf8_lossy(&bytes[..length]).into_owned()),
    }
}

/// Returns a response with an instance that has these members.
fn instance(members: &str) -> String {
    let body = format!(r#"{{"devInstance":{members},"requestId":"r"}}"#);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn expired(ahead: time::Duration) -> String {
    let date = httpdate::fmt_http_date((OffsetDateTime::now_utc() + ahead).into());
    let body = r#"{"code":"RequestExpired","message":"m","requestId":"r"}"#;
    format!(
        "HTTP/1.1 400 Bad Request\r\ndate: {date}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The head and the body of a request.
#[derive(Debug, Default)]
struct Request {
    head: String,
    body: String,
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Request> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = header(&head, "content-length").parse().unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
                return Ok(Request { head, body });
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Returns a header of a request; empty if it is missing.
fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.trim())
}

/// Returns the operation that a request names; `None` if it names none.
fn action(head: &str) -> Option<&str> {
    let target = head.split(' ').nth(1)?;
    let (_, query) = target.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| (name == "action").then_some(value))
}
