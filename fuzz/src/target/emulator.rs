//! Signs requests with a key that the emulator knows, and sends them to the emulator over
//! connections that are reused. Checks that the emulator responds to each of them, and never with
//! the status 500.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::Duration;

use crate::head;
use aihc_emulator::Emulator;
use bce_auth::Signer;
use http::HeaderValue;
use time::OffsetDateTime;
use tokio::runtime::Runtime;

/// The number of requests on a connection after which the emulator is reset, to bound its memory.
const REQUESTS: u32 = 2_000;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static EMULATOR: LazyLock<Emulator> =
    LazyLock::new(|| RUNTIME.block_on(Emulator::builder().start()).unwrap());

/// A connection, and the number of requests that were sent on it.
struct Client {
    stream: BufReader<TcpStream>,
    made: u32,
}

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// Runs the checks of the fuzz target `emulator` with one input: the lines of a request head, an
/// empty line, and the body.
pub fn run(data: &[u8]) {
    let end = data.windows(2).position(|pair| pair == b"\n\n");
    let (text, body) = match end {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (data, &[][..]),
    };
    let Some(mut parts) = head(text) else { return };
    let taken = [
        "content-length",
        "transfer-encoding",
        "connection",
        "expect",
        "upgrade",
    ];
    let origin_form = parts.uri.path().starts_with('/') && parts.uri.authority().is_none();
    if !origin_form || taken.iter().any(|name| parts.headers.contains_key(*name)) {
        return;
    }
    // The response to a HEAD has no body, and a CONNECT has no response.
    if parts.method == "HEAD" || parts.method == "CONNECT" {
        return;
    }
    let host = EMULATOR.endpoint().trim_start_matches("http://");
    parts
        .headers
        .insert("host", HeaderValue::from_str(host).unwrap());
    parts.headers.insert("content-length", body.len().into());
    let now = OffsetDateTime::now_utc();
    // A request that cannot be signed is sent without a signature.
    let _ = Signer::default().sign(&mut parts, EMULATOR.credentials(), now);

    let mut request = format!("{} {} HTTP/1.1\r\n", parts.method, parts.uri).into_bytes();
    for (name, value) in &parts.headers {
        request.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    request.extend(b"\r\n");
    request.extend(body);
    CLIENT.with_borrow_mut(|client| {
        let made = client.as_ref().map_or(0, |client| client.made);
        if made >= REQUESTS {
            EMULATOR.handle().reset();
        }
        let mut open = match client.take() {
            Some(client) if made < REQUESTS => client,
            _ => connect(host),
        };
        open.made += 1;
        let (status, keeps) = exchange(&mut open.stream, &request);
        assert_ne!(status, 500, "the emulator is at fault");
        if keeps {
            *client = Some(open);
        }
    });
}

fn connect(host: &str) -> Client {
    let stream = TcpStream::connect(host).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    Client {
        stream: BufReader::new(stream),
        made: 0,
    }
}

/// Sends a request. Returns the status of the response, and whether the connection can be reused.
fn exchange(stream: &mut BufReader<TcpStream>, request: &[u8]) -> (u16, bool) {
    stream.get_mut().write_all(request).unwrap();
    let (mut status, mut length, mut keeps) = (0, 0, true);
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).expect("an answer");
        let text = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        } else if let Some(value) = text.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        } else if text == "connection: close" {
            keeps = false;
        } else if text.is_empty() {
            assert_ne!(status, 0, "the connection was closed without an answer");
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the whole answer");
    (status, keeps)
}
