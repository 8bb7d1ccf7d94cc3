//! Tests of temporary credentials that renew themselves.

use bce_auth::{Credentials, CredentialsErrorKind, ProvideCredentials};
use bce_http::{Body, RetryPolicy};
use bce_sts::{AssumeRoleProvider, Client, SessionTokenProvider};
use bce_testing::{ManualClock, Script, Scripted};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const START: OffsetDateTime = datetime!(2026-08-20 12:00 UTC);

const FIRST: &str = r#"{"accessKeyId":"ak-1","secretAccessKey":"sk-1","sessionToken":"t-1",
    "createTime":"2026-08-20T12:00:00Z","expiration":"2026-08-20T13:00:00Z"}"#;
const SECOND: &str = r#"{"accessKeyId":"ak-2","secretAccessKey":"sk-2","sessionToken":"t-2",
    "createTime":"2026-08-20T12:58:00Z","expiration":"2026-08-20T14:00:00Z"}"#;

struct Sts {
    client: Client,
    clock: ManualClock,
    service: Scripted<Body>,
}

fn sts(script: impl IntoIterator<Item = Script>) -> Sts {
    let service = Scripted::new(script);
    let clock = ManualClock::new(START);
    let client = Client::builder()
        .credentials(Credentials::new("base-ak", "base-sk").unwrap())
        .retry(RetryPolicy::none())
        .clock(clock.reader())
        .build_with_transport(service.clone())
        .unwrap();
    Sts {
        client,
        clock,
        service,
    }
}

async fn key(provider: &dyn ProvideCredentials) -> String {
    let credentials = provider.provide_credentials().await.unwrap();
    credentials.access_key_id().to_owned()
}

#[tokio::test]
async fn a_session_token_is_kept_until_shortly_before_it_expires() {
    let sts = sts([Script::Answer(200, FIRST), Script::Answer(200, SECOND)]);
    let provider = SessionTokenProvider::new(sts.client.get_session_token().duration_seconds(3600));
    assert_eq!(key(&provider).await, "ak-1");
    sts.clock.advance(Duration::minutes(50));
    assert_eq!(key(&provider).await, "ak-1");
    sts.clock
        .advance(Duration::minutes(9) + Duration::seconds(30));
    assert_eq!(key(&provider).await, "ak-2");

    let requests = sts.service.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.uri.path(), "/v1/sessionToken");
        assert_eq!(request.uri.query(), Some("durationSeconds=3600"));
        let authorization = request.headers["authorization"].to_str().unwrap();
        assert!(authorization.starts_with("bce-auth-v1/base-ak/"));
    }
}

#[tokio::test]
async fn what_is_issued_for_a_role_carries_token_and_expiry() {
    let sts = sts([Script::Answer(200, FIRST)]);
    let provider = AssumeRoleProvider::new(sts.client.assume_role("account", "role").user_id("u"));
    let credentials = provider.provide_credentials().await.unwrap();
    assert_eq!(credentials.session_token().unwrap().expose(), "t-1");
    assert_eq!(
        credentials.expires_at(),
        Some(datetime!(2026-08-20 13:00 UTC))
    );
    let request = &sts.service.requests()[0];
    let query = request.uri.query().unwrap();
    assert!(query.starts_with("assumeRole&"), "{query}");
    assert!(
        query.ends_with("accountId=account&roleName=role&userId=u"),
        "{query}"
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_a_newer_one_kept() {
    let sts = sts([Script::Answer(200, FIRST), Script::Answer(200, SECOND)]);
    let provider = SessionTokenProvider::new(sts.client.get_session_token());
    let first = provider.provide_credentials().await.unwrap();
    assert!(provider.invalidate(&first));
    assert_eq!(key(&provider).await, "ak-2");
    assert!(provider.invalidate(&first), "a newer one is there");
    assert_eq!(key(&provider).await, "ak-2");
    assert_eq!(sts.service.requests().len(), 2);
}

#[tokio::test]
async fn the_error_says_whether_asking_again_may_help_and_why() {
    let refused = Script::Answer(
        403,
        r#"{"code":"AccessDenied","message":"no","requestId":"r"}"#,
    );
    for (script, kind, cause) in [
        (
            refused,
            CredentialsErrorKind::Invalid,
            "403 AccessDenied: no",
        ),
        (
            Script::Answer(503, ""),
            CredentialsErrorKind::Unavailable,
            "503",
        ),
        (
            Script::Fail("reset"),
            CredentialsErrorKind::Unavailable,
            "reset",
        ),
    ] {
        let sts = sts([script]);
        let provider = SessionTokenProvider::new(sts.client.get_session_token());
        let error = provider.provide_credentials().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        assert!(
            text.contains("GetSessionToken failed") && text.contains(cause),
            "{text}"
        );
    }
}

/// The credentials that sign the request to STS come from a server as well.
#[tokio::test]
async fn asking_again_may_help_if_it_may_help_for_the_signing_credentials() {
    for (status, kind) in [
        (503, CredentialsErrorKind::Unavailable),
        (403, CredentialsErrorKind::Invalid),
    ] {
        let first = sts([Script::Answer(status, r#"{"code":"No"}"#)]);
        let signer = SessionTokenProvider::new(first.client.get_session_token());
        let client = Client::builder()
            .credentials(signer)
            .build_with_transport(Scripted::<Body>::new([]))
            .unwrap();
        let provider = AssumeRoleProvider::new(client.assume_role("account", "role"));
        let error = provider.provide_credentials().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn an_answer_with_an_empty_token_is_no_credential() {
    let empty = r#"{"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":""}"#;
    let sts = sts([Script::Answer(200, empty)]);
    let provider = SessionTokenProvider::new(sts.client.get_session_token());
    provider.provide_credentials().await.unwrap_err();
}

/// The local clock is two hours slow, so according to this clock the credential would be valid for
/// three hours.
#[tokio::test]
async fn expiry_is_judged_by_the_clock_of_sts() {
    let date = [("date", "Thu, 20 Aug 2026 12:00:00 GMT")];
    let dated: &'static [(&str, &str)] = Box::leak(Box::new(date));
    let sts = sts([
        Script::AnswerWith(200, dated, FIRST),
        Script::Answer(200, SECOND),
    ]);
    sts.clock.advance(Duration::hours(-2));
    let provider = SessionTokenProvider::new(sts.client.get_session_token());
    assert_eq!(key(&provider).await, "ak-1");
    sts.clock.advance(Duration::minutes(50));
    assert_eq!(key(&provider).await, "ak-1");
    sts.clock
        .advance(Duration::minutes(9) + Duration::seconds(30));
    assert_eq!(key(&provider).await, "ak-2");
}

#[tokio::test]
async fn an_issued_part_that_no_credentials_hold_is_refused() {
    for (part, problem) in [
        ("sk-1", "secret access key begins or ends with a line end"),
        ("ak-1", "access key id begins or ends with a line end"),
        ("t-1", "session token begins or ends with a line end"),
    ] {
        let answer = FIRST.replace(&format!("\"{part}\""), &format!("\"{part}\\n\""));
        let sts = sts([Script::Answer(200, answer.leak())]);
        let provider = SessionTokenProvider::new(sts.client.get_session_token());
        let error = provider.provide_credentials().await.unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::Invalid);
        let text = error.to_string();
        assert!(text.starts_with("unusable response of STS: the "), "{text}");
        assert!(text.contains(problem), "{text}");
        assert!(!format!("{error:?}").contains(part), "{error:?}");
    }
}
