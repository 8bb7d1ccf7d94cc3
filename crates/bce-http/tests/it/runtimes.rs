//! One client on several runtimes, which stall and end at any time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bce_auth::Credentials;
use bce_http::layer::{Transport, TransportConfig};
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, Error, ErrorKind, RetryPolicy};
use http::Request;
use tokio::runtime::{Builder, Runtime};
use tower::Service;

use crate::common::{Animal, FEED, LOOK, Zoo};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"name\":\"ape\"}";
const LIMIT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(60);

/// A server on threads of its own, which no runtime can block. It responds only to `GET` requests.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: mpsc::Receiver<()>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let (note, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let note = note.clone();
                thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(length @ 1..) = stream.read(&mut bytes) {
                        let _ = note.send(());
                        if bytes[..length].starts_with(b"GET") {
                            stream.write_all(OK).unwrap();
                        }
                    }
                });
            }
        });
        Self {
            address,
            connections,
            requests,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn client(&self) -> ClientBuilder<Zoo> {
        ClientBuilder::new()
            .endpoint(format!("http://{}", self.address))
            .credentials(Credentials::new("ak", "sk").unwrap())
            .retry(RetryPolicy::none())
    }
}

/// Returns a runtime that only runs during `block_on`.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn look(runtime: &Runtime, client: &Client) -> Result<Animal, Error> {
    runtime.block_on(async {
        let found = Call::new(client, &LOOK).send().await;
        // The connection has returned to the pool once hyper's task has run.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        found
    })
}

#[test]
fn a_runtime_uses_only_connections_that_it_has_opened() {
    let server = Server::start();
    let client = server.client().build().unwrap().0;
    let first = runtime();
    for _ in 0..2 {
        look(&first, &client).unwrap();
    }
    assert_eq!(server.connections(), 1);
    // The first runtime no longer runs, and has an idle connection.
    let second = runtime();
    let started = Instant::now();
    for _ in 0..2 {
        look(&second, &client).unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(server.connections(), 2);
    drop(first);
    look(&second, &client).unwrap();
    assert_eq!(server.connections(), 2);
    look(&runtime(), &client).unwrap();
    assert_eq!(server.connections(), 3);
}

#[test]
fn the_runtime_that_drives_a_call_counts_and_not_the_one_that_made_it() {
    let server = Server::start();
    let url = format!("http://{}", server.address);
    let endpoint = url.parse().unwrap();
    let transport = Transport::new(&endpoint, TransportConfig::default()).unwrap();
    let call = || {
        let request = Request::get(&url).body(Body::empty()).unwrap();
        transport.clone().call(request)
    };
    let (first, second) = (runtime(), runtime());
    first.block_on(call()).unwrap();
    let made_on_the_first = {
        let _inside = first.enter();
        call()
    };
    let made_on_none = call();
    for call in [made_on_the_first, made_on_none] {
        let limited = second.block_on(async { tokio::time::timeout(LONG / 10, call).await });
        limited.unwrap().unwrap();
    }
    assert!(server.connections() >= 2);
}

#[test]
fn runtimes_of_several_threads_share_a_client_with_others() {
    let server = Server::start();
    let client = server.client().build().unwrap().0;
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let client = client.clone();
            thread::spawn(move || {
                for _ in 0..5 {
                    let several = number % 2 == 0;
                    let runtime = match several {
                        true => Builder::new_multi_thread().enable_all().build().unwrap(),
                        false => runtime(),
                    };
                    for _ in 0..5 {
                        look(&runtime, &client).unwrap();
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_stalled_runtime_delays_another_by_its_limit_at_most_and_then_nothing_was_sent() {
    let server = Server::start();
    let client = server
        .client()
        .max_in_flight(1)
        .connect_timeout(LONG)
        .attempt_timeout(LONG)
        .total_timeout(LIMIT)
        .build()
        .unwrap()
        .0;
    let stalled = runtime();
    let holder = client.clone();
    stalled.spawn(async move { Call::new(&holder, &FEED).send::<Animal>().await });
    // Runs until the request is on its way; then the runtime stops while the only place is taken.
    stalled.block_on(async {
        while server.requests.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
    });
    let other = runtime();
    let started = Instant::now();
    let call = Call::new(&client, &FEED).send::<Animal>();
    let error = other.block_on(call).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.may_have_been_applied());
    assert!(started.elapsed() < Duration::from_secs(5));
    // The place of the stalled runtime is free again when it ends.
    drop(stalled);
    look(&other, &client).unwrap();
}
