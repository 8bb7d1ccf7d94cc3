//! Tests of temporary credentials.

use bce_auth::Credentials;
use serde_json::Value;

use crate::client::{Fixture, Reply};

const LIST: &str = "/?action=DescribeDevInstances";
const ROLE: &str = "/v1/credential?assumeRole&accountId=a-1&roleName=ops";

async fn session_token(fixture: &Fixture, query: &str, body: &str) -> Reply {
    fixture
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
    let fixture = Fixture::start().await;
    let issued = session_token(&fixture, "?durationSeconds=60", "")
        .await
        .ok();
    assert_eq!(text(&issued, "createTime"), "2026-08-20T00:00:00Z");
    assert_eq!(text(&issued, "expiration"), "2026-08-20T00:01:00Z");
    assert_eq!(text(&issued, "userId").len(), 32);
    assert_eq!(issued.get("requestId"), None);
    let session = credentials(&issued);
    fixture.advance(59);
    fixture.call_as(&session, "GET", LIST, "").await.ok();
    fixture.advance(1);
    let expired = fixture.call_as(&session, "GET", LIST, "").await;
    assert_eq!(expired.refusal(), (403, "InvalidAccessKeyId"));
    assert_eq!(expired.body["message"], "the session token has expired");
}

#[tokio::test]
async fn a_temporary_key_needs_exactly_its_token() {
    let fixture = Fixture::start().await;
    let session = credentials(&session_token(&fixture, "", "").await.ok());
    let other = credentials(&session_token(&fixture, "", "").await.ok());
    let (key, secret) = (session.access_key_id(), session.secret_access_key().clone());
    let bare = Credentials::new(key, secret.clone()).unwrap();
    let refused = fixture.call_as(&bare, "GET", LIST, "").await;
    assert_eq!(refused.refusal(), (403, "InvalidAccessKeyId"));
    let swapped = Credentials::session(key, secret, other.session_token().unwrap().clone());
    let refused = fixture.call_as(&swapped.unwrap(), "GET", LIST, "").await;
    assert_eq!(refused.refusal(), (403, "InvalidAccessKeyId"));
    fixture.call_as(&session, "GET", LIST, "").await.ok();
}

#[tokio::test]
async fn a_session_may_ask_for_another() {
    let fixture = Fixture::start().await;
    let session = credentials(&session_token(&fixture, "", "").await.ok());
    let second = fixture
        .call_as(&session, "POST", "/v1/sessionToken", "")
        .await
        .ok();
    fixture
        .call_as(&credentials(&second), "GET", LIST, "")
        .await
        .ok();
}

#[tokio::test]
async fn the_version_header_is_not_asked_for() {
    let fixture = Fixture::start().await;
    let mut parts = fixture.head("POST", "/v1/sessionToken");
    parts.headers.remove("version");
    let signer = bce_auth::Signer::default();
    signer
        .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
        .unwrap();
    fixture.send(&parts, b"").await.ok();
}

#[tokio::test]
async fn a_role_can_be_assumed() {
    let fixture = Fixture::start().await;
    for target in [ROLE, &ROLE.replace("assumeRole", "assumeRole=")] {
        let issued = fixture
            .call("POST", &format!("{target}&userId=u-1"), "")
            .await
            .ok();
        assert_eq!(text(&issued, "expiration"), "2026-08-20T02:00:00Z");
        assert_eq!(
            (text(&issued, "roleId"), text(&issued, "userId")),
            ("role-ops", "u-1")
        );
        fixture
            .call_as(&credentials(&issued), "GET", LIST, "")
            .await
            .ok();
    }
    let roles = fixture.emulator.handle().sessions();
    assert_eq!(roles[0].role_name.as_deref(), Some("ops"));
}

#[tokio::test]
async fn durations_have_their_documented_limits() {
    let fixture = Fixture::start().await;
    for (seconds, accepted) in [
        (0, false),
        (-1, false),
        (1, true),
        (129_600, true),
        (129_601, false),
    ] {
        let answer = session_token(&fixture, &format!("?durationSeconds={seconds}"), "").await;
        assert_eq!(answer.status == 200, accepted, "{seconds}");
    }
    let long = fixture
        .call("POST", &format!("{ROLE}&durationSeconds=7201"), "")
        .await;
    assert_eq!(long.refusal(), (400, "InvalidParameter"));
    fixture
        .call("POST", &format!("{ROLE}&durationSeconds=7200"), "")
        .await
        .ok();
    let default = session_token(&fixture, "", "").await.ok();
    assert_eq!(text(&default, "expiration"), "2026-08-20T12:00:00Z");
}

#[tokio::test]
async fn account_and_role_are_required() {
    let fixture = Fixture::start().await;
    for target in [
        "/v1/credential?assumeRole&accountId=a-1",
        "/v1/credential?assumeRole&roleName=ops",
        "/v1/credential?assumeRole&accountId=&roleName=ops",
    ] {
        let answer = fixture.call("POST", target, "").await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{target}");
    }
    let in_body = r#"{"accountId":"a-1","roleName":"ops"}"#;
    let answer = fixture
        .call("POST", "/v1/credential?assumeRole", in_body)
        .await;
    assert_eq!(answer.refusal(), (400, "InvalidParameter"));
    let answer = fixture
        .call("POST", "/v1/credential?accountId=a-1&roleName=ops", "")
        .await;
    assert_eq!(answer.refusal(), (400, "InvalidURI"));
}

#[tokio::test]
async fn an_access_control_document_is_checked_and_kept() {
    let fixture = Fixture::start().await;
    let document = r#"{"accessControlList":[{"effect":"Allow","service":"bce:bos","region":"*","resource":["*"],"permission":["READ"]}]}"#;
    session_token(&fixture, "?durationSeconds=60", document)
        .await
        .ok();
    let kept: Value = serde_json::from_str(
        fixture.emulator.handle().sessions()[0]
            .acl
            .as_ref()
            .unwrap(),
    )
    .unwrap();
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
            session_token(&fixture, "", body).await.refusal(),
            (400, code),
            "{body}"
        );
    }
}

#[tokio::test]
async fn expired_sessions_are_forgotten_with_the_next_issue() {
    let fixture = Fixture::start().await;
    session_token(&fixture, "?durationSeconds=60", "")
        .await
        .ok();
    fixture.advance(60);
    assert_eq!(fixture.emulator.handle().sessions().len(), 1);
    session_token(&fixture, "?durationSeconds=60", "")
        .await
        .ok();
    assert_eq!(fixture.emulator.handle().sessions().len(), 1);
}
