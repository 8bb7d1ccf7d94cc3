//! Responses that take long to read, while the time limit of their call passes.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::rt::{Call, Operation};
use bce_http::{Body, ClientBuilder, Error, ErrorKind, RetryPolicy};
use bytes::Bytes;
use http::{Request, Response};
use tokio::time::advance;
use tower::{Service, service_fn};
use tower_layer::layer_fn;

use crate::common::{Animal, FEED, LOOK, Zoo};

const LIMIT: Duration = Duration::from_secs(1);

/// Advances the paused clock without running any other task.
fn pass(time: Duration) {
    let waker = std::task::Waker::noop();
    let moved = pin!(advance(time));
    assert!(moved.poll(&mut Context::from_waker(waker)).is_pending());
}

/// Returns the body of a response with about this number of bytes.
fn answer(length: usize) -> Bytes {
    let text = "a".repeat(length - 30);
    Bytes::from(format!("{{\"requestId\":\"r\",\"x\":\"{text}\"}}"))
}

const LONG: usize = 300 << 10;
const SHORT: usize = 200 << 10;

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .total_timeout(LIMIT)
}

/// Makes a call whose response arrives after the time limit of the call has passed, but in the same
/// poll, so that the limit has not yet ended the call.
async fn answered_late(
    operation: &'static Operation,
    status: u16,
    body: Bytes,
) -> Result<(), Error> {
    let service = service_fn(move |_: Request<Body>| {
        let mut response = Response::new(body.clone());
        *response.status_mut() = status.try_into().unwrap();
        async move {
            pass(LIMIT);
            Ok::<_, Infallible>(response)
        }
    });
    let client = builder()
        .retry(RetryPolicy::none())
        .build_with_transport(service);
    let client = client.unwrap().0;
    Call::new(&client, operation)
        .send::<Animal>()
        .await
        .map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_long_answer_is_not_read_once_the_limit_has_passed() {
    for status in [200, 400] {
        let error = answered_late(&FEED, status, answer(LONG))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.may_have_been_applied(), "{error}");
        let told = "Feed failed: the response is too long to be read within the time limit";
        assert!(error.to_string().starts_with(told), "{error}");
    }
    let error = answered_late(&LOOK, 200, answer(LONG)).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    assert!(!error.may_have_been_applied(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_short_answer_counts_however_late() {
    answered_late(&FEED, 200, answer(SHORT)).await.unwrap();
}

/// A service that lets the time limit of a call pass after the response has been received, but
/// before it is parsed.
#[derive(Clone)]
struct Slow<S>(S);

impl<S: Service<Request<Body>>> Service<Request<Body>> for Slow<S>
where
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = answer.await;
            pass(LIMIT);
            answer
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_response_is_not_made_once_the_limit_has_passed() {
    for (length, in_time) in [(LONG, false), (SHORT, true)] {
        let body = answer(length);
        let service = service_fn(move |_: Request<Body>| {
            let response = Response::new(body.clone());
            async move { Ok::<_, Infallible>(response) }
        });
        let client = builder()
            .layer(layer_fn(Slow))
            .build_with_transport(service);
        let client = client.unwrap().0;
        match Call::new(&client, &FEED).send::<Animal>().await {
            Ok(_) => assert!(in_time),
            Err(error) => {
                assert!(!in_time && error.is_timeout(), "{error}");
                assert!(error.may_have_been_applied(), "{error}");
                assert_eq!(error.attempts(), 1);
            }
        }
    }
}

/// Checks that a response is parsed in the same way whether the time limit is so close that the
/// parser checks the clock, or so far away that it does not.
#[tokio::test(start_paused = true)]
async fn whoever_has_little_time_reads_the_same() {
    let long = "x".repeat(LONG);
    for (body, expected) in [
        (
            format!("{{\"requestId\":\"r\",\"x\":\"{long}\",\"name\":\"n\\n机\"}}"),
            Ok("n\n机"),
        ),
        (
            format!("{{\"x\":\"{long}\",\"animal\":{{\"name\":\"n\"}},\"requestId\":\"r\"}}"),
            Ok("n"),
        ),
        (
            format!("{{\"requestId\":\"r\",\"x\":\"{long}\",\"name\":\"\\ud800\"}}"),
            Ok("\u{fffd}"),
        ),
        (
            format!("{{\"requestId\":\"r\",\"x\":\"{long}\",\"name\":1,\"name\":\"n\"}}"),
            Ok("n"),
        ),
        (
            format!("{{\"requestId\":\"r\",\"x\":\"{long}\",\"name\":[]}}"),
            Err("expected text"),
        ),
        (
            format!("{{\"requestId\":\"r\",\"x\":\"{long}\",\"name\":\"n\""),
            Err("EOF"),
        ),
    ] {
        let body = Bytes::from(body);
        for limit in [Duration::from_millis(1), Duration::from_secs(1200)] {
            let body = body.clone();
            let service = service_fn(move |_: Request<Body>| {
                let response = Response::builder().header("content-length", body.len());
                let response = response.body(body.clone());
                async move { response }
            });
            let client = builder().total_timeout(limit).build_with_transport(service);
            let client = client.unwrap().0;
            let read = Call::new(&client, &LOOK).send::<Animal>().await;
            match (read, expected) {
                (Ok(animal), Ok(name)) => assert_eq!(animal.name, name),
                (Err(error), Err(told)) => {
                    assert_eq!(error.kind(), ErrorKind::Decode);
                    assert!(error.to_string().contains(told), "{error}");
                    assert!(
                        error.to_string().contains("at line 1 column 307"),
                        "{error}"
                    );
                }
                (read, _) => panic!("{read:?}, {expected:?}"),
            }
        }
    }
}
