//! Pooled connections that have died silently: what it costs to discover one, and whether the other
//! idle connections are dropped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::connect::Proxy;
use bce_http::layer::{Transport, TransportConfig};
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, Endpoint, Error, ErrorKind, RetryPolicy};
use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::common::{Animal, FEED, LOOK, Zoo};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"name\":\"ape\"}";
const SHORT: Duration = Duration::from_millis(200);
const IDLE: usize = 6;

/// A server whose connections can be cut off, as by a middlebox that forgets them; new connections
/// work.
struct Server {
    address: SocketAddr,
    network: Arc<Network>,
    _tasks: JoinSet<()>,
}

struct Network {
    /// The number of the first connection that is not cut off. Connections with lower numbers are
    /// cut off, except the first `spared` connections.
    alive_from: AtomicUsize,
    /// How many connections, counted from the first one, are never cut off.
    spared: AtomicUsize,
    connections: AtomicUsize,
    requests: AtomicUsize,
    /// Delays the responses to `/together` until all [`IDLE`] of them have been requested, so that
    /// each request needs a separate connection.
    together: Barrier,
    /// Responses to `/wait` need a permit.
    waiting: Semaphore,
    /// Whether a connection that was cut off is closed when a request arrives. Otherwise, it stays
    /// open without a response.
    breaks: bool,
}

impl Server {
    async fn start(breaks: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let network = Arc::new(Network {
            alive_from: AtomicUsize::new(0),
            spared: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            together: Barrier::new(IDLE),
            waiting: Semaphore::new(0),
            breaks,
        });
        let shared = Arc::clone(&network);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                connections.spawn(serve(stream, number, Arc::clone(&shared)));
            }
        });
        Self {
            address,
            network,
            _tasks: tasks,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn cut_off_all(&self) {
        self.cut_off_all_but_the_first(0);
    }

    fn cut_off_all_but_the_first(&self, spared: usize) {
        let network = &self.network;
        network.spared.store(spared, Ordering::SeqCst);
        let so_far = network.connections.load(Ordering::SeqCst);
        network.alive_from.store(so_far, Ordering::SeqCst);
    }

    /// Returns the number of connections and requests so far.
    fn counts(&self) -> (usize, usize) {
        let network = &self.network;
        (
            network.connections.load(Ordering::SeqCst),
            network.requests.load(Ordering::SeqCst),
        )
    }
}

async fn serve(mut stream: TcpStream, number: usize, network: Arc<Network>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_buf(&mut head).await {
                Ok(length) if length > 0 => {}
                _ => return,
            }
        }
        network.requests.fetch_add(1, Ordering::SeqCst);
        let spared = number < network.spared.load(Ordering::SeqCst);
        if number < network.alive_from.load(Ordering::SeqCst) && !spared {
            if network.breaks {
                return;
            }
            std::future::pending::<()>().await;
        }
        let head = String::from_utf8_lossy(&head);
        if head.contains(" /hang ") {
            std::future::pending::<()>().await;
        }
        if head.contains(" /together") {
            network.together.wait().await;
        }
        if head.contains(" /wait ") {
            network.waiting.acquire().await.unwrap().forget();
        }
        stream.write_all(OK).await.unwrap();
    }
}

fn client(server: &Server, transport: &Transport) -> Client {
    client_with(SHORT, server, transport)
}

/// Creates a client whose attempts do not run out of time even if the machine is busy.
fn patient_client(server: &Server, transport: &Transport) -> Client {
    client_with(50 * SHORT, server, transport)
}

fn client_with(attempt_timeout: Duration, server: &Server, transport: &Transport) -> Client {
    let zoo: Zoo = ClientBuilder::new()
        .endpoint(server.url(""))
        .credentials(Credentials::new("ak", "sk").unwrap())
        .attempt_timeout(attempt_timeout)
        .retry(
            RetryPolicy::exponential()
                .max_retries(3)
                .base(Duration::from_millis(1))
                .max_delay(Duration::from_millis(1)),
        )
        .build_with_transport(transport.clone())
        .unwrap();
    zoo.0
}

fn transport(server: &Server) -> Transport {
    let endpoint: Endpoint = server.url("").parse().unwrap();
    let mut config = TransportConfig::default();
    config.proxy = Proxy::none();
    Transport::new(&endpoint, config).unwrap()
}

async fn send(
    transport: &Transport,
    server: &Server,
    path: &str,
) -> Option<Result<Response<Bytes>, Error>> {
    send_for(transport, server, path, SHORT).await
}

/// Sends a request, and gives up after the time limit.
async fn send_for(
    transport: &Transport,
    server: &Server,
    path: &str,
    limit: Duration,
) -> Option<Result<Response<Bytes>, Error>> {
    let request = Request::get(server.url(path)).body(Body::empty()).unwrap();
    let call = transport.clone().oneshot(request);
    tokio::time::timeout(limit, call).await.ok()
}

/// Runs hyper's tasks, after which used connections have returned to the pool.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Makes six connections, which are then idle.
async fn make_idle_connections(client: &Client) {
    let mut calls = JoinSet::new();
    for _ in 0..IDLE {
        let client = client.clone();
        calls.spawn(async move {
            let call = Call::new(&client, &LOOK).path("/together");
            call.send::<Animal>().await.unwrap();
        });
    }
    calls.join_all().await;
    // However busy the machine is, the connections have only just been used.
    tokio::time::pause();
    settle().await;
    tokio::time::resume();
}

/// Lets so much time pass that a call which may not be repeated avoids the idle connections.
async fn pass_time() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn six_dead_connections_cost_one_attempt_of_all_calls_together() {
    for breaks in [false, true] {
        let server = Server::start(breaks).await;
        let client = client(&server, &transport(&server));
        make_idle_connections(&client).await;
        assert_eq!(server.counts(), (IDLE, IDLE));
        server.cut_off_all();
        for _ in 0..10 {
            Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
            settle().await;
        }
        let (connections, requests) = server.counts();
        assert_eq!(requests - IDLE, 11, "one attempt was lost");
        // One for the attempt after the lost one, and one for all later calls.
        assert_eq!(connections - IDLE, 2);
    }
}

#[tokio::test]
async fn a_call_that_may_not_be_repeated_loses_its_attempt_and_the_next_one_none() {
    let server = Server::start(false).await;
    let client = patient_client(&server, &transport(&server));
    make_idle_connections(&client).await;
    server.cut_off_all();
    // The attempt runs out of time as soon as it waits.
    tokio::time::pause();
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    tokio::time::resume();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.may_have_been_applied());
    Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    assert_eq!(server.counts(), (IDLE + 1, IDLE + 2));
}

#[tokio::test]
async fn a_call_that_may_not_be_repeated_does_not_try_what_was_idle() {
    let server = Server::start(false).await;
    let client = patient_client(&server, &transport(&server));
    make_idle_connections(&client).await;
    server.cut_off_all();
    pass_time().await;
    Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    assert_eq!(server.counts(), (IDLE + 1, IDLE + 1));
    settle().await;
    // The new connection is kept, and other calls use it.
    Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    assert_eq!(server.counts(), (IDLE + 1, IDLE + 2));
}

#[tokio::test]
async fn only_calls_that_cannot_be_repeated_avoid_what_was_idle() {
    let server = Server::start(false).await;
    let client = patient_client(&server, &transport(&server));
    let mut idempotent = Call::new(&client, &FEED);
    idempotent.options_mut().idempotent = Some(true);
    for (call, connections) in [
        (Call::new(&client, &LOOK), 1),
        (Call::new(&client, &LOOK), 1),
        (idempotent, 1),
        (Call::new(&client, &FEED), 2),
        (Call::new(&client, &LOOK), 2),
    ] {
        call.send::<Animal>().await.unwrap();
        settle().await;
        assert_eq!(server.counts().0, connections);
        pass_time().await;
    }
}

#[tokio::test]
async fn the_attempt_after_a_lost_one_opens_a_connection_whatever_is_idle() {
    let server = Server::start(false).await;
    let transport = transport(&server);
    let client = client(&server, &transport);
    // The first connection is busy and spared; six idle ones are cut off.
    let busy = async {
        for _ in 0..2 {
            let answer = send_for(&transport, &server, "/wait", 10 * SHORT).await;
            answer.unwrap().unwrap();
        }
    };
    let lost = async {
        settle().await;
        make_idle_connections(&client).await;
        server.cut_off_all_but_the_first(1);
        let (_, before) = server.counts();
        let call = async {
            Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
            server.network.waiting.add_permits(1);
        };
        // Receives a response while the attempt waits, so the idle connections are not given up.
        let answer = async {
            while server.counts().1 == before {
                tokio::task::yield_now().await;
            }
            server.network.waiting.add_permits(1);
        };
        tokio::join!(call, answer);
    };
    tokio::join!(busy, lost);
    // Two requests on the busy one, six on the idle ones, and two attempts.
    assert_eq!(server.counts(), (1 + IDLE + 1, 2 + IDLE + 2));
}

#[tokio::test]
async fn a_slow_answer_over_a_new_connection_says_nothing_about_the_others() {
    let server = Server::start(false).await;
    let transport = transport(&server);
    // Occupies the first connection, so that the second request needs a new one.
    let held = send_for(&transport, &server, "/wait", 10 * SHORT);
    let (held, hung) = tokio::join!(held, async {
        settle().await;
        let hung = send(&transport, &server, "/hang").await;
        server.network.waiting.add_permits(1);
        hung
    });
    assert!(held.is_some() && hung.is_none());
    settle().await;
    send(&transport, &server, "/").await.unwrap().unwrap();
    assert_eq!(server.counts(), (2, 3), "the first connection was kept");
}

#[tokio::test]
async fn a_slow_answer_says_nothing_while_other_connections_bring_theirs() {
    let server = Server::start(false).await;
    let transport = transport(&server);
    server.network.waiting.add_permits(2);
    let both = tokio::join!(
        send(&transport, &server, "/wait"),
        send(&transport, &server, "/wait")
    );
    assert!(both.0.is_some() && both.1.is_some());
    settle().await;
    assert_eq!(server.counts(), (2, 2));
    let (hung, _) = tokio::join!(send(&transport, &server, "/hang"), async {
        settle().await;
        send(&transport, &server, "/").await.unwrap().unwrap();
    });
    assert!(hung.is_none());
    settle().await;
    send(&transport, &server, "/").await.unwrap().unwrap();
    assert_eq!(server.counts(), (2, 5), "the other connection was kept");
}
