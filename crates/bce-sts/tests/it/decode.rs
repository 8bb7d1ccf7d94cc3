//! Tests of the decoding of responses, and of the public API of the crate.

use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bce_http::Body;
use bce_sts::model::StsCredential;
use bce_sts::operation::{AssumeRole, GetSessionToken};
use bce_sts::{Client, Error, ErrorKind};
use http::{Request, Response};

/// A transport that returns the same response to every request.
#[derive(Clone)]
struct Answer(&'static str);

impl tower_service::Service<Request<Body>> for Answer {
    type Response = Response<&'static str>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(self.0)))
    }
}

async fn issue(answer: &'static str) -> Result<StsCredential, Error> {
    Client::from_service(Answer(answer))
        .unwrap()
        .get_session_token()
        .await
}

#[tokio::test]
async fn the_credential_is_at_the_top_or_inside_a_member() {
    for answer in [
        r#"{"accessKeyId":"ak","secretAccessKey":"s3cret","sessionToken":"t0ken"}"#,
        r#"{"credential":{"accessKeyId":"ak","secretAccessKey":"s3cret","sessionToken":"t0ken"}}"#,
        r#"{"credentials":{"accessKeyId":"ak","accessKeySecret":"s3cret","sessionToken":"t0ken"}}"#,
    ] {
        let issued = issue(answer).await.unwrap();
        assert_eq!(issued.access_key_id, "ak", "{answer}");
        assert_eq!(issued.secret_access_key.expose(), "s3cret");
        assert_eq!(issued.session_token.expose(), "t0ken");
        let shown = format!("{issued:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn the_three_parts_must_be_there() {
    for answer in [
        r#"{"accessKeyId":"ak","secretAccessKey":"sk"}"#,
        r#"{"accessKeyId":"ak","sessionToken":"t"}"#,
        r#"{"secretAccessKey":"sk","sessionToken":"t"}"#,
        r#"{"accessKeyId":"ak","secretAccessKey":null,"sessionToken":"t"}"#,
    ] {
        assert_eq!(
            issue(answer).await.unwrap_err().kind(),
            ErrorKind::Decode,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn times_are_rfc_3339_with_any_fraction_and_offset() {
    for time in [
        "2026-08-20T12:00:00Z",
        "2026-08-20T12:00:00.000Z",
        "2026-08-20T20:00:00+08:00",
    ] {
        let answer = format!(
            r#"{{"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"t","expiration":"{time}"}}"#
        );
        let issued = issue(answer.leak()).await.unwrap();
        assert_eq!(
            issued.expiration.map(|at| at.unix_timestamp()),
            Some(1_787_227_200),
            "{time}"
        );
    }
    let answer = r#"{"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"t",
        "expiration":"tomorrow"}"#;
    assert_eq!(issue(answer).await.unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn clients_and_builders_are_cheap_to_share() {
    fn is_shared<T: Clone + Send + Sync + std::fmt::Debug + 'static>() {}
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    is_shared::<Client>();
    is_shared::<GetSessionToken>();
    is_shared::<AssumeRole>();
    let client = Client::from_service(Answer("{}")).unwrap();
    drop(is_send(client.get_session_token().send()));
    drop(is_send(client.assume_role("account", "role").into_future()));
}
