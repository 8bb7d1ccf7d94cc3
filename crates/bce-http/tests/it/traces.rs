//! What is logged of a call, and what never is.

use crate::common::{Animal, FEED, Zoo};
use bce_auth::Credentials;
use bce_http::{Body, Call, ClientBuilder};
use bce_testing::{LogCapture, Script, Scripted};

const SECRET: &str = "sk-5f4dcc3b5aa765d61d8327deb882cf99";
const TOKEN: &str = "token-9b74c9897bac770ffc029102a200c5de";
const PASSWORD: &str = "hunter2-in-the-body";

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
        let call = Call::new(&zoo.0, &FEED).json(&serde_json::json!({"password": PASSWORD}));
        shown += &format!("{call:?}");
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
    for secret in [SECRET, TOKEN, PASSWORD, signature] {
        assert!(!log.contains(secret), "a log holds {secret}");
        assert!(!shown.contains(secret), "a debug text holds {secret}");
    }
}
