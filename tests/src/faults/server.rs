//! A server that misbehaves on the wire as it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{PASSWORD, SECRET_KEY};

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
    /// Write an instance with the members of the last attempt, and keep the connection.
    ShowSent,
    /// Say that the signature has expired, by a clock that is ahead by this much, and keep the
    /// connection.
    Expired(time::Duration),
    /// Write an answer with the secrets of the request in it, and keep the connection.
    Quote(Quote),
    /// Close as soon as the request is there, before reading anything of it.
    CloseUnread,
}

/// An answer with `QUOTED` in the place of what it quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    /// Status and headers.
    pub(super) head: &'static str,
    pub(super) body: &'static str,
    pub(super) spelling: Spelling,
}

/// How secrets are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As they are.
    Plain,
    /// Each byte percent-encoded.
    Percent,
    /// Each byte as an escape of JSON.
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

/// What a server does.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// With the first attempt.
    pub(super) first: Play,
    /// With all other attempts.
    pub(super) then: Play,
    /// With requests of another operation, which look at the state: the first one, and all others.
    pub(super) looks: Option<(&'static str, [Play; 2])>,
}

/// A server on loopback. Ends when it is dropped, with all of its connections.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Received>,
    task: JoinHandle<()>,
}

/// What came in.
#[derive(Debug, Default)]
struct Received {
    /// How many attempts have met their play.
    turns: AtomicUsize,
    requests: AtomicUsize,
    looks: AtomicUsize,
    /// The ids that clients gave to their requests.
    ids: Mutex<Vec<String>>,
    /// The last attempt.
    sent: Mutex<Request>,
}

impl Script {
    /// Plays the same each time.
    pub(super) fn of(play: Play) -> Self {
        Self {
            first: play.clone(),
            then: play,
            looks: None,
        }
    }

    /// What is played for a request that looks at the state.
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

    /// How many requests were read to their end, without looks.
    pub(super) fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// How many looks were read to their end.
    pub(super) fn looks(&self) -> usize {
        self.seen.looks.load(Ordering::SeqCst)
    }

    /// The ids of all requests, empty where there was none.
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

    /// What becomes of a request.
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

    /// Whether a request that begins like this is left unread.
    fn leaves_unread(&self, head: &str, script: &Script) -> bool {
        let is_attempt = script.looks(head).is_none();
        let unread = is_attempt && matches!(self.attempt(script), Play::CloseUnread);
        if unread {
            self.turns.fetch_add(1, Ordering::SeqCst);
        }
        unread
    }

    /// The play of the next attempt.
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

/// The first bytes of a request, which stay where they are.
async fn peek(stream: &TcpStream) -> io::Result<String> {
    let mut bytes = [0; 1024];
    match stream.peek(&mut bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => Ok(String::from_utf8_lossy(&bytes[..length]).into_owned()),
    }
}

/// An answer that shows an instance with these members.
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

/// Head and body.
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

/// A header of a request, empty if it is not there.
fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.trim())
}

/// The operation that a request names.
fn action(head: &str) -> Option<&str> {
    let target = head.split(' ').nth(1)?;
    let (_, query) = target.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| (name == "action").then_some(value))
}
