//! The retry rules, through the whole stack, on a paused clock.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::retry::Backoff;
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy};
use bce_testing::{ManualClock, Script, Scripted};
use bytes::Bytes;
use futures_core::Stream;
use http::Request;
use time::macros::datetime;
use tokio::time::Instant;

use crate::common::{Animal, FEED, LOOK, TAME, Zoo, zoo};

const DONE: Script = Script::Answer(200, r#"{"name":"ape"}"#);
const BUSY: Script = Script::Answer(503, r#"{"code":"Busy","requestId":"r-busy"}"#);
const THROTTLED: Script = Script::AnswerWith(
    429,
    &[("retry-after", "7")],
    r#"{"code":"TooManyRequests"}"#,
);

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new().credentials(Credentials::new("ak", "sk").unwrap())
}

fn client(builder: ClientBuilder<Zoo>, service: &Scripted<Body>) -> Client {
    builder.build_with_transport(service.clone()).unwrap().0
}

#[tokio::test(start_paused = true)]
async fn a_reading_call_is_repeated_until_it_succeeds() {
    let service = Scripted::new([BUSY, Script::Fail("reset"), BUSY, DONE]);
    let animal: Animal = Call::new(&zoo(&service), &LOOK).send().await.unwrap();
    assert_eq!(animal.name, "ape");
    assert_eq!(service.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_acts_again_is_sent_once_when_the_outcome_is_open() {
    for script in [
        BUSY,
        Script::Fail("reset"),
        Script::Answer(500, ""),
        Script::Hang,
    ] {
        let service = Scripted::new([script, DONE]);
        let error = Call::new(&zoo(&service), &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert_eq!(service.requests().len(), 1, "{error}");
        assert_eq!(error.attempts(), 1);
        assert!(error.may_have_been_applied(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_turned_away_is_repeated_when_the_service_says() {
    let service = Scripted::new([THROTTLED, DONE]);
    let started = Instant::now();
    Call::new(&zoo(&service), &FEED)
        .send::<Animal>()
        .await
        .unwrap();
    assert_eq!(service.requests().len(), 2);
    assert!(
        started.elapsed() >= Duration::from_secs(7),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn retries_end_and_the_error_says_how_many_there_were() {
    let service = Scripted::new([BUSY, BUSY, BUSY, BUSY, BUSY]);
    let error = Call::new(&zoo(&service), &LOOK)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!((service.requests().len(), error.attempts()), (4, 4));
    assert_eq!(
        (error.code(), error.request_id()),
        (Some("Busy"), Some("r-busy"))
    );
    assert!(error.to_string().contains("4 attempts"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn no_pause_goes_past_the_deadline() {
    let service = Scripted::new([THROTTLED, DONE]);
    let mut call = Call::new(&zoo(&service), &LOOK);
    call.options_mut().timeout = Some(Duration::from_secs(7));
    let started = Instant::now();
    let error = call.send::<Animal>().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(429));
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_given_up_and_repeated() {
    let service = Scripted::new([Script::Hang, DONE]);
    let client = client(
        builder().attempt_timeout(Duration::from_millis(300)),
        &service,
    );
    Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_error_at_the_deadline_keeps_the_last_service_error() {
    let service = Scripted::new([BUSY, Script::Hang]);
    let mut call = Call::new(&zoo(&service), &LOOK);
    call.options_mut().timeout = Some(Duration::from_secs(10));
    let started = Instant::now();
    let error = call.send::<Animal>().await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::from_secs(10));
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 2);
    assert!(error.service().is_none());
    assert_eq!(
        error.last_service_error().and_then(|answer| answer.code()),
        Some("Busy")
    );
    assert!(
        error
            .to_string()
            .contains("the response before that was 503 Busy"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_an_open_attempt_says_that_it_may_have_been_applied() {
    let refused = Script::Answer(403, r#"{"code":"Forbidden","message":"not in this state"}"#);
    let service = Scripted::new([Script::Fail("reset"), refused.clone()]);
    let error = Call::new(&zoo(&service), &TAME)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("Forbidden"), 2));
    assert!(error.may_have_been_applied());
    assert!(
        error
            .to_string()
            .contains("an earlier attempt may have been applied"),
        "{error}"
    );

    let service = Scripted::new([THROTTLED, refused]);
    let error = Call::new(&zoo(&service), &TAME)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(error.attempts(), 2);
    assert!(
        !error.may_have_been_applied(),
        "the first attempt was turned away"
    );
}

#[tokio::test(start_paused = true)]
async fn one_call_can_be_declared_repeatable_or_not() {
    let service = Scripted::new([BUSY, DONE]);
    let mut call = Call::new(&zoo(&service), &FEED);
    call.options_mut().idempotent = Some(true);
    call.send::<Animal>().await.unwrap();
    assert_eq!(service.requests().len(), 2);

    let service = Scripted::new([BUSY, DONE]);
    let mut call = Call::new(&zoo(&service), &LOOK);
    call.options_mut().idempotent = Some(false);
    call.send::<Animal>().await.unwrap_err();
    assert_eq!(service.requests().len(), 1);
}

/// A backoff strategy that allows exactly two retries, each after a minute.
#[derive(Debug)]
struct TwoMinutes;

impl Backoff for TwoMinutes {
    fn delay(&self, retry: u32) -> Option<Duration> {
        (retry <= 2).then_some(Duration::from_secs(60))
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_one_s_own_is_followed_and_one_call_can_have_another() {
    let service = Scripted::new([BUSY, BUSY, BUSY, BUSY]);
    let client = client(builder().retry(RetryPolicy::custom(TwoMinutes)), &service);
    let started = Instant::now();
    let error = Call::new(&client, &LOOK)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), started.elapsed().as_secs()), (3, 120));

    let mut once = Call::new(&client, &LOOK);
    once.options_mut().retry = Some(RetryPolicy::none());
    assert_eq!(once.send::<Animal>().await.unwrap_err().attempts(), 1);
}

async fn failing_calls(client: &Client, calls: usize) -> u32 {
    let mut attempts = 0;
    for _ in 0..calls {
        let error = Call::new(client, &LOOK).send::<Animal>().await.unwrap_err();
        attempts += error.attempts();
    }
    attempts
}

#[tokio::test(start_paused = true)]
async fn a_client_retries_only_as_long_as_its_budget_lasts() {
    let down = Scripted::new([]);
    assert_eq!(failing_calls(&client(builder(), &down), 50).await, 50 + 10);
    let unlimited = builder().retry_budget(RetryBudget::unlimited());
    assert_eq!(failing_calls(&client(unlimited, &down), 50).await, 50 * 4);
}

#[tokio::test(start_paused = true)]
async fn clients_can_share_a_budget() {
    let down = Scripted::new([]);
    let budget = RetryBudget::new();
    let mut attempts = 0;
    for _ in 0..5 {
        let client = client(builder().retry_budget(budget.clone()), &down);
        attempts += failing_calls(&client, 10).await;
    }
    assert_eq!(attempts, 50 + 10);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_has_its_own_date_and_signature() {
    let clock = ManualClock::new(datetime!(2026-08-20 00:00 UTC));
    let service = Scripted::new([BUSY, BUSY, DONE]);
    let ticking = move || {
        clock.advance(time::Duration::seconds(1));
        clock.now()
    };
    let client = client(builder().clock(ticking), &service);
    Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    let mut dates: Vec<_> = service
        .requests()
        .iter()
        .map(|r| r.headers["x-bce-date"].clone())
        .collect();
    dates.dedup();
    assert_eq!(dates.len(), 3, "{dates:?}");
    for request in service.requests() {
        let date = request.headers["x-bce-date"].to_str().unwrap();
        assert!(
            request.headers["authorization"]
                .to_str()
                .unwrap()
                .contains(date)
        );
    }
}

struct OneChunk(Option<Bytes>);

impl Stream for OneChunk {
    type Item = Result<Bytes, bce_http::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_never_sent_twice() {
    let service = Scripted::new([BUSY, DONE]);
    let stream = Body::stream(OneChunk(Some(Bytes::from_static(b"x"))), Some(1));
    let request = Request::put("/upload").body(stream).unwrap();
    let error: Error = zoo(&service).execute(&LOOK, request).await.unwrap_err();
    assert_eq!(
        (error.kind(), service.requests().len()),
        (ErrorKind::Service, 1)
    );
    assert_eq!(service.requests()[0].headers["content-length"], "1");
}

#[tokio::test(start_paused = true)]
async fn successes_earn_retries_again() {
    let mut scripts = vec![BUSY; 14];
    scripts.extend(vec![DONE; 10]);
    scripts.extend(vec![BUSY; 4]);
    let service = Scripted::new(scripts);
    let client = client(builder(), &service);
    // 4 + 4 + 4 attempts with 9 retries, 2 attempts with the tenth.
    assert_eq!(failing_calls(&client, 4).await, 14);
    for _ in 0..10 {
        Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    }
    assert_eq!(failing_calls(&client, 1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_repeats_calls_does_not_lose_what_may_have_happened() {
    let refused = Script::Answer(403, r#"{"code":"Forbidden"}"#);
    let service = Scripted::new([Script::Fail("reset"), refused]);
    let twice = tower::retry::RetryLayer::new(Once(true));
    let client = client(builder().retry(RetryPolicy::none()).layer(twice), &service);
    let error = Call::new(&client, &TAME)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), service.requests().len()),
        (Some("Forbidden"), 2)
    );
    assert!(error.may_have_been_applied(), "{error}");
}

/// A retry policy for tower's own retry layer: repeats a failed call once, whatever the failure.
#[derive(Clone)]
struct Once(bool);

impl tower::retry::Policy<Request<Body>, bce_http::layer::Reply, Error> for Once {
    type Future = std::future::Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Body>,
        result: &mut Result<bce_http::layer::Reply, Error>,
    ) -> Option<Self::Future> {
        let again = result.is_err() && std::mem::take(&mut self.0);
        again.then(|| std::future::ready(()))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let mut clone = Request::new(request.body().try_clone()?);
        *clone.method_mut() = request.method().clone();
        *clone.uri_mut() = request.uri().clone();
        *clone.headers_mut() = request.headers().clone();
        *clone.extensions_mut() = request.extensions().clone();
        Some(clone)
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_costs_no_budget() {
    let service = Scripted::new(vec![BUSY; 40]);
    let client = client(builder(), &service);
    for _ in 0..20 {
        let stream = Body::stream(OneChunk(None), None);
        let request = Request::put("/upload").body(stream).unwrap();
        client.execute(&LOOK, request).await.unwrap_err();
    }
    assert_eq!(failing_calls(&client, 1).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_for_days_is_not_waited_for() {
    let days = Script::AnswerWith(429, &[("retry-after", "99999999999")], "");
    let service = Scripted::new([days, DONE]);
    let client = client(builder().total_timeout(Duration::MAX), &service);
    let error = Call::new(&client, &LOOK)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), service.requests().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_for_more_than_twenty_minutes_is_not_waited_for() {
    const LONGEST: Script = Script::AnswerWith(429, &[("retry-after", "1200")], "");
    const LONGER: Script = Script::AnswerWith(429, &[("retry-after", "1201")], "");
    for (script, sent) in [(LONGEST, 2), (LONGER, 1)] {
        let service = Scripted::new([script, DONE]);
        let client = client(builder().total_timeout(Duration::MAX), &service);
        let call = Call::new(&client, &LOOK).send::<Animal>().await;
        assert_eq!((call.is_ok(), service.requests().len()), (sent == 2, sent));
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_has_the_headers_of_the_first_attempt() {
    let service = Scripted::new([BUSY, DONE]);
    let client = zoo(&service);
    let call = Call::new(&client, &LOOK).header("x-caller", "keeper");
    call.send::<Animal>().await.unwrap();
    let attempts = service.requests().into_iter();
    let [first, second] = attempts
        .map(|mut attempt| {
            // These are generated for each attempt.
            attempt.headers.remove("x-bce-request-id").unwrap();
            attempt.headers.remove("x-bce-date").unwrap();
            attempt.headers.remove("authorization").unwrap();
            attempt.headers
        })
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!(first["x-caller"], "keeper");
    assert_eq!(first, second);
}
