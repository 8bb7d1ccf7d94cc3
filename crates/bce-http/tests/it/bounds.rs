//! Concurrent requests, layers of the application, and calls that are dropped.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bce_auth::{Credentials, CredentialsFuture, ProvideCredentials};
use bce_http::connect::Proxy;
use bce_http::layer::InFlight;
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder, ErrorKind, RetryPolicy};
use bce_testing::{Script, Scripted};
use http::{HeaderValue, Request};
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt};

use crate::common::{Animal, FEED, LOOK, Zoo};

const OK: Script = Script::Answer(200, r#"{"requestId":"r"}"#);

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new().credentials(Credentials::new("ak", "sk").unwrap())
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_bound_wait_their_turn() {
    let second = Duration::from_secs(1);
    let service = Scripted::<Body>::new(vec![Script::Late(second, 200, r#"{"requestId":"r"}"#); 4]);
    let client = builder()
        .max_in_flight(2)
        .build_with_transport(service)
        .unwrap()
        .0;
    let started = Instant::now();
    let call = || Call::new(&client, &LOOK).send::<Animal>();
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    assert!([a, b, c, d].iter().all(Result::is_ok));
    assert_eq!(started.elapsed(), 2 * second);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_the_wait_and_such_a_call_was_never_sent() {
    let service = Scripted::<Body>::new([Script::Hang]);
    let client = builder()
        .max_in_flight(1)
        .attempt_timeout(Duration::from_secs(60))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let mut waiting = Call::new(&client, &FEED);
    waiting.options_mut().timeout = Some(Duration::from_secs(5));
    let mut first = Call::new(&client, &FEED);
    first.options_mut().timeout = Some(Duration::from_secs(10));
    let (first, waiting) = tokio::join!(first.send::<Animal>(), waiting.send::<Animal>());
    assert!(first.unwrap_err().may_have_been_applied());
    let waiting = waiting.unwrap_err();
    assert!(waiting.is_timeout());
    assert!(!waiting.may_have_been_applied(), "{waiting}");
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_place_back() {
    let bound = InFlight::new(1);
    let mut service = bound.layer(Scripted::<&'static str>::new([Script::Hang, OK]));
    let request = || Request::get("http://localhost/").body("").unwrap();
    let hanging = service.ready().await.unwrap().call(request());
    assert!(
        tokio::time::timeout(Duration::from_secs(1), hanging)
            .await
            .is_err()
    );
    assert_eq!(bound.free(), 1);
    assert!(service.oneshot(request()).await.is_ok());
}

#[derive(Debug)]
struct NeverThere;

impl ProvideCredentials for NeverThere {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_credentials_in_vain_was_never_sent() {
    let service = Scripted::<Body>::new([]);
    let client = builder()
        .credentials(NeverThere)
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.may_have_been_applied(), "{error}");
    assert_eq!(error.attempts(), 4);
    assert!(service.requests().is_empty());
}

/// A layer that records every request, and adds a header to it.
#[derive(Clone)]
struct Note(&'static str, Arc<Mutex<Vec<&'static str>>>);

#[derive(Clone)]
struct NoteService<S>(S, Note);

impl<S> Layer<S> for Note {
    type Service = NoteService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        NoteService(inner, self.clone())
    }
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for NoteService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> S::Future {
        let Note(name, notes) = &self.1;
        notes.lock().unwrap().push(name);
        request
            .headers_mut()
            .insert("x-bce-note", HeaderValue::from_static(name));
        self.0.call(request)
    }
}

#[tokio::test(start_paused = true)]
async fn layers_of_the_application_run_per_call_and_per_attempt_before_the_signature() {
    let notes = Arc::<Mutex<Vec<&'static str>>>::default();
    let note = |name| Note(name, Arc::clone(&notes));
    let service = Scripted::<Body>::new([Script::Answer(503, ""), OK]);
    let client = builder()
        .layer(note("call 1"))
        .layer(note("call 2"))
        .attempt_layer(note("attempt 1"))
        .attempt_layer(note("attempt 2"))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    let expected = [
        "call 1",
        "call 2",
        "attempt 1",
        "attempt 2",
        "attempt 1",
        "attempt 2",
    ];
    assert_eq!(*notes.lock().unwrap(), expected);
    let head = &service.requests()[1];
    assert_eq!(head.headers["x-bce-note"], "attempt 2");
    assert!(
        head.headers["authorization"]
            .to_str()
            .unwrap()
            .contains(";x-bce-note/")
    );
}

/// A transport that is never ready.
#[derive(Clone)]
struct NeverReady;

impl Service<Request<Body>> for NeverReady {
    type Response = http::Response<&'static str>;
    type Error = std::io::Error;
    type Future = std::future::Pending<Result<Self::Response, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        std::future::pending()
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_a_transport_that_is_never_ready() {
    let client = builder()
        .total_timeout(Duration::from_secs(3))
        .build_with_transport(NeverReady)
        .unwrap()
        .0;
    let started = Instant::now();
    let error = Call::new(&client, &LOOK)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(started.elapsed(), Duration::from_secs(3));
}

/// A layer that rebuilds every request without its extensions, as careless layers do.
#[derive(Clone)]
struct Rebuild;

#[derive(Clone)]
struct RebuildService<S>(S);

impl<S> Layer<S> for Rebuild {
    type Service = RebuildService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RebuildService(inner)
    }
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for RebuildService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let (head, body) = request.into_parts();
        let mut fresh = Request::new(body);
        *fresh.method_mut() = head.method;
        *fresh.uri_mut() = head.uri;
        *fresh.headers_mut() = head.headers;
        self.0.call(fresh)
    }
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_loses_the_record_cannot_make_a_create_look_unsent() {
    let hang = || Scripted::<Body>::new([Script::Hang, OK]);
    let per_attempt = hang();
    let per_call = hang();
    let clients = [
        (builder().attempt_layer(Rebuild), per_attempt),
        (builder().layer(Rebuild), per_call),
    ];
    for (builder, service) in clients {
        let client = builder
            .total_timeout(Duration::from_secs(60))
            .build_with_transport(service.clone())
            .unwrap()
            .0;
        let error = Call::new(&client, &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert!(error.is_timeout());
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(service.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_that_waits_in_vain_does_not_make_the_first_look_applied() {
    let document = r#"{"code":"TooManyRequests"}"#;
    let throttled = Script::AnswerWith(429, &[("retry-after", "1")], document);
    let service = Scripted::<Body>::new([throttled, Script::Hang]);
    let client = builder()
        .credentials(OnceThere::default())
        .attempt_timeout(Duration::from_secs(5))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let mut call = Call::new(&client, &FEED);
    call.options_mut().timeout = Some(Duration::from_secs(4));
    let error = call.send::<Animal>().await.unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.may_have_been_applied(), "{error}");
    assert_eq!((error.attempts(), service.requests().len()), (2, 1));
}

/// A provider that returns credentials once, and then makes all callers wait forever.
#[derive(Debug, Default)]
struct OnceThere(std::sync::atomic::AtomicBool);

impl ProvideCredentials for OnceThere {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        match self.0.swap(true, std::sync::atomic::Ordering::SeqCst) {
            false => Box::pin(std::future::ready(Credentials::new("ak", "sk"))),
            true => Box::pin(std::future::pending()),
        }
    }
}

#[tokio::test]
async fn extreme_limits_do_not_overflow() {
    let answer = b"HTTP/1.1 200 OK\r\nx-bce-request-id: r\r\ncontent-length: 2\r\n\r\n{}".to_vec();
    let server = bce_testing::RawServer::start(answer).await.unwrap();
    let client = builder()
        .endpoint(server.url())
        .total_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .pool_idle_timeout(Duration::MAX)
        .build()
        .unwrap()
        .0;
    Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
}

/// Checks that an attempt that ends while its connection is still being made has sent nothing.
#[tokio::test]
async fn an_attempt_that_ends_before_its_connection_is_there_was_not_sent() {
    // Accepts connections and never sends anything, so the TLS handshake does not end.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    for (scheme, sent) in [("https", false), ("http", true)] {
        let client = builder()
            .endpoint(format!("{scheme}://{address}"))
            .proxy(Proxy::none())
            .retry(RetryPolicy::none())
            .attempt_timeout(Duration::from_millis(100))
            .build()
            .unwrap()
            .0;
        let error = Call::new(&client, &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert_eq!(error.may_have_been_applied(), sent, "{scheme}: {error}");
    }
}

/// A service that sends every request twice, and waits for the response to the second one.
#[derive(Clone)]
struct Twice<S>(S);

impl<S> Service<Request<Body>> for Twice<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Response: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut again = Request::new(request.body().try_clone().unwrap());
        *again.uri_mut() = request.uri().clone();
        *again.extensions_mut() = request.extensions().clone();
        let (first, mut second) = (self.0.call(request), self.0.clone());
        Box::pin(async move {
            drop(first.await);
            second.call(again).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_sends_twice_cannot_make_a_create_look_unsent() {
    let service = Scripted::<Body>::new([Script::Fail("reset")]);
    let client = builder()
        .credentials(OnceThere::default())
        .attempt_layer(tower::layer::layer_fn(Twice))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(service.requests().len(), 1);
    assert!(
        error.is_timeout() && error.may_have_been_applied(),
        "{error}"
    );
}
