//! Tests of the layers `Deadline`, `AttemptTimeout`, `Decode`, `Sign` and `Trace` outside a client,
//! around a scripted service. Tests of time limits run on a paused clock.

use std::time::Duration;

use bce_auth::{
    Credentials, CredentialsError, CredentialsFuture, ProvideCredentials, SigningOptions,
};
use bce_http::ErrorKind;
use bce_http::layer::{AttemptTimeout, CallDeadline, Deadline, Decode, Sign, Trace};
use bce_testing::{ManualClock, Script, Scripted};
use http::Request;
use time::macros::datetime;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

type Plain = Scripted<&'static str>;

fn request() -> Request<&'static str> {
    Request::get("https://zoo.bj.baidubce.com/")
        .body("")
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_the_call_and_is_known_inside() {
    let service = Plain::new([Script::Hang]);
    let started = tokio::time::Instant::now();
    let error = Deadline::new(Duration::from_secs(7))
        .layer(service.clone())
        .oneshot(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "no complete response to the call within 7s"
    );
    assert_eq!(started.elapsed(), Duration::from_secs(7));
    assert!(
        service.requests()[0]
            .extensions
            .get::<CallDeadline>()
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_its_limit_or_at_the_deadline_of_the_call() {
    for (deadline, expected) in [(60, 5), (3, 3)] {
        let service = Plain::new([Script::Hang]);
        let started = tokio::time::Instant::now();
        let error = ServiceBuilder::new()
            .layer(Deadline::new(Duration::from_secs(deadline)))
            .layer(AttemptTimeout::new(Duration::from_secs(5)))
            .service(service)
            .oneshot(request())
            .await
            .unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(started.elapsed(), Duration::from_secs(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_time_passes_and_a_limit_may_be_endless() {
    let late = Script::Late(Duration::from_secs(4), 200, "ok");
    let response = ServiceBuilder::new()
        .layer(Deadline::new(Duration::MAX))
        .layer(AttemptTimeout::new(Duration::from_secs(5)))
        .service(Plain::new([late]))
        .oneshot(request())
        .await
        .unwrap();
    assert_eq!(response.into_body(), "ok");
}

#[tokio::test]
async fn decode_tells_replies_from_errors() {
    let service = Plain::new([
        Script::Answer(200, r#"{"requestId":"r"}"#),
        Script::Answer(200, r#"{"code":"InternalError"}"#),
        Script::Answer(302, ""),
        Script::Answer(503, ""),
        Script::Answer(200, "<html>"),
        Script::Fail("cable cut"),
    ]);
    let mut decoded = Decode::new().layer(service);
    let mut next = async || decoded.ready().await?.oneshot_ref(request()).await;
    assert_eq!(next().await.unwrap().body(), r#"{"requestId":"r"}"#);
    assert_eq!(next().await.unwrap_err().code(), Some("InternalError"));
    for status in [302, 503] {
        let error = next().await.unwrap_err();
        assert_eq!(
            (error.code(), error.status().unwrap().as_u16()),
            (None, status)
        );
    }
    let error = next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let error = next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("cable cut"));
}

/// Calls a service by reference, without polling it ready first.
trait OneshotRef<R>: tower::Service<R> {
    async fn oneshot_ref(&mut self, request: R) -> Result<Self::Response, Self::Error> {
        self.call(request).await
    }
}

impl<R, S: tower::Service<R>> OneshotRef<R> for S {}

#[tokio::test]
async fn every_attempt_is_signed_anew_with_its_own_date() {
    let clock = ManualClock::new(datetime!(2026-08-20 00:00 UTC));
    let service = Plain::new([Script::Answer(200, ""), Script::Answer(200, "")]);
    let now = clock.clone();
    let credentials = std::sync::Arc::new(Credentials::new("ak", "sk").unwrap());
    let sign = Sign::with(
        credentials,
        SigningOptions::default(),
        std::sync::Arc::new(move || now.now()),
    );
    for _ in 0..2 {
        sign.layer(service.clone())
            .oneshot(request())
            .await
            .unwrap();
        clock.advance(time::Duration::seconds(1));
    }
    let [first, second] = &service.requests()[..] else {
        panic!("two requests expected")
    };
    assert_eq!(first.headers["x-bce-date"], "2026-08-20T00:00:00Z");
    assert_eq!(second.headers["x-bce-date"], "2026-08-20T00:00:01Z");
    assert_ne!(
        first.headers["authorization"],
        second.headers["authorization"]
    );
    let authorization = second.headers["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("bce-auth-v1/ak/2026-08-20T00:00:01Z/1800/"));
}

#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let error: CredentialsError = Credentials::new("", "sk").unwrap_err();
        Box::pin(std::future::ready(Err(error)))
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let service = Plain::new([]);
    let error = Sign::new(NoCredentials)
        .layer(service.clone())
        .oneshot(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!error.may_have_been_applied());
    assert!(service.requests().is_empty());
}

/// A provider whose credentials are not yet ready when they are first polled.
#[derive(Debug)]
struct Slow;

impl ProvideCredentials for Slow {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            tokio::task::yield_now().await;
            Credentials::new("slow", "sk")
        })
    }
}

#[tokio::test]
async fn a_request_waits_for_credentials_only_where_they_are_not_ready() {
    let service = Plain::new([Script::Answer(204, ""), Script::Answer(204, "")]);
    let ready = Credentials::new("ready", "sk").unwrap();
    let mut signed = Sign::new(ready).layer(service.clone());
    let mut waiting = Sign::new(Slow).layer(service.clone());
    let (first, second) = (signed.call(request()), waiting.call(request()));
    assert_eq!(service.requests().len(), 1);
    second.await.unwrap();
    first.await.unwrap();
    let keys = service.requests().into_iter().map(|request| {
        let authorization = request.headers["authorization"].to_str().unwrap();
        authorization.split('/').nth(1).unwrap().to_owned()
    });
    assert_eq!(keys.collect::<Vec<_>>(), ["ready", "slow"]);
}

#[tokio::test]
async fn a_request_that_cannot_be_signed_is_refused() {
    let service = Plain::new([]);
    let mut request = request();
    request
        .headers_mut()
        .append("x-bce-meta-a", "1".parse().unwrap());
    request
        .headers_mut()
        .append("x-bce-meta-a", "2".parse().unwrap());
    let credentials = Credentials::new("ak", "sk").unwrap();
    let error = Sign::new(credentials)
        .layer(service.clone())
        .oneshot(request)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("x-bce-meta-a"), "{error}");
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn trace_wraps_any_service_over_http() {
    let service = Plain::new([Script::Answer(204, "")]);
    let response = Trace::call()
        .layer(service)
        .oneshot(request())
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
}
