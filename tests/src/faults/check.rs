//! Compares what happened in a fault test with what should happen.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use bce_http::Error;
use bce_testing::LogCapture;

use super::expected::Expected;
use super::{
    Came, DEADLINE, Manner, PASSWORD, PROXY_LOGIN, PROXY_PASSWORD, Run, SECRET_KEY, SHORT_DEADLINE,
    TOKEN, TOLERANCE,
};
use crate::secrets::{Search, shows_signature};

/// Checks the result of a fault test.
pub(super) fn check(run: &Run, seen: &Came) -> Result<(), String> {
    if let Err(error) = &seen.result {
        no_secret(&format!(
            "{error} {error:?} {:?}",
            error.last_service_error()
        ))?;
        if error.operation().is_none() {
            return Err("the error does not name the operation".to_owned());
        }
        check_author(run, error)?;
    }
    check_ids(seen)?;
    if run.manner == Manner::ShortDeadline {
        return check_short_deadline(run, seen);
    }
    if seen.elapsed > DEADLINE + TOLERANCE {
        return Err(format!("took {:?} of {DEADLINE:?}", seen.elapsed));
    }
    let expected = Expected::of(run);
    check_result(&expected, seen)?;
    let (reached, expected_to) = (
        (seen.requests, seen.looks),
        (expected.requests, expected.looks),
    );
    if reached != expected_to {
        return Err(format!(
            "{reached:?} requests and looks, expected {expected_to:?}: {:?}",
            seen.result
        ));
    }
    let pause =
        Duration::from_secs(run.fault.retry_after) * u32::try_from(expected.pauses).unwrap_or(0);
    if seen.elapsed < pause {
        return Err(format!(
            "took {:?}, but the service asked for {pause:?}",
            seen.elapsed
        ));
    }
    Ok(())
}

fn check_result(expected: &Expected, seen: &Came) -> Result<(), String> {
    let (kind, attempts, applied) = match &seen.result {
        Ok(()) => (None, expected.attempts, false),
        Err(error) => {
            let attempts = usize::try_from(error.attempts()).unwrap_or(usize::MAX);
            (Some(error.kind()), attempts, error.may_have_been_applied())
        }
    };
    if kind != expected.kind {
        return Err(format!(
            "{:?}, expected {:?}: {:?}",
            kind, expected.kind, seen.result
        ));
    }
    if attempts != expected.attempts {
        return Err(format!(
            "{attempts} attempts, expected {}: {:?}",
            expected.attempts, seen.result
        ));
    }
    if applied != expected.applied {
        return Err(format!(
            "may_have_been_applied() is {applied}: {:?}",
            seen.result
        ));
    }
    Ok(())
}

/// Checks a call with a short deadline. Whatever the fault is, the call must end in time, and must
/// not send more requests than with a long deadline.
fn check_short_deadline(run: &Run, seen: &Came) -> Result<(), String> {
    if seen.elapsed > SHORT_DEADLINE + TOLERANCE {
        return Err(format!("took {:?} of {SHORT_DEADLINE:?}", seen.elapsed));
    }
    let full = Expected::of(run);
    if seen.requests > full.requests {
        return Err(format!(
            "{} requests, at most {} expected",
            seen.requests, full.requests
        ));
    }
    match (&seen.result, full.kind) {
        (Ok(()), Some(kind)) => Err(format!("succeeded, expected {kind:?}")),
        (Err(error), None) => Err(format!("failed: {error}")),
        (Err(error), Some(_))
            if full.applied && !error.may_have_been_applied() && seen.requests > 0 =>
        {
            Err(format!("may_have_been_applied() is false: {error}"))
        }
        _ => Ok(()),
    }
}

/// Checks that the error attributes the response of a gateway to the gateway, and no part of it to
/// the service.
fn check_author(run: &Run, error: &Error) -> Result<(), String> {
    let Some(gateway) = run.fault.gateway else {
        return Ok(());
    };
    if error.code().is_some() || error.is_forbidden() || error.is_not_found() {
        return Err(format!("taken for a response of the service: {error:?}"));
    }
    match error.is_timeout() || error.to_string().contains(gateway) {
        true => Ok(()),
        false => Err(format!("the error does not tell who responded: {error}")),
    }
}

/// Checks that every request has an id of its own.
fn check_ids(seen: &Came) -> Result<(), String> {
    let ids: HashSet<_> = seen.request_ids.iter().collect();
    let all_differ = ids.len() == seen.request_ids.len();
    match all_differ && !ids.iter().any(|id| id.is_empty()) {
        true => Ok(()),
        false => Err(format!("request ids {:?}", seen.request_ids)),
    }
}

/// The secrets that must not occur in any error or trace.
static SECRETS: LazyLock<Search> = LazyLock::new(|| {
    Search::new([
        ("the secret key", SECRET_KEY),
        ("the session token", TOKEN),
        ("a registry password", PASSWORD),
        ("the proxy password", PROXY_PASSWORD),
        ("the proxy login", PROXY_LOGIN),
        ("an authorization", "bce-auth-v1/access-key"),
    ])
});

pub(super) fn no_secret(text: &str) -> Result<(), String> {
    let found = SECRETS.of_text(text);
    if !found.is_empty() {
        return Err(format!("{found:?} shown"));
    }
    match shows_signature(text) {
        true => Err("a signature or a signing key is shown".to_owned()),
        false => Ok(()),
    }
}

/// Checks that the search for secrets finds one in a trace. Without this check, the fault tests
/// would also pass if traces were not captured or not searched.
pub(super) fn finds_what_is_planted() -> Result<(), String> {
    let logs = LogCapture::start();
    tracing::trace!(SECRET_KEY, "planted");
    match no_secret(&logs.text()) {
        Err(problem) if problem.contains("the secret key") => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
