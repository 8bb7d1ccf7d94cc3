//! When a request counts as sent, and which connection sends it.

use std::time::Duration;

use bce_testing::{ClosedPort, RawServer};
use futures_util::{FutureExt as _, stream};
use http::Method;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::connection::{Connection, OpenError};
use super::exchange::SendError;
use super::first_bytes::Opening;
use super::*;
use crate::error::{Delivery, ErrorKind};
use crate::service::{Idempotency, Operation};

static CREATE: Operation =
    Operation::new("zoo", "Create", Method::POST, Idempotency::NonIdempotent);

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn transport(url: &str) -> Transport {
    let config = TransportConfig {
        proxy: Proxy::none(),
        ..TransportConfig::default()
    };
    Transport::new(&url.parse().unwrap(), config).unwrap()
}

/// Creates the request of a call that creates something.
fn creation(url: &str, body: Body) -> (Request<Body>, CallRecord) {
    let mut request = Request::post(url).body(body).unwrap();
    let record = CallRecord::begin(request.extensions_mut(), &CREATE, Instant::now());
    (request, record)
}

/// Adds an idle connection to the pool of a transport. Returns its other end.
async fn add_idle(transport: &Transport, url: &str) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(1024);
    let connection = Connection::over(TokioIo::new(ours), &Connected::new()).await;
    let pool = transport.0.pools.current();
    pool.put_back(connection.unwrap(), &url.parse().unwrap());
    theirs
}

fn may_have_been_applied(error: Error) -> bool {
    let error = error.in_call(&CREATE, None, Duration::ZERO);
    error.may_have_been_applied()
}

#[tokio::test]
async fn a_change_counts_as_sent_from_the_moment_a_connection_has_it() {
    let url = "http://zoo.test/";
    let mut transport = transport(url);
    let _other_end = add_idle(&transport, url).await;
    let (request, record) = creation(url, Body::from("{}"));
    let mut call = transport.call(request);
    assert_eq!(record.delivery(), Delivery::NotSent);
    // The task of the connection has not run yet, and has not seen the request.
    assert!((&mut call).now_or_never().is_none());
    assert_eq!(record.delivery(), Delivery::Unknown);
    drop(call);
    assert_eq!(record.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_change_that_is_being_written_counts_as_sent_even_if_its_call_is_dropped() {
    let url = "http://zoo.test/";
    let mut transport = transport(url);
    let mut other_end = add_idle(&transport, url).await;
    let (request, record) = creation(url, Body::empty());
    let (say, mut said) = mpsc::unbounded_channel();
    let body = stream::poll_fn(move |_| {
        say.send(record.delivery()).unwrap();
        Poll::Pending
    });
    let call = transport.call(request.map(|_| Body::stream(body, None)));
    let delivery = tokio::select! {
        biased;
        delivery = said.recv() => delivery,
        response = call => panic!("{response:?} came first"),
    };
    // The call no longer exists.
    assert_eq!(delivery, Some(Delivery::Unknown));
    let mut head = [0; 17];
    other_end.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"POST / HTTP/1.1\r\n");
}

#[tokio::test]
async fn a_change_that_a_kept_connection_returns_unsent_is_sent_over_another() {
    let server = RawServer::start(OK.to_vec()).await.unwrap();
    let mut transport = transport(&server.url());
    // Both end as soon as their tasks run.
    for _ in 0..2 {
        drop(add_idle(&transport, &server.url()).await);
    }
    let (request, record) = creation(&server.url(), Body::from("{}"));
    let response = transport.call(request).await.unwrap();
    assert_eq!(response.body(), "{}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, b"{}");
    assert_eq!(record.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_change_that_was_returned_and_finds_no_other_connection_was_not_sent() {
    let closed = ClosedPort::take().unwrap();
    let url = format!("http://{}/", closed.address());
    let mut transport = transport(&url);
    drop(add_idle(&transport, &url).await);
    let (request, _) = creation(&url, Body::from("{}"));
    let error = transport.call(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!may_have_been_applied(error));
}

#[tokio::test]
async fn a_new_connection_that_is_closed_at_once_was_given_nothing() {
    let (ours, theirs) = tokio::io::duplex(1024);
    drop(theirs);
    let opened = Connection::over(TokioIo::new(ours), &Connected::new()).await;
    let error = SendError::Open(opened.unwrap_err());
    let target = Uri::from_static("http://zoo.test/");
    let error = failure::of_request(error, &target, &Proxy::none(), Opening::default());
    let text = error.to_string();
    let expected = "the connection to zoo.test was closed before the request was sent";
    assert!(text.starts_with(expected), "{text}");
    assert!(!may_have_been_applied(error));
}

#[tokio::test]
async fn what_a_peer_says_before_any_request_makes_the_connection_unusable() {
    let (ours, mut theirs) = tokio::io::duplex(1024);
    theirs
        .write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        .await
        .unwrap();
    let opened = Connection::over(TokioIo::new(ours), &Connected::new()).await;
    assert!(matches!(opened, Err(OpenError::Unusable(_))), "{opened:?}");
}

/// Sends a request over a new connection whose other end does `peer`. Returns the error, and what
/// the record of the call says.
async fn failure_with<F: Future<Output = ()>>(
    peer: impl FnOnce(DuplexStream) -> F,
) -> (Error, Delivery) {
    let target = Uri::from_static("http://zoo.test/");
    let shared = transport("http://zoo.test").0;
    let (ours, theirs) = tokio::io::duplex(1024);
    let connection = Connection::over(TokioIo::new(ours), &Connected::new()).await;
    let mut connection = connection.unwrap();
    let (mut request, record) = creation("http://zoo.test/", Body::from("{}"));
    let dispatch = begin(&mut request, None);
    let mut exchange = Exchange::over_new(&shared.pools, dispatch);
    exchange.hand_over(&connection);
    let sending = connection.send(request.map(WireBody::from), &target);
    let (response, ()) = tokio::join!(sending, peer(theirs));
    let error = exchange.take_back(response.unwrap_err(), &connection);
    let error = failure::of_request(
        error.unwrap_err(),
        &target,
        &shared.proxy,
        exchange.opening(),
    );
    (error, record.delivery())
}

#[tokio::test]
async fn what_a_new_connection_returns_unsent_was_not_sent() {
    let (error, delivery) = failure_with(async |peer| drop(peer)).await;
    assert_eq!(delivery, Delivery::NotSent);
    let text = error.to_string();
    let expected = "the connection to zoo.test was closed before the request was sent";
    assert!(text.starts_with(expected), "{text}");
    assert!(!may_have_been_applied(error));
}

#[tokio::test]
async fn what_was_written_before_the_connection_closed_may_have_been_sent() {
    let failure = failure_with(async |mut peer| {
        assert!(peer.read(&mut [0; 1024]).await.unwrap() > 0);
    });
    let (error, delivery) = failure.await;
    assert_eq!(delivery, Delivery::Unknown);
    let text = error.to_string();
    let expected = "zoo.test closed the connection without responding";
    assert!(text.starts_with(expected), "{text}");
    assert!(may_have_been_applied(error));
}

#[test]
fn a_request_gets_the_host_and_the_version_that_it_lacks() {
    for (url, expected) in [
        ("http://zoo.test/", "zoo.test"),
        ("http://zoo.test:80/", "zoo.test"),
        ("https://zoo.test:443/", "zoo.test"),
        ("http://zoo.test:443/", "zoo.test:443"),
        ("https://user:word@zoo.test:8443/", "zoo.test:8443"),
        ("http://[::1]:7070/", "[::1]:7070"),
    ] {
        let request = Request::get(url).version(Version::HTTP_3);
        let mut request = request.body(Body::empty()).unwrap();
        complete(&mut request);
        assert_eq!(request.headers()[HOST], expected, "{url}");
        assert_eq!(request.version(), Version::HTTP_11);
    }
    let request = Request::get("http://zoo.test/").header(HOST, "signed.test");
    let mut request = request.body(Body::empty()).unwrap();
    complete(&mut request);
    assert_eq!(request.headers()[HOST], "signed.test");
}
