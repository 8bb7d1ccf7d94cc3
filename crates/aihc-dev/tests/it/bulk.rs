//! Tests of operations on several instances against a service with a rate limit, on a paused clock.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aihc_dev::{Client, Credentials, RetryPolicy};
use bce_http::{Body, ClientBuilder};
use http::{Request, Response};
use tokio::time::Instant;
use tower_service::Service;

const SECOND: Duration = Duration::from_secs(1);
/// The rate limit of the fake service, in requests per second. `Limit::ClosedFor` does not use it.
const RATE: u32 = 10;
/// The latency of the fake service.
const LATENCY: Duration = Duration::from_millis(20);

const REFUSALS: [(&str, &str); 3] = [
    (
        "application/json",
        r#"{"code":"TooManyRequests","message":"slow down","requestId":"r-1"}"#,
    ),
    ("text/plain", ""),
    ("text/html", "<html>429 Too Many Requests</html>"),
];

/// How the fake service limits the rate of requests.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// A fixed number of requests in each second since the start of the service.
    FixedWindow,
    /// A bucket of this many tokens, one for each request, which refills steadily.
    TokenBucket(f64),
    /// No requests before this time, and any number of them afterwards.
    ClosedFor(Duration),
}

const CLOSED: Limit = Limit::ClosedFor(Duration::MAX);

/// A service that accepts as many requests as its [`Limit`] allows, and rejects all others.
#[derive(Clone)]
struct Limited {
    limit: Limit,
    retry_after: Option<&'static str>,
    refusal: (&'static str, &'static str),
    counts: Arc<Mutex<Counts>>,
}

struct Counts {
    started: Instant,
    /// For a fixed window: the number of the current second since the start, and the number of
    /// requests that have arrived in it.
    window: (u64, u32),
    /// For a token bucket: the number of tokens left after the last request, and the time of that
    /// request.
    tokens: (f64, Instant),
    /// The number of accepted requests for each query string.
    taken: BTreeMap<String, u32>,
    refused: u32,
}

impl Limited {
    fn new(
        limit: Limit,
        retry_after: Option<&'static str>,
        refusal: (&'static str, &'static str),
    ) -> Self {
        let now = Instant::now();
        let capacity = match limit {
            Limit::TokenBucket(capacity) => capacity,
            Limit::FixedWindow | Limit::ClosedFor(_) => 0.0,
        };
        let counts = Counts {
            started: now,
            window: (0, 0),
            tokens: (capacity, now),
            taken: BTreeMap::new(),
            refused: 0,
        };
        Self {
            limit,
            retry_after,
            refusal,
            counts: Arc::new(Mutex::new(counts)),
        }
    }

    /// Returns whether a request that arrives now is accepted.
    fn takes(&self, counts: &mut Counts) -> bool {
        match self.limit {
            Limit::FixedWindow => {
                let window = counts.started.elapsed().as_secs();
                if counts.window.0 != window {
                    counts.window = (window, 0);
                }
                counts.window.1 += 1;
                counts.window.1 <= RATE
            }
            Limit::TokenBucket(capacity) => {
                let (tokens, since) = counts.tokens;
                let filled = tokens + since.elapsed().as_secs_f64() * f64::from(RATE);
                let filled = filled.min(capacity);
                let taken = filled >= 1.0;
                counts.tokens = (filled - if taken { 1.0 } else { 0.0 }, Instant::now());
                taken
            }
            Limit::ClosedFor(time) => counts.started.elapsed() >= time,
        }
    }

    fn answer(&self, request: &Request<Body>) -> Response<&'static str> {
        let counts = &mut *self.counts.lock().unwrap();
        if self.takes(counts) {
            let query = request.uri().query().unwrap_or_default();
            *counts.taken.entry(query.to_owned()).or_default() += 1;
            return Response::new(r#"{"requestId":"r-0","devInstanceId":"dv-0"}"#);
        }
        counts.refused += 1;
        let (content_type, body) = self.refusal;
        let refusal = Response::builder()
            .status(429)
            .header("content-type", content_type);
        let refusal = match self.retry_after {
            Some(seconds) => refusal.header("retry-after", seconds),
            None => refusal,
        };
        refusal.body(body).unwrap()
    }

    fn client(&self) -> Client {
        self.with(ClientBuilder::new())
    }

    fn with(&self, builder: ClientBuilder<Client>) -> Client {
        builder
            .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
            .build_with_transport(self.clone())
            .unwrap()
    }
}

impl Service<Request<Body>> for Limited {
    type Response = Response<&'static str>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.answer(&request);
        Box::pin(async move {
            tokio::time::sleep(LATENCY).await;
            Ok(answer)
        })
    }
}

fn ids(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("dv-{n}"))
}

#[tokio::test(start_paused = true)]
async fn a_hundred_stops_succeed_where_ten_a_second_are_taken() {
    let limits = [
        Limit::FixedWindow,
        Limit::TokenBucket(10.0),
        Limit::TokenBucket(1.0),
    ];
    for limit in limits {
        for refusal in REFUSALS {
            for retry_after in [Some("1"), Some("0"), None] {
                let case = format!("{limit:?} {refusal:?} {retry_after:?}");
                let service = Limited::new(limit, retry_after, refusal);
                let started = Instant::now();
                let outcomes = service.client().stop_dev_instances(ids(100)).await;
                let took = started.elapsed();
                let failures: Vec<_> = outcomes.iter().filter(|(_, it)| it.is_err()).collect();
                assert!(failures.is_empty(), "{case}: {failures:?}");
                let counts = service.counts.lock().unwrap();
                assert_eq!(counts.taken.len(), 100, "{case}");
                assert!(counts.taken.values().all(|times| *times == 1), "{case}");
                // Ten seconds are the minimum; the service is not flooded meanwhile.
                assert!(took < 30 * SECOND, "{case}: {took:?}");
                assert!(counts.refused < 50, "{case}: {}", counts.refused);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttles_for_minutes_do_not_end_what_goes_on() {
    let service = Limited::new(Limit::FixedWindow, Some("1"), REFUSALS[0]);
    let started = Instant::now();
    let outcomes = service.client().stop_dev_instances(ids(1500)).await;
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    let took = started.elapsed();
    assert!(took > 120 * SECOND && took < 300 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_pace_picks_up_again() {
    let service = Limited::new(Limit::ClosedFor(5 * SECOND), Some("1"), REFUSALS[0]);
    let started = Instant::now();
    let outcomes = service.client().stop_dev_instances(ids(600)).await;
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    let took = started.elapsed();
    assert!(took < 60 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn starts_and_deletions_slow_down_as_well() {
    let service = Limited::new(Limit::FixedWindow, Some("1"), REFUSALS[0]);
    let client = service.client();
    let started = client.start_dev_instances(ids(50)).await;
    assert!(started.iter().all(|(_, outcome)| outcome.is_ok()));
    let deleted = client.delete_dev_instances(ids(50)).await;
    assert!(deleted.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(service.counts.lock().unwrap().taken.len(), 100);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_turned_away_nothing_is_slowed_down() {
    let service = Limited::new(Limit::TokenBucket(100.0), Some("1"), REFUSALS[0]);
    let started = Instant::now();
    service.client().stop_dev_instances(ids(100)).await;
    // Eight at a time.
    assert_eq!(started.elapsed(), 13 * LATENCY);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_takes_nothing_is_given_up_in_minutes() {
    let service = Limited::new(CLOSED, Some("1"), REFUSALS[0]);
    let started = Instant::now();
    let outcomes = service.client().stop_dev_instances(ids(100)).await;
    // More than the retries of a single call.
    let first = outcomes[0].1.as_ref().unwrap_err();
    assert!(first.attempts() > 6, "{first:?}");
    for (_, outcome) in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), Some("TooManyRequests"));
        assert!(!error.may_have_been_applied());
    }
    let took = started.elapsed();
    assert!(took > 60 * SECOND && took < 600 * SECOND, "{took:?}");
    assert!(service.counts.lock().unwrap().refused < 250);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_retries_sends_each_once_and_slows_down() {
    let service = Limited::new(Limit::FixedWindow, Some("1"), REFUSALS[1]);
    let client = service.with(ClientBuilder::new().retry(RetryPolicy::none()));
    let outcomes = client.stop_dev_instances(ids(30)).await;
    let stopped = outcomes.iter().filter(|(_, it)| it.is_ok()).count();
    let counts = service.counts.lock().unwrap();
    assert_eq!(stopped, counts.taken.len());
    assert_eq!(counts.taken.len() + counts.refused as usize, 30);
    // The first eight and two more fit into the first second, and most of the others follow later.
    assert!(stopped >= 20, "{stopped}");
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_turn_is_part_of_the_call() {
    let service = Limited::new(CLOSED, Some("5"), REFUSALS[0]);
    let client = service.with(ClientBuilder::new().total_timeout(3 * SECOND));
    let started = Instant::now();
    let outcomes = client.stop_dev_instances(ids(16)).await;
    assert!(started.elapsed() <= 6 * SECOND);
    for (id, outcome) in outcomes {
        let error = outcome.unwrap_err();
        assert!(!error.may_have_been_applied(), "{id}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_alone_keeps_to_the_retries_of_the_client() {
    let service = Limited::new(CLOSED, Some("1"), REFUSALS[0]);
    let outcomes = service.client().stop_dev_instances(ids(1)).await;
    let error = outcomes[0].1.as_ref().unwrap_err();
    assert_eq!(error.attempts(), 4);
}
