//! A server that lists invented dev instances at a low cost. It runs in a separate process, so that
//! measurements of a client do not include the work of the server. All clients receive the same
//! responses.
//!
//! It only reads `pageNumber` and `pageSize` of a request, checks nothing, and caches its
//! responses.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The argument with which this program runs as a server that lists invented dev instances.
pub(crate) const SERVER: &str = "list-server";

/// The maximum size of the cache of responses, in bytes.
const KEPT: usize = 64 << 20;

const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A process that runs a server which lists invented dev instances. The process ends when this
/// value is dropped.
pub(crate) struct ListServer {
    process: Child,
    pub(crate) endpoint: String,
    /// The certificate of the server in PEM format; `None` if the server does not use TLS.
    pub(crate) certificate: Option<String>,
}

impl ListServer {
    /// Starts a server that lists this number of instances.
    pub(crate) fn start(instances: usize) -> std::result::Result<Self, String> {
        Self::start_as("http", instances)
    }

    /// Starts a server that lists this number of instances, and has a self-signed certificate.
    pub(crate) fn start_with_tls(instances: usize) -> std::result::Result<Self, String> {
        Self::start_as("https", instances)
    }

    fn start_as(scheme: &str, instances: usize) -> std::result::Result<Self, String> {
        let failed = |error: std::io::Error| format!("the list server: {error}");
        let program = std::env::current_exe().map_err(failed)?;
        let mut process = Command::new(program)
            .args([SERVER, scheme, &instances.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let output = process.stdout.take();
        let output = output.ok_or("the list server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let endpoint = lines.next().transpose().map_err(failed)?;
        let pem = lines.map_while(std::result::Result::ok);
        let pem: Vec<String> = pem.take_while(|line| !line.is_empty()).collect();
        Ok(Self {
            process,
            endpoint: endpoint.ok_or("the list server does not start")?,
            certificate: (!pem.is_empty()).then(|| pem.join("\n") + "\n"),
        })
    }

    /// Returns the id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for ListServer {
    fn drop(&mut self) {
        // The server ends when its standard input is closed.
        drop(self.process.stdin.take());
        // There is nowhere to report a failure.
        let _ = self.process.wait();
    }
}

/// Runs the server: prints its address, its certificate if it uses TLS, and an empty line, and
/// responds until standard input is closed.
pub(crate) fn serve(scheme: &str, instances: &str) -> std::result::Result<(), String> {
    let instances = instances
        .parse()
        .map_err(|_| "the number of instances is invalid")?;
    std::thread::spawn(|| {
        // The server ends, whether or not this fails.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let ended: Result<()> = runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("{scheme}://{}", listener.local_addr()?);
        let tls = match scheme {
            "https" => Some(acceptor()?),
            _ => None,
        };
        println!();
        let pages = Arc::new(Pages::new(instances));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let pages = Arc::clone(&pages);
            match tls.clone() {
                Some(tls) => {
                    tokio::spawn(async move { answer(tls.accept(stream).await?, pages).await });
                }
                None => {
                    tokio::spawn(answer(stream, pages));
                }
            }
        }
    });
    ended.map_err(|error| error.to_string())
}

/// Returns an acceptor for TLS with a new certificate, which is printed.
fn acceptor() -> Result<TlsAcceptor> {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    print!("{}", own.cert.pem());
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der())?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Responds to the requests on a connection until it ends. Requests with a body are not supported.
async fn answer<S>(mut stream: S, pages: Arc<Pages>) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut received = Vec::with_capacity(4096);
    while stream.read_buf(&mut received).await? > 0 {
        while let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let line = received.split(|byte| *byte == b'\r').next();
            let line = std::str::from_utf8(line.unwrap_or_default())?;
            let number = |name, default| parameter(line, name).unwrap_or(default);
            let (head, body) = pages.get(number("pageNumber=", 1), number("pageSize=", 10))?;
            let mut answer = head.chain(body);
            stream.write_all_buf(&mut answer).await?;
            received.drain(..end + 4);
        }
    }
    Ok(())
}

fn parameter(line: &str, name: &str) -> Option<usize> {
    let (_, value) = line.split_once(name)?;
    let end = value.find(|character: char| !character.is_ascii_digit())?;
    value[..end].parse().ok()
}

/// The cache of responses.
struct Pages {
    instances: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The bodies of responses, by page number and page size.
    bodies: HashMap<(usize, usize), Bytes>,
    bytes: usize,
    /// The second in which the value of the `Date` header is valid, and the value.
    date: (i64, String),
}

impl Pages {
    fn new(instances: usize) -> Self {
        Self {
            instances,
            kept: Mutex::default(),
        }
    }

    fn get(&self, number: usize, size: usize) -> Result<(Bytes, Bytes)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = OffsetDateTime::now_utc();
        if kept.date.0 != now.unix_timestamp() {
            kept.date = (now.unix_timestamp(), now.format(HTTP_DATE)?);
        }
        let body = match kept.bodies.get(&(number, size)) {
            Some(body) => body.clone(),
            None => {
                let body = Bytes::from(page(self.instances, number, size)?);
                if kept.bytes + body.len() <= KEPT {
                    kept.bytes += body.len();
                    kept.bodies.insert((number, size), body.clone());
                }
                body
            }
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\n\
             Content-Type: application/json; charset=utf-8\r\n\
             Date: {}\r\n\
             X-Bce-Request-Id: 05e631e6-fb55-4308-bfe1-e9848b8c95c1\r\n\
             Content-Length: {}\r\n\r\n",
            kept.date.1,
            body.len()
        );
        Ok((head.into(), body))
    }
}

/// Returns the body of the response for one page. Each instance has the members that the API
/// documents for lists, and takes about 500 bytes.
pub(crate) fn page(instances: usize, number: usize, size: usize) -> Result<String> {
    let first = number.saturating_sub(1) * size;
    let mut text = String::from("{\"devInstances\":[");
    for index in first..(first + size).min(instances) {
        if index > first {
            text.push(',');
        }
        write!(
            text,
            "{{\"accountId\":\"eca97e148cb74e9683d7b7240829d1ff\",\"createdAt\":1747876700,\
             \"creator\":\"owner\",\"creatorId\":\"eca97e148cb74e9683d7b7240829d1ff\",\
             \"id\":\"dv-{index:08x}\",\
             \"imageUrl\":\"registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04\",\
             \"name\":\"example-{index}\",\"queueName\":\"default\",\"region\":\"bj\",\
             \"resourcePoolId\":\"cce-i8zab7dh\",\"resourcePoolName\":\"bjtest\",\
             \"resources\":{{\"acceleratorCount\":0,\"acceleratorType\":\"\",\"cpus\":1,\
             \"memory\":2,\"shmSize\":0}},\"status\":3,\"statusReason\":\"\",\
             \"updatedAt\":1747876790,\"version\":\"v2\"}}"
        )?;
    }
    write!(
        text,
        "],\"requestId\":\"05e631e6-fb55-4308-bfe1-e9848b8c95c1\",\"totalCount\":{instances}}}"
    )?;
    Ok(text)
}
