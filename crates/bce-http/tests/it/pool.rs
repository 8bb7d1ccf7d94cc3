//! Which connections are kept after a response, and what is concluded from a dead connection.

use std::net::SocketAddr;
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::connect::Proxy;
use bce_http::layer::{Transport, TransportConfig};
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder, Endpoint, Error, ErrorKind};
use bce_testing::LogCapture;
use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::common::{Animal, LOOK, Zoo};

const OK: &str = "HTTP/1.1 200 OK\r\nx-bce-request-id: r\r\ncontent-length: 2\r\n\r\n{}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Connected,
    Request,
    /// The client closed the connection.
    Ended,
    /// The server closed the connection.
    Closed,
}

/// A server that responds to the requests of each connection with these texts in order, and repeats
/// the last one. If a text is empty, the server closes the connection after the request instead of
/// responding. If a text is `close`, the server closes the connection without waiting for a
/// request.
struct Server {
    address: SocketAddr,
    events: mpsc::UnboundedReceiver<Event>,
    seen: Vec<Event>,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (notes, events) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                notes.send(Event::Connected).unwrap();
                connections.spawn(serve(stream, answers, notes.clone()));
            }
        });
        Self {
            address,
            events,
            seen: Vec::new(),
            _tasks: tasks,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn wait_for(&mut self, event: Event) {
        while self.seen.last() != Some(&event) {
            self.seen.push(self.events.recv().await.unwrap());
        }
    }

    /// Returns the number of connections and requests so far.
    fn counts(&mut self) -> (usize, usize) {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
        let count = |wanted| self.seen.iter().filter(|event| **event == wanted).count();
        (count(Event::Connected), count(Event::Request))
    }
}

async fn serve(
    mut stream: TcpStream,
    answers: &'static [&'static str],
    notes: mpsc::UnboundedSender<Event>,
) {
    let mut answers = answers.iter();
    let mut last = "";
    loop {
        last = answers.next().unwrap_or(&last);
        let close_at_once = last == "close";
        if !close_at_once {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_buf(&mut head).await {
                    Ok(length) if length > 0 => {}
                    _ => return notes.send(Event::Ended).unwrap(),
                }
            }
            notes.send(Event::Request).unwrap();
        }
        if close_at_once || last.is_empty() {
            drop(stream);
            return notes.send(Event::Closed).unwrap();
        }
        stream.write_all(last.as_bytes()).await.unwrap();
    }
}

fn transport(server: &Server, change: impl FnOnce(&mut TransportConfig)) -> Transport {
    let endpoint: Endpoint = server.url().parse().unwrap();
    let mut config = TransportConfig::default();
    config.proxy = Proxy::none();
    change(&mut config);
    Transport::new(&endpoint, config).unwrap()
}

async fn send(transport: &Transport, server: &Server) -> Result<Response<Bytes>, Error> {
    let request = Request::post(server.url()).body(Body::empty()).unwrap();
    transport.clone().oneshot(request).await
}

#[tokio::test]
async fn a_large_error_answer_does_not_cost_the_connection() {
    let body = "x".repeat(300_000);
    let answer = format!("HTTP/1.1 503 Busy\r\ncontent-length: 300000\r\n\r\n{body}");
    let answers: &'static [&'static str] = vec![&*answer.leak()].leak();
    let mut server = Server::start(answers).await;
    let transport = transport(&server, |_| {});
    for _ in 0..5 {
        let response = send(&transport, &server).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.body().len()),
            (503, 300_000)
        );
    }
    assert_eq!(server.counts(), (1, 5));
}

#[tokio::test]
async fn clones_share_connections_and_separate_transports_do_not() {
    let mut server = Server::start(&[OK]).await;
    let first = transport(&server, |_| {});
    send(&first, &server).await.unwrap();
    send(&first.clone(), &server).await.unwrap();
    assert_eq!(server.counts(), (1, 2));
    let second = transport(&server, |_| {});
    send(&second, &server).await.unwrap();
    assert_eq!(server.counts(), (2, 3));
}

#[tokio::test]
async fn no_connection_is_kept_when_none_may_be_idle() {
    let mut server = Server::start(&[OK]).await;
    let transport = transport(&server, |config| config.pool_max_idle_per_host = 0);
    for _ in 0..2 {
        send(&transport, &server).await.unwrap();
    }
    assert_eq!(server.counts(), (2, 2));
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_time_without_another_call() {
    let mut server = Server::start(&[OK]).await;
    let idle = Duration::from_millis(50);
    let transport = transport(&server, |config| config.pool_idle_timeout = idle);
    send(&transport, &server).await.unwrap();
    tokio::time::timeout(Duration::from_secs(1), server.wait_for(Event::Ended))
        .await
        .expect("the pool drops the connection by itself");
}

#[tokio::test]
async fn a_connection_that_the_peer_closed_while_idle_is_replaced() {
    let mut server = Server::start(&[OK, "close"]).await;
    let client = transport(&server, |_| {});
    send(&client, &server).await.unwrap();
    server.wait_for(Event::Closed).await;
    // A round trip to another server, after which everything that the peer did before has arrived.
    let elsewhere = Server::start(&[OK]).await;
    send(&transport(&elsewhere, |_| {}), &elsewhere)
        .await
        .unwrap();
    send(&client, &server).await.unwrap();
    assert_eq!(server.counts(), (2, 2));
}

#[tokio::test]
async fn a_kept_connection_that_dies_under_a_request_is_ambiguous_and_not_replaced() {
    let mut server = Server::start(&[OK, ""]).await;
    let transport = transport(&server, |_| {});
    send(&transport, &server).await.unwrap();
    let error = send(&transport, &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.may_have_been_applied());
    assert!(
        error
            .to_string()
            .contains("closed the connection without responding"),
        "{error}"
    );
    assert_eq!(server.counts(), (1, 2));
}

#[tokio::test]
async fn an_attempt_says_who_answered_and_over_which_connection() {
    let logs = LogCapture::start();
    let server = Server::start(&[OK]).await;
    let zoo: Zoo = ClientBuilder::new()
        .endpoint(server.url())
        .credentials(Credentials::new("ak", "sk").unwrap())
        .build()
        .unwrap();
    for _ in 0..2 {
        Call::new(&zoo.0, &LOOK).send::<Animal>().await.unwrap();
        // The connection has returned to the pool once hyper's task has run.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    let log = logs.text();
    let attempts = log.lines().filter(|line| line.contains("attempt finished"));
    let attempts: Vec<_> = attempts.collect();
    assert_eq!(attempts.len(), 2, "{log}");
    let peer = server.url().replace("http://", "peer=\"");
    for attempt in &attempts {
        assert!(
            attempt.contains("DEBUG") && attempt.contains(&peer),
            "{attempt}"
        );
        assert!(attempt.contains("elapsed_ms="), "{attempt}");
    }
    assert!(
        attempts[0].contains("reused=false connect_ms="),
        "{}",
        attempts[0]
    );
    assert!(attempts[1].contains("reused=true"), "{}", attempts[1]);
}
