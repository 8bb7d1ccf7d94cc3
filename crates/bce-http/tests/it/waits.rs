//! Waits for a state given by text or a number.

use std::time::Duration;

use bce_http::rt::codec::{Failed, Members, Value};
use bce_http::rt::wait::{State, WaiterTable, until, until_or_gone};
use bce_http::rt::{ApiResponse, Call};
use bce_http::wait::{Wait, WaitErrorKind};
use bce_http::{Body, RetryPolicy};
use bce_testing::{Script, Scripted};

use crate::common::{LOOK, zoo};

static AWAKE: WaiterTable<&str> = WaiterTable {
    name: "AnimalAwake",
    operation: "Look",
    field: "name",
    success: &["Awake"],
    failure: &["Gone"],
    pending: &["Asleep"],
    success_errors: &[],
};
static FREE: WaiterTable = WaiterTable {
    name: "AnimalFree",
    operation: "Look",
    field: "animal",
    success: &[3],
    failure: &[4],
    pending: &[1],
    success_errors: &["NoSuchAnimal"],
};

/// An object whose state is either its `name` or the number `animal`.
#[derive(Debug, Default)]
struct Looks {
    name: String,
    animal: Option<i64>,
}

impl Members for Looks {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        match name {
            "name" => value.or_default(&mut self.name),
            "animal" => value.optional(&mut self.animal),
            _ => Ok(()),
        }
    }
}

impl ApiResponse for Looks {}

fn read(service: &Scripted<Body>) -> impl Fn(Duration) -> bce_http::rt::wait::Read<Looks> + use<> {
    let client = zoo(service);
    move |limit| {
        let mut call = Call::new(&client, &LOOK);
        call.options_mut().timeout = Some(limit);
        call.options_mut().retry = Some(RetryPolicy::none());
        Box::pin(call.send())
    }
}

fn awake(service: &Scripted<Body>) -> Wait<'static, Looks> {
    until(&AWAKE, read(service), |looks| {
        Some(State::from(looks.name.clone())).filter(|_| !looks.name.is_empty())
    })
}

fn free(service: &Scripted<Body>) -> Wait<'static, Option<Looks>> {
    until_or_gone(&FREE, read(service), |looks| {
        Some(State::from(looks.animal?))
    })
}

fn named(name: &'static str) -> Script {
    Script::Answer(200, name)
}

const ASLEEP: &str = r#"{"name":"Asleep","requestId":"r"}"#;
const AWAKE_NOW: &str = r#"{"name":"Awake","requestId":"r"}"#;
const GONE: &str = r#"{"name":"Gone","requestId":"r"}"#;
const NOT_FOUND: Script = Script::Answer(404, r#"{"code":"NotFound","requestId":"r"}"#);

#[tokio::test(start_paused = true)]
async fn states_that_are_unknown_or_missing_and_reads_that_fail_in_passing_are_waited_on() {
    let service = Scripted::new([
        named(ASLEEP),
        named(r#"{"name":"Dreaming","requestId":"r"}"#),
        named(r#"{"requestId":"r"}"#),
        Script::Fail("reset"),
        named(AWAKE_NOW),
    ]);
    let mut states = Vec::new();
    let wait = awake(&service).on_progress(|progress| states.push(progress.state.to_string()));
    assert_eq!(wait.await.unwrap().name, "Awake");
    assert_eq!(states, ["Asleep", "Dreaming", "no state reported", "Awake"]);
    assert_eq!(service.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_failure_ends_a_wait_unless_it_may_be_from_before() {
    // If no other state was seen before, it may be.
    let service = Scripted::new([named(GONE), NOT_FOUND, named(AWAKE_NOW)]);
    assert!(awake(&service).await.is_ok());
    for (scripts, grace) in [
        (vec![named(GONE), named(AWAKE_NOW)], Duration::ZERO),
        (
            vec![named(ASLEEP), named(GONE), named(AWAKE_NOW)],
            Duration::from_secs(30),
        ),
    ] {
        let service = Scripted::new(scripts);
        let error = awake(&service).start_grace(grace).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.state()),
            (WaitErrorKind::Failed, Some(&State::from("Gone")))
        );
        assert!(
            error
                .to_string()
                .starts_with("waiting for AnimalAwake: failed after "),
            "{error}"
        );
    }
    let service = Scripted::new((0..100).map(|_| named(GONE)));
    let error = awake(&service).await.unwrap_err();
    assert!(error.elapsed() >= Duration::from_secs(30), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_and_errors_that_stay_end_a_wait() {
    let service = Scripted::new((0..100).map(|_| named(ASLEEP)));
    let error = awake(&service)
        .timeout(Duration::from_secs(60))
        .await
        .unwrap_err();
    assert!(
        error.is_timeout() && error.time_in_state() > Some(Duration::from_secs(50)),
        "{error}"
    );
    let service = Scripted::new([Script::Answer(
        403,
        r#"{"code":"Forbidden","requestId":"r"}"#,
    )]);
    let error = awake(&service).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Request);
    assert_eq!(
        error.request_error().and_then(|error| error.code()),
        Some("Forbidden")
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_may_be_what_is_waited_for() {
    let there = named(r#"{"animal":1,"requestId":"r"}"#);
    let gone = Script::Answer(404, r#"{"code":"NoSuchAnimal","requestId":"r"}"#);
    let service = Scripted::new([there.clone(), gone]);
    assert!(free(&service).await.unwrap().is_none());
    let service = Scripted::new([there, named(r#"{"animal":3,"requestId":"r"}"#)]);
    assert_eq!(free(&service).await.unwrap().unwrap().animal, Some(3));
}
