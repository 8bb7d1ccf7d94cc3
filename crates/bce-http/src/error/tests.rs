use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::*;
use crate::mask::Secrets;
use crate::service::Envelope;
use crate::service::Idempotency;

static CREATE: Operation = Operation::new(
    "aihc",
    "CreateDevInstance",
    Method::POST,
    Idempotency::NonIdempotent,
);
static READ: Operation = Operation::new(
    "aihc",
    "DescribeDevInstance",
    Method::GET,
    Idempotency::Safe,
);

fn refused(status: u16, body: &'static str) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    let answer = Answer {
        status,
        headers: &HeaderMap::new(),
        body: &Bytes::from_static(body.as_bytes()),
        envelope: &Envelope::DEFAULT,
    };
    Error::from_service(answer.error(None, &Secrets::default()).unwrap())
}

#[test]
fn display_is_one_line_with_operation_status_code_message_and_request_id() {
    let error = refused(
        403,
        r#"{"code":"NotFound","message":"no such\ninstance","requestId":"r-1"}"#,
    )
    .in_call(&CREATE, None, Duration::from_millis(12))
    .after_attempts(1, Vec::new(), None);
    assert_eq!(
        error.to_string(),
        "CreateDevInstance failed: 403 NotFound: no such instance (request id r-1, 1 attempt, 12 ms)"
    );
}

#[test]
fn display_names_the_root_cause_once() {
    let io = std::io::Error::other("connection refused");
    let error = Error::new(ErrorKind::Connect, "cannot connect to localhost:1").with_cause(io);
    assert_eq!(
        error.to_string(),
        "cannot connect to localhost:1: connection refused"
    );
    assert!(error.source().is_none());
    assert!(error.cause().is_some());
}

#[test]
fn only_what_provably_did_not_happen_is_reported_as_not_applied() {
    let elapsed = Duration::ZERO;
    let applied = |error: Error| {
        error
            .in_call(&CREATE, None, elapsed)
            .may_have_been_applied()
    };
    assert!(!applied(Error::new(ErrorKind::Connect, "x")));
    assert!(!applied(Error::invalid_input("name", "is empty")));
    assert!(!applied(refused(403, r#"{"code":"Forbidden"}"#)));
    assert!(!applied(refused(429, r#"{"code":"TooManyRequests"}"#)));
    assert!(applied(refused(429, "")));
    assert!(applied(Error::new(ErrorKind::Timeout, "x")));
    assert!(applied(Error::new(ErrorKind::Transport, "x")));
    assert!(applied(Error::new(ErrorKind::Decode, "x")));
    assert!(applied(refused(500, "")));
    assert!(applied(refused(504, "")));
    assert!(applied(refused(302, "")));
}

#[test]
fn a_reading_operation_is_never_applied() {
    let error = Error::new(ErrorKind::Timeout, "x").in_call(&READ, None, Duration::ZERO);
    assert!(!error.may_have_been_applied());
    assert!(error.is_retryable());
}

#[test]
fn what_is_not_repeated_blindly_is_not_retryable_either() {
    static UPDATE: Operation =
        Operation::new("aihc", "Update", Method::POST, Idempotency::Repeatable)
            .without_blind_retry();
    let lost = Error::new(ErrorKind::Transport, "x").in_call(&UPDATE, None, Duration::ZERO);
    let unsent = Error::new(ErrorKind::Connect, "x").in_call(&UPDATE, None, Duration::ZERO);
    assert!(!lost.is_retryable() && unsent.is_retryable());
}

#[test]
fn an_ambiguous_create_is_not_retryable_and_an_unsent_one_is() {
    let ambiguous = Error::new(ErrorKind::Transport, "x").in_call(&CREATE, None, Duration::ZERO);
    let unsent = Error::new(ErrorKind::Connect, "x").in_call(&CREATE, None, Duration::ZERO);
    assert!(!ambiguous.is_retryable());
    assert!(unsent.is_retryable());
}

#[test]
fn an_inner_error_of_ours_passes_unchanged() {
    let error = Error::from_inner(Error::new(ErrorKind::Timeout, "x"));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let foreign = Error::from_inner(std::io::Error::other("boom"));
    assert_eq!(foreign.kind(), ErrorKind::Transport);
    assert!(foreign.to_string().contains("boom"));
}
