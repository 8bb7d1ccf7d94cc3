//! Changes whose outcome is unknown, settled by reading the state.

use std::sync::Arc;
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::layer::CallService;
use bce_http::rt::{Call, SettledBy};
use bce_http::{Body, Client, ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy};
use bce_testing::{LogCapture, Script, Scripted};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::ServiceExt as _;

use crate::common::{Animal, FEED, LOOK, TAME, Zoo, zoo};

static SETTLED_BY: SettledBy = SettledBy::State {
    member: &["animal", "state"],
    reached: &["4", "5"],
    not_reached: &["3"],
    reached_errors: &["NotFound"],
};

const LOST: Script = Script::Fail("reset");
const DONE: Script = Script::Answer(200, r#"{"name":"ape","requestId":"r"}"#);
const REACHED: Script = Script::AnswerWith(
    200,
    &[("x-bce-request-id", "look")],
    r#"{"animal":{"state":5}}"#,
);
const REACHED_AS_TEXT: Script = Script::Answer(200, r#"{"animal":{"state":"4"}}"#);
const NOT_REACHED: Script = Script::Answer(200, r#"{"animal":{"state":3}}"#);
const ELSEWHERE: Script = Script::Answer(200, r#"{"animal":{"state":11}}"#);
const UNREPORTED: Script = Script::Answer(200, r#"{"animal":{}}"#);
const GONE: Script = Script::Answer(403, r#"{"code":"NotFound"}"#);
const FORBIDDEN: Script = Script::Answer(403, r#"{"code":"Forbidden"}"#);
const BAD_GATEWAY: Script = Script::Answer(502, "<html>");

fn tame(client: &Client) -> Call {
    let read = Call::new(client, &LOOK).query("look", "1");
    Call::new(client, &TAME).settled_by(read, &SETTLED_BY, &[("name", "ape")])
}

/// Makes a call. Returns the result, and the requests: a `+` for each change, a `?` for each read
/// of the state.
async fn play(client: &Client, service: &Scripted<Body>) -> (Result<Animal, Error>, String) {
    let before = service.requests().len();
    let result = tame(client).send::<Animal>().await;
    let requests = service.requests();
    let sent = requests.iter().skip(before);
    let sent = sent.map(|request| match request.uri.query() {
        Some("look=1") => '?',
        _ => '+',
    });
    (result, sent.collect())
}

async fn settle(scripts: impl IntoIterator<Item = Script>) -> (Result<Animal, Error>, String) {
    let service = Scripted::new(scripts);
    play(&zoo(&service), &service).await
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_has_succeeded() {
    let logs = LogCapture::start();
    for lost in [
        LOST,
        BAD_GATEWAY,
        Script::Answer(200, r#"{"success":false}"#),
        Script::Answer(200, r#"{"requestId":"r","na"#),
    ] {
        let named = Script::Answer(200, r#"{"animal":{"id":"ape","state":5}}"#);
        for reached in [REACHED, REACHED_AS_TEXT, GONE, named] {
            let (result, sent) = settle([lost.clone(), reached]).await;
            assert_eq!(result.unwrap().name, "ape");
            assert_eq!(sent, "+?");
        }
    }
    let (result, _) = settle([LOST, REACHED]).await;
    assert_eq!(result.unwrap().request_id, "look");
    let told = logs.text();
    assert!(
        told.contains("settled by reading the state") && told.contains("Tame"),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_does_not_show_is_repeated() {
    let logs = LogCapture::start();
    let (result, sent) = settle([LOST, NOT_REACHED, DONE]).await;
    assert_eq!((result.unwrap().name.as_str(), &*sent), ("ape", "+?+"));
    // Somebody else may have undone it, which reading the state cannot detect.
    let told = logs.text();
    assert!(
        told.contains("it may have been made before, and undone"),
        "{told}"
    );
    let (result, sent) = settle([LOST, NOT_REACHED, BAD_GATEWAY, NOT_REACHED, DONE]).await;
    assert_eq!((result.is_ok(), &*sent), (true, "+?+?+"));
}

#[tokio::test(start_paused = true)]
async fn where_looking_does_not_tell_the_change_may_have_been_made() {
    let html = Script::Answer(200, "<html>");
    for undecided in [
        ELSEWHERE,
        UNREPORTED,
        LOST,
        BAD_GATEWAY,
        html,
        Script::Answer(200, "{"),
        // From another animal, and from a service that fails.
        Script::Answer(200, r#"{"animal":{"id":"bear","state":5}}"#),
        Script::Answer(500, r#"{"code":"NotFound"}"#),
    ] {
        let (result, sent) = settle([LOST, undecided, DONE]).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), &*sent), (ErrorKind::Transport, "+?"));
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!((error.attempts(), error.sent_request_ids().count()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_takes_place_even_after_the_last_attempt() {
    let mut scripts = vec![
        LOST,
        NOT_REACHED,
        LOST,
        NOT_REACHED,
        LOST,
        NOT_REACHED,
        LOST,
    ];
    scripts.push(REACHED);
    let (result, sent) = settle(scripts.clone()).await;
    assert_eq!((result.is_ok(), &*sent), (true, "+?+?+?+?"));
    scripts.pop();
    scripts.push(NOT_REACHED);
    let (result, sent) = settle(scripts).await;
    let error = result.unwrap_err();
    assert_eq!((error.attempts(), &*sent), (4, "+?+?+?+?"));
    assert!(error.may_have_been_applied());
    assert_eq!(error.sent_request_ids().count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_is_looked_at_as_well() {
    for refusal in [FORBIDDEN, GONE] {
        let (result, sent) = settle([LOST, NOT_REACHED, refusal.clone(), REACHED]).await;
        assert_eq!((result.is_ok(), &*sent), (true, "+?+?"));
        for old in [NOT_REACHED, ELSEWHERE] {
            let (result, sent) = settle([LOST, NOT_REACHED, refusal.clone(), old]).await;
            let error = result.unwrap_err();
            assert_eq!((error.kind(), &*sent), (ErrorKind::Service, "+?+?"));
            assert!(error.may_have_been_applied(), "{error}");
        }
        // Nor does an expired signature become valid by itself.
        let expired = Script::Answer(400, r#"{"code":"RequestExpired"}"#);
        let (result, sent) = settle([LOST, NOT_REACHED, expired, NOT_REACHED, DONE]).await;
        let error = result.unwrap_err();
        assert_eq!((error.code(), &*sent), (Some("RequestExpired"), "+?+?"));
        // The first refusal means what it says.
        let (result, sent) = settle([refusal]).await;
        let error = result.unwrap_err();
        assert_eq!((error.may_have_been_applied(), &*sent), (false, "+"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_bare_429_is_repeated_without_a_look_and_a_last_one_is_an_error() {
    let (result, sent) = settle([Script::Answer(429, "<html>"), DONE]).await;
    assert_eq!((result.is_ok(), &*sent), (true, "++"));
    let page = Script::Answer(429, "<html>");
    let (result, sent) = settle([page.clone(), page.clone(), page.clone(), page]).await;
    let error = result.unwrap_err();
    assert_eq!((error.may_have_been_applied(), &*sent), (true, "++++"));
}

#[tokio::test(start_paused = true)]
async fn a_look_pauses_like_a_retry_and_keeps_to_the_deadline() {
    let asked = &[("retry-after", "7")];
    let service = Scripted::new([Script::AnswerWith(503, asked, "<html>"), REACHED]);
    let started = Instant::now();
    tame(&zoo(&service)).send::<Animal>().await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(7));

    let service = Scripted::new([Script::AnswerWith(503, asked, "<html>"), REACHED]);
    let mut call = tame(&zoo(&service));
    call.options_mut().timeout = Some(Duration::from_secs(7));
    let error = call.send::<Animal>().await.unwrap_err();
    assert_eq!(
        (error.may_have_been_applied(), service.requests().len()),
        (true, 1)
    );

    let service = Scripted::new([LOST, Script::Hang]);
    let mut call = tame(&zoo(&service));
    call.options_mut().timeout = Some(Duration::from_secs(7));
    let started = Instant::now();
    let error = call.send::<Animal>().await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::from_secs(7));
    assert!(
        error.is_timeout() && error.may_have_been_applied(),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_retries_or_budget_there_is_no_look() {
    let client = |builder: ClientBuilder<Zoo>, service: &Scripted<Body>| {
        let builder = builder.credentials(Credentials::new("ak", "sk").unwrap());
        builder.build_with_transport(service.clone()).unwrap().0
    };
    let service = Scripted::new([LOST, REACHED]);
    let none = client(ClientBuilder::new().retry(RetryPolicy::none()), &service);
    let (result, sent) = play(&none, &service).await;
    assert_eq!(
        (result.unwrap_err().may_have_been_applied(), &*sent),
        (true, "+")
    );

    let service = Scripted::new(vec![LOST; 22]);
    let poor = client(
        ClientBuilder::new().retry_budget(RetryBudget::new()),
        &service,
    );
    for number in 0..12 {
        let (_, sent) = play(&poor, &service).await;
        assert_eq!(sent, if number < 10 { "+?" } else { "+" });
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_waits_for_no_place_that_its_own_call_holds() {
    let one = tower::layer::layer_fn(|inner: CallService| {
        let place = Arc::new(Semaphore::new(1));
        tower::service_fn(move |request| {
            let (inner, place) = (inner.clone(), Arc::clone(&place));
            async move {
                let _place = place.acquire().await;
                inner.oneshot(request).await
            }
        })
    });
    let service = Scripted::new([LOST, REACHED]);
    let builder = ClientBuilder::<Zoo>::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .layer(one)
        .max_in_flight(1);
    let client = builder.build_with_transport(service.clone()).unwrap().0;
    let (result, sent) = play(&client, &service).await;
    assert_eq!((result.unwrap().name.as_str(), &*sent), ("ape", "+?"));
}

#[tokio::test(start_paused = true)]
async fn what_is_settled_costs_no_budget() {
    let scripts = [LOST, REACHED].into_iter().cycle().take(200);
    let service = Scripted::new(scripts);
    let client = zoo(&service);
    for _ in 0..100 {
        assert!(play(&client, &service).await.0.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_is_for_changes_that_can_be_repeated() {
    let service = Scripted::new([LOST, REACHED]);
    let client = zoo(&service);
    let read = Call::new(&client, &LOOK);
    let create = Call::new(&client, &FEED).settled_by(read, &SETTLED_BY, &[]);
    let error = create.send::<Animal>().await.unwrap_err();
    assert_eq!(
        (error.may_have_been_applied(), service.requests().len()),
        (true, 1)
    );

    let service = Scripted::new([LOST, DONE]);
    let mut call = tame(&zoo(&service));
    call.options_mut().idempotent = Some(true);
    call.send::<Animal>().await.unwrap();
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn values_that_read_back_settle_a_change_and_others_say_nothing() {
    static SENT: SettledBy = SettledBy::Values {
        member: &["animal"],
        except: &["id"],
        maps: &[],
    };
    let shows = Script::Answer(200, r#"{"animal":{"name":"ape","age":"7","state":3}}"#);
    let shows_another = Script::Answer(200, r#"{"animal":{"name":"ape","age":"6"}}"#);
    for (look, settled) in [(shows, true), (shows_another, false), (GONE, false)] {
        let service = Scripted::new([LOST, look, DONE]);
        let client = zoo(&service);
        let read = Call::new(&client, &LOOK);
        let change = Call::new(&client, &TAME)
            .json(&serde_json::json!({"id": "a-1", "name": "ape", "age": 7}))
            .settled_by(read, &SENT, &[("name", "ape")]);
        let result = change.send::<Animal>().await;
        assert_eq!(result.is_ok(), settled, "{result:?}");
        assert!(
            result
                .err()
                .is_none_or(|error| error.may_have_been_applied())
        );
        assert_eq!(service.requests().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_of_the_state_leaves_out_the_headers_that_its_call_leaves_out() {
    for around_calls in [false, true] {
        let service = Scripted::new([LOST, REACHED]);
        let builder =
            ClientBuilder::<Zoo>::new().credentials(Credentials::new("ak", "sk").unwrap());
        let builder = match around_calls {
            true => builder.layer(tower::layer::layer_fn(|inner: CallService| inner)),
            false => builder,
        };
        let zoo = builder.build_with_transport(service.clone()).unwrap();
        let read = Call::new(&zoo.0, &LOOK).without_header("version");
        let call = Call::new(&zoo.0, &TAME).settled_by(read, &SETTLED_BY, &[("name", "ape")]);
        call.send::<Animal>().await.unwrap();
        let requests = service.requests();
        let has_version = |request: &http::request::Parts| request.headers.contains_key("version");
        let have_version: Vec<_> = requests.iter().map(has_version).collect();
        assert_eq!(have_version, [true, false], "{around_calls}");
    }
}
