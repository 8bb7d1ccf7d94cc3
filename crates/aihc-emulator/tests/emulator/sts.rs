//! Temporary credentials.

use bce_auth::Credentials;
use serde_json::Value;

use crate::client::{Answer, Bench};

const LIST: &str = "/?action=DescribeDevInstances";
const ROLE: &str = "/v1/credential?assumeRole&accountId=a-1&roleName=ops";

async fn session_token(bench: &Bench, query: &str, body: &str) -> Answer {
    bench
        .call("POST", &format!("/v1/sessionToken{query}"), body)
        .await
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap()
}

fn credentials(answer: &Value) -> Credentials {
    let part = |name| text(answer, name);
    Credentials::session(
        part("accessKeyId"),
        part("secretAccessKey"),
        part("sessionToken"),
    )
    .unwrap()
}

#[tokio::test]
async fn a_session_token_works_until_it_expires() {
    let bench = Bench::start().await;
    let issued = session_token(&bench, "?durationSeconds=60", "").await.ok();
    assert_eq!(text(&issued, "createTime"), "2026-08-20T00:00:00Z");
    assert_eq!(text(&issued, "expiration"), "2026-08-20T00:01:00Z");
    assert_eq!(text(&issued, "userId").len(), 32);
    assert_eq!(issued.get("requestId"), None);
    let session = credentials(&issued);
    bench.advance(59);
    bench.call_as(&session, "GET", LIST, "").await.ok();
    bench.advance(1);
    let expired = bench.call_as(&session, "GET", LIST, "").await;
    assert_eq!(expired.refusal(), (403, "InvalidAccessKeyId"));
    assert_eq!(expired.body["message"], "the session token has expired");
}

#[tokio::test]
async fn a_temporary_key_needs_exactly_its_token() {
    let bench = Bench::start().await;
    let session = credentials(&session_token(&bench, "", "").await.ok());
    let other = credentials(&session_token(&bench, "", "").await.ok());
    let (key, secret) = (session.access_key_id(), session.secret_access_key().clone());
    let bare = Credentials::new(key, secret.clone()).unwrap();
    let refused = bench.call_as(&bare, "GET", LIST, "").await;
    assert_eq!(refused.refusal(), (403, "InvalidAccessKeyId"));
    let swapped = Credentials::session(key, secret, other.session_token().unwrap().clone());
    let refused = bench.call_as(&swapped.unwrap(), "GET", LIST, "").await;
    assert_eq!(refused.refusal(), (403, "InvalidAccessKeyId"));
    bench.call_as(&session, "GET", LIST, "").await.ok();
}

#[tokio::test]
async fn a_session_may_ask_for_another() {
    let bench = Bench::start().await;
    let session = credentials(&session_token(&bench, "", "").await.ok());
    let second = bench
        .call_as(&session, "POST", "/v1/sessionToken", "")
        .await
        .ok();
    bench
        .call_as(&credentials(&second), "GET", LIST, "")
        .await
        .ok();
}

#[tokio::test]
async fn the_version_header_is_not_asked_for() {
    let bench = Bench::start().await;
    let mut parts = bench.head("POST", "/v1/sessionToken");
    parts.headers.remove("version");
    let signer = bce_auth::Signer::default();
    signer
        .sign(&mut parts, bench.emulator.credentials(), bench.now())
        .unwrap();
    bench.send(&parts, b"").await.ok();
}

#[tokio::test]
async fn a_role_can_be_assumed() {
    let bench = Bench::start().await;
    for target in [ROLE, &ROLE.replace("assumeRole", "assumeRole=")] {
        let issued = bench
            .call("POST", &format!("{target}&userId=u-1"), "")
            .await
            .ok();
        assert_eq!(text(&issued, "expiration"), "2026-08-20T02:00:00Z");
        assert_eq!(
            (text(&issued, "roleId"), text(&issued, "userId")),
            ("role-ops", "u-1")
        );
        bench
            .call_as(&credentials(&issued), "GET", LIST, "")
            .await
            .ok();
    }
    let roles = bench.emulator.handle().sessions();
    assert_eq!(roles[0].role_name.as_deref(), Some("ops"));
}

#[tokio::test]
async fn durations_have_their_documented_limits() {
    let bench = Bench::start().await;
    for (seconds, accepted) in [
        (0, false),
        (-1, false),
        (1, true),
        (129_600, true),
        (129_601, false),
    ] {
        let answer = session_token(&bench, &format!("?durationSeconds={seconds}"), "").await;
        assert_eq!(answer.status == 200, accepted, "{seconds}");
    }
    let long = bench
        .call("POST", &format!("{ROLE}&durationSeconds=7201"), "")
        .await;
    assert_eq!(long.refusal(), (400, "InvalidParameter"));
    bench
        .call("POST", &format!("{ROLE}&durationSeconds=7200"), "")
        .await
        .ok();
    let default = session_token(&bench, "", "").await.ok();
    assert_eq!(text(&default, "expiration"), "2026-08-20T12:00:00Z");
}

#[tokio::test]
async fn account_and_role_are_required() {
    let bench = Bench::start().await;
    for target in [
        "/v1/credential?assumeRole&accountId=a-1",
        "/v1/credential?assumeRole&roleName=ops",
        "/v1/credential?assumeRole&accountId=&roleName=ops",
    ] {
        let answer = bench.call("POST", target, "").await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{target}");
    }
    let in_body = r#"{"accountId":"a-1","roleName":"ops"}"#;
    let answer = bench
        .call("POST", "/v1/credential?assumeRole", in_body)
        .await;
    assert_eq!(answer.refusal(), (400, "InvalidParameter"));
    let answer = bench
        .call("POST", "/v1/credential?accountId=a-1&roleName=ops", "")
        .await;
    assert_eq!(answer.refusal(), (400, "InvalidURI"));
}

#[tokio::test]
async fn an_access_control_document_is_checked_and_kept() {
    let bench = Bench::start().await;
    let document = r#"{"accessControlList":[{"effect":"Allow","service":"bce:bos","region":"*","resource":["*"],"permission":["READ"]}]}"#;
    session_token(&bench, "?durationSeconds=60", document)
        .await
        .ok();
    let kept: Value =
        serde_json::from_str(bench.emulator.handle().sessions()[0].acl.as_ref().unwrap()).unwrap();
    assert_eq!(kept, serde_json::from_str::<Value>(document).unwrap());
    for (body, code) in [
        ("[]", "MalformedJSON"),
        ("nothing", "MalformedJSON"),
        (r#"{"accessControlList":"all"}"#, "MalformedJSON"),
        (
            r#"{"accessControlList":[{"effect":"Allow"}]}"#,
            "InvalidParameter",
        ),
    ] {
        assert_eq!(
            session_token(&bench, "", body).await.refusal(),
            (400, code),
            "{body}"
        );
    }
}

#[tokio::test]
async fn expired_sessions_are_forgotten_with_the_next_issue() {
    let bench = Bench::start().await;
    session_token(&bench, "?durationSeconds=60", "").await.ok();
    bench.advance(60);
    assert_eq!(bench.emulator.handle().sessions().len(), 1);
    session_token(&bench, "?durationSeconds=60", "").await.ok();
    assert_eq!(bench.emulator.handle().sessions().len(), 1);
}
