//! Credentials that a service no longer accepts, and providers that may have new ones.

use std::sync::atomic::{AtomicUsize, Ordering};

use bce_auth::{Credentials, CredentialsFuture, ProvideCredentials};
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder};
use bce_testing::{Script, Scripted};

use crate::common::{Animal, FEED, Zoo};

const GONE: Script = Script::Answer(403, r#"{"code":"InvalidAccessKeyId","requestId":"r-1"}"#);
const DONE: Script = Script::Answer(200, r#"{"requestId":"r"}"#);

/// A provider that returns a new access key whenever the last one was refused, up to a limit.
#[derive(Debug)]
struct Renewing {
    issued: AtomicUsize,
    left: AtomicUsize,
}

impl Renewing {
    fn times(left: usize) -> Self {
        Self {
            issued: AtomicUsize::new(1),
            left: AtomicUsize::new(left),
        }
    }
}

impl ProvideCredentials for Renewing {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let id = format!("ak-{}", self.issued.load(Ordering::Relaxed));
        Box::pin(std::future::ready(Credentials::session(id, "sk", "token")))
    }

    fn invalidate(&self, refused: &Credentials) -> bool {
        let newest = format!("ak-{}", self.issued.load(Ordering::Relaxed));
        assert_eq!(refused.access_key_id(), newest);
        let take = |left: usize| left.checked_sub(1);
        let renewed = (self.left)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok();
        self.issued
            .fetch_add(usize::from(renewed), Ordering::Relaxed);
        renewed
    }
}

fn client(provider: impl ProvideCredentials, service: &Scripted<Body>) -> Client {
    let builder = ClientBuilder::<Zoo>::new().credentials(provider);
    builder.build_with_transport(service.clone()).unwrap().0
}

fn keys(service: &Scripted<Body>) -> Vec<String> {
    let key = |authorization: &str| authorization.split('/').nth(1).map(str::to_owned);
    let requests = service.requests();
    let authorizations = requests.iter().map(|r| r.headers["authorization"].to_str());
    authorizations.map(|a| key(a.unwrap()).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_refused_credential_is_replaced_and_the_call_repeated_at_once() {
    let service = Scripted::new([GONE, DONE]);
    let client = client(Renewing::times(5), &service);
    let started = tokio::time::Instant::now();
    Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    assert!(started.elapsed().is_zero());
    assert_eq!(keys(&service), ["ak-1", "ak-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_with_new_credentials_costs_no_budget() {
    const CALLS: usize = 30;
    let service = Scripted::new((0..CALLS).flat_map(|_| [GONE, DONE]));
    let client = client(Renewing::times(CALLS), &service);
    for _ in 0..CALLS {
        Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    }
    assert_eq!(service.requests().len(), 2 * CALLS);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_inside_a_success_counts_as_well() {
    let gone = Script::Answer(200, r#"{"code":"InvalidAccessKeyId"}"#);
    let service = Scripted::new([gone, DONE]);
    let client = client(Renewing::times(5), &service);
    Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    assert_eq!(keys(&service), ["ak-1", "ak-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_is_the_result() {
    let service = Scripted::new([GONE, GONE, DONE]);
    let client = client(Renewing::times(5), &service);
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(keys(&service), ["ak-1", "ak-2"]);
    assert_eq!(error.code(), Some("InvalidAccessKeyId"));
    assert_eq!(error.attempts(), 2);
    assert!(!error.may_have_been_applied(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn without_another_credential_the_refusal_is_the_result() {
    let service = Scripted::new([GONE, DONE]);
    let renewing = client(Renewing::times(0), &service);
    let call = Call::new(&renewing, &FEED).send::<Animal>().await;
    assert_eq!(call.unwrap_err().attempts(), 1);

    let service = Scripted::new([GONE, DONE]);
    let fixed = client(Credentials::new("ak", "sk").unwrap(), &service);
    let call = Call::new(&fixed, &FEED).send::<Animal>().await;
    assert_eq!(call.unwrap_err().attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_may_have_followed_an_action_renews_nothing() {
    let open = Script::Answer(500, r#"{"code":"SessionTokenExpired"}"#);
    let service = Scripted::new([open, DONE]);
    let client = client(Renewing::times(5), &service);
    let call = Call::new(&client, &FEED).send::<Animal>().await;
    assert!(call.unwrap_err().may_have_been_applied());
    assert_eq!(keys(&service), ["ak-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_only_sounds_like_a_token_renews_nothing() {
    for (status, body) in [
        (200, r#"{"code":"InvalidTokenizerPath"}"#),
        (400, r#"{"code":"InvalidTokenizer"}"#),
        (400, r#"{"code":"TokenExpiredPolicyMissing"}"#),
        (200, r#"{"code":"SessionTokenExpired"}"#),
    ] {
        let service = Scripted::new([Script::Answer(status, body), DONE]);
        let client = client(Renewing::times(5), &service);
        let call = Call::new(&client, &FEED).send::<Animal>().await;
        assert_eq!(call.unwrap_err().status().unwrap().as_u16(), status);
        assert_eq!(keys(&service), ["ak-1"], "{body}");
    }
}
