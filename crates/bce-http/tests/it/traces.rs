//! The log entries of a call, and the data that they must never contain.

use crate::common::{Animal, FEED, LOOK, Zoo};
use bce_auth::Credentials;
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder};
use bce_testing::{LogCapture, RawServer, Script, Scripted};

const SECRET: &str = "sk-5f4dcc3b5aa765d61d8327deb882cf99";
const TOKEN: &str = "token-9b74c9897bac770ffc029102a200c5de";
const PASSWORD: &str = "hunter2-in-the-body";
const QUERY_VALUE: &str = "hunter2-in-the-query";
const HEADER_VALUE: &str = "hunter2-in-a-header";

#[tokio::test]
async fn a_call_leaves_one_line_and_no_secret() {
    let logs = LogCapture::start();
    let service = Scripted::<Body>::new([
        Script::Answer(200, r#"{"name":"ape","requestId":"r-1"}"#),
        Script::Answer(
            403,
            r#"{"code":"NotFound","message":"gone","requestId":"r-2"}"#,
        ),
        Script::Fail("reset"),
    ]);
    let credentials = Credentials::session("ak", SECRET, TOKEN).unwrap();
    let zoo: Zoo = ClientBuilder::new()
        .credentials(credentials)
        .build_with_transport(service.clone())
        .unwrap();
    let mut shown = format!("{:?}", zoo.0);
    for _ in 0..3 {
        let mut call = Call::new(&zoo.0, &FEED)
            .query("key", QUERY_VALUE)
            .json(&serde_json::json!({"password": PASSWORD}));
        call = call.header("x-auth-token", HEADER_VALUE);
        shown += &format!("{call:?}");
        // A list of byte values would hide the password from the search below.
        assert!(!shown.contains("body: ["), "{shown}");
        match call.send::<Animal>().await {
            Ok(animal) => shown += &format!("{animal:?}"),
            Err(error) => shown += &format!("{error} {error:?} {:?}", error.service()),
        }
    }

    let log = logs.text();
    assert_eq!(log.matches("call finished").count(), 3, "{log}");
    assert_eq!(log.matches("attempt finished").count(), 3, "{log}");
    for part in [
        "operation=\"Feed\"",
        "service=\"zoo\"",
        "NotFound",
        "r-2",
        "elapsed_ms",
    ] {
        assert!(log.contains(part), "{part} is missing in {log}");
    }

    let request = &service.requests()[0];
    let authorization = request.headers["authorization"].to_str().unwrap();
    let signature = authorization.rsplit('/').next().unwrap();
    assert_eq!(signature.len(), 64);
    for secret in [
        SECRET,
        TOKEN,
        PASSWORD,
        QUERY_VALUE,
        HEADER_VALUE,
        signature,
    ] {
        assert!(!log.contains(secret), "a log holds {secret}");
        assert!(!shown.contains(secret), "a debug text holds {secret}");
    }
}

#[tokio::test]
async fn a_call_over_the_network_leaves_no_secret_either() {
    let logs = LogCapture::start();
    let answer = b"HTTP/1.1 200 OK\r\nx-bce-request-id: r\r\ncontent-length: 2\r\n\r\n{}".to_vec();
    let server = RawServer::start(answer).await.unwrap();
    let zoo: Zoo = ClientBuilder::new()
        .endpoint(server.url())
        .credentials(Credentials::session("ak", SECRET, TOKEN).unwrap())
        .build()
        .unwrap();
    let call = Call::new(&zoo.0, &FEED).json(&serde_json::json!({"password": PASSWORD}));
    call.send::<Animal>().await.unwrap();

    let head = server.requests()[0].head.to_lowercase();
    let authorization = head
        .split("authorization: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let signature = authorization.rsplit('/').next().unwrap();
    let log = logs.text();
    assert!(log.contains("call finished"), "{log}");
    for secret in [SECRET, TOKEN, PASSWORD, signature] {
        assert!(!log.contains(secret), "a log holds {secret}");
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_read_is_logged() {
    let logs = LogCapture::start();
    let service = Scripted::<Body>::new([Script::Answer(200, "<html>")]);
    let zoo: Zoo = bce_http::from_service(service).unwrap();
    Call::new(&zoo.0, &FEED).send::<Animal>().await.unwrap_err();
    let log = logs.text();
    assert!(log.contains("the response cannot be read"), "{log}");
}

/// Returns the lines of a log that contain this text.
fn lines_with<'a>(log: &'a str, text: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(text)).collect()
}

fn zoo(scripts: impl IntoIterator<Item = Script>) -> Zoo {
    let builder = ClientBuilder::new().credentials(Credentials::new("ak", SECRET).unwrap());
    let builder = builder.total_timeout(std::time::Duration::from_secs(60));
    builder
        .build_with_transport(Scripted::<Body>::new(scripts))
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_longer_than_five_seconds_is_a_warning() {
    for (millis, warnings) in [(5000, 0), (5001, 1)] {
        let logs = LogCapture::start();
        let late = Script::Late(
            std::time::Duration::from_millis(millis),
            200,
            r#"{"requestId":"r"}"#,
        );
        let call = zoo([late]);
        Call::new(&call.0, &FEED).send::<Animal>().await.unwrap();
        let log = logs.text();
        let slow = lines_with(&log, "slow call");
        assert_eq!(slow.len(), warnings, "{log}");
        for line in slow {
            assert!(line.contains("WARN"), "{line}");
            assert!(line.contains("elapsed_ms=5001"), "{line}");
            assert!(line.contains("operation=\"Feed\""), "{line}");
        }
        let finished = lines_with(&log, "call finished");
        assert_eq!(finished.len(), 1, "{log}");
        for part in ["INFO", "service=\"zoo\"", "status=200", "attempts=1"] {
            assert!(finished[0].contains(part), "{part}: {}", finished[0]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_call_is_told_to_those_who_want_warnings_only() {
    use tracing_subscriber::layer::{Context, SubscriberExt as _};

    struct Slow(std::sync::Arc<std::sync::Mutex<Vec<String>>>);
    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Slow {
        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            let mut seen = self.0.lock().unwrap();
            seen.push(format!("{event:?}"));
        }
    }
    let seen = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
    let subscriber = tracing_subscriber::registry()
        .with(tracing::level_filters::LevelFilter::WARN)
        .with(Slow(seen.clone()));
    let _guard = tracing::subscriber::set_default(subscriber);
    let late = Script::Late(
        std::time::Duration::from_secs(6),
        200,
        r#"{"requestId":"r"}"#,
    );
    let call = zoo([late]);
    Call::new(&call.0, &FEED).send::<Animal>().await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    for part in ["slow call", "Feed", "zoo", "6000"] {
        assert!(seen[0].contains(part), "{part}: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_and_a_correction_of_the_clock_are_warnings() {
    let logs = LogCapture::start();
    let date = &[("date", "Thu, 20 Aug 2026 12:00:00 GMT")];
    let builder = ClientBuilder::<Zoo>::new()
        .credentials(Credentials::new("ak", SECRET).unwrap())
        .clock(|| time::macros::datetime!(2026-08-20 10:00 UTC));
    let service = Scripted::<Body>::new([
        Script::Answer(503, r#"{"requestId":"r"}"#),
        Script::AnswerWith(200, date, r#"{"requestId":"r"}"#),
    ]);
    let call = builder.build_with_transport(service).unwrap();
    let look = Call::new(&call.0, &LOOK).send::<Animal>();
    look.await.unwrap();
    let log = logs.text();
    let skew = lines_with(&log, "clock of this machine differs");
    assert!(skew.len() == 1 && skew[0].contains("WARN"), "{log}");
    assert!(skew[0].contains("offset_seconds=7200"), "{}", skew[0]);
    let retry = lines_with(&log, "trying again");
    assert!(retry.len() == 1 && retry[0].contains("WARN"), "{log}");
    assert!(
        retry[0].contains("attempt=1")
            && retry[0].contains("pause_ms=")
            && retry[0].matches("operation=\"Look\"").count() == 2,
        "{}",
        retry[0]
    );
}
