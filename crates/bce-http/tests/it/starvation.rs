//! Time limits of calls that keep finding something ready, and therefore never wait.

use std::convert::Infallible;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bce_auth::{Credentials, CredentialsFuture, ProvideCredentials};
use bce_http::connect::ConnectTimeout;
use bce_http::layer::{AttemptTimeout, Deadline};
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder, RetryPolicy};
use bce_testing::Scripted;
use bytes::Bytes;
use http::{Request, Response, Uri};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, advance};
use tower::{Layer, ServiceExt, service_fn};

use crate::common::{Animal, FEED, LOOK, Zoo};

const LIMIT: Duration = Duration::from_millis(200);
/// The time by which a call may exceed its time limit.
const LATENESS: Duration = Duration::from_millis(50);

/// Receives from a channel that is never empty, for ten seconds. Each message takes a tenth of a
/// millisecond, during which nothing but this task runs.
async fn always_ready() {
    let (sender, mut receiver) = unbounded_channel();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        sender.send(()).unwrap();
        receiver.recv().await.unwrap();
        // The clock moves in the first poll. Awaiting the rest would let the runtime run.
        let mut step = pin!(advance(Duration::from_micros(100)));
        std::future::poll_fn(|cx| Poll::Ready(step.as_mut().poll(cx).is_pending())).await;
    }
}

async fn answer(_: Request<Body>) -> Result<Response<Bytes>, Infallible> {
    always_ready().await;
    Ok(Response::new(Bytes::from_static(b"{\"requestId\":\"r\"}")))
}

#[derive(Debug)]
struct AlwaysReady;

impl ProvideCredentials for AlwaysReady {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            always_ready().await;
            Ok(Credentials::new("ak", "sk").unwrap())
        })
    }
}

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .retry(RetryPolicy::none())
}

fn assert_in_time(started: Instant) {
    let elapsed = started.elapsed();
    assert!((LIMIT..LIMIT + LATENESS).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_transport_that_is_always_ready() {
    let client = builder().build_with_transport(service_fn(answer));
    let client = client.unwrap().0;
    let started = Instant::now();
    let mut call = Call::new(&client, &FEED);
    call.options_mut().timeout = Some(LIMIT);
    let error = call.send::<Animal>().await.unwrap_err();
    assert!(
        error.is_timeout() && error.may_have_been_applied(),
        "{error}"
    );
    assert_in_time(started);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_provider_that_is_always_ready() {
    let service = Scripted::<Body>::new([]);
    let client = builder()
        .credentials(AlwaysReady)
        .total_timeout(LIMIT)
        .build_with_transport(service.clone());
    let client = client.unwrap().0;
    let started = Instant::now();
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert!(
        error.is_timeout() && !error.may_have_been_applied(),
        "{error}"
    );
    assert_in_time(started);
    assert!(service.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_an_attempt_ends_a_transport_that_is_always_ready() {
    let client = builder()
        .attempt_timeout(LIMIT)
        .build_with_transport(service_fn(answer));
    let client = client.unwrap().0;
    let started = Instant::now();
    let error = Call::new(&client, &LOOK)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_in_time(started);
}

#[tokio::test(start_paused = true)]
async fn each_layer_with_a_limit_ends_what_is_always_ready() {
    let request = || Request::get("http://localhost/").body(Body::empty());
    let started = Instant::now();
    let limited = Deadline::new(LIMIT).layer(service_fn(answer));
    assert!(limited.oneshot(request().unwrap()).await.is_err());
    assert_in_time(started);
    let started = Instant::now();
    let limited = AttemptTimeout::new(LIMIT).layer(service_fn(answer));
    assert!(limited.oneshot(request().unwrap()).await.is_err());
    assert_in_time(started);
    let started = Instant::now();
    let connector = service_fn(async |_: Uri| {
        always_ready().await;
        Ok::<_, Infallible>(())
    });
    let limited = ConnectTimeout::new(LIMIT).layer(connector);
    let target = Uri::from_static("http://localhost");
    assert!(limited.oneshot(target).await.is_err());
    assert_in_time(started);
}

/// Checks that a timer wakes a task that has used up its cooperative budget and then waits for
/// something other than the timer.
#[tokio::test(start_paused = true)]
async fn a_limit_holds_for_whoever_waits_after_much_was_ready() {
    let waits = service_fn(async |_: Request<Body>| {
        for _ in 0..128 {
            tokio::task::coop::consume_budget().await;
        }
        std::future::pending::<Result<Response<Bytes>, Infallible>>().await
    });
    let started = Instant::now();
    let request = Request::new(Body::empty());
    let ended = Deadline::new(LIMIT).layer(waits).oneshot(request).await;
    assert!(ended.is_err());
    assert_eq!(started.elapsed(), LIMIT);
}
