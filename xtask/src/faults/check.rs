//! What came of a run beside what must come of it.

use std::collections::HashSet;
use std::time::Duration;

use bce_http::Error;

use super::expected::Expected;
use super::plan::Look;
use super::server::Spelling;
use super::{
    DEADLINE, Manner, PASSWORD, PROXY_LOGIN, PROXY_PASSWORD, Run, SECRET_KEY, SHORT_DEADLINE, Seen,
    TOKEN, TOLERANCE,
};
use crate::outcome::Outcome;

/// Counts a run, and prints its row.
pub(super) fn judge(outcome: &mut Outcome, run: &Run, seen: Result<Seen, String>) {
    let name = format!(
        "{} / {} / {} / {}",
        run.fault.name,
        run.subject.name,
        run.manner.name(),
        look(run)
    );
    match seen {
        Ok(seen) => {
            print_row(run, &seen);
            outcome.count(&name, check(run, &seen));
        }
        Err(problem) => outcome.count(&name, Err(problem)),
    }
}

fn look(run: &Run) -> String {
    run.looks[1].map(Look::name).unwrap_or_default()
}

fn print_row(run: &Run, seen: &Seen) {
    let (attempts, result, applied) = match &seen.result {
        Ok(()) => ("".to_owned(), "ok".to_owned(), ""),
        Err(error) => (
            error.attempts().to_string(),
            format!("{:?}", error.kind()),
            if error.may_have_been_applied() {
                "maybe"
            } else {
                "no"
            },
        ),
    };
    println!(
        "{:<42}{:<33}{:<16}{:<22}{:>8}{:>6}{:>9}  {:<11}{:<8}{:>8}",
        run.fault.name,
        run.subject.name,
        run.manner.name(),
        look(run),
        seen.requests,
        seen.looks,
        attempts,
        result,
        applied,
        seen.elapsed.as_millis()
    );
}

fn check(run: &Run, seen: &Seen) -> Result<(), String> {
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

fn check_result(expected: &Expected, seen: &Seen) -> Result<(), String> {
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

/// Whatever the fault: the call ends in time, and a call that acts again reached the server at most
/// once unless it was turned away.
fn check_short_deadline(run: &Run, seen: &Seen) -> Result<(), String> {
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

/// The page of a gateway is told as such, and nothing in it is taken for a word of the service.
fn check_author(run: &Run, error: &Error) -> Result<(), String> {
    let Some(gateway) = run.fault.gateway else {
        return Ok(());
    };
    if error.code().is_some() || error.is_forbidden() || error.is_not_found() {
        return Err(format!("taken for the service's word: {error:?}"));
    }
    match error.is_timeout() || error.to_string().contains(gateway) {
        true => Ok(()),
        false => Err(format!("the error does not say who answered: {error}")),
    }
}

/// Every request has an id of its own.
fn check_ids(seen: &Seen) -> Result<(), String> {
    let ids: HashSet<_> = seen.request_ids.iter().collect();
    let all_differ = ids.len() == seen.request_ids.len();
    match all_differ && !ids.iter().any(|id| id.is_empty()) {
        true => Ok(()),
        false => Err(format!("request ids {:?}", seen.request_ids)),
    }
}

pub(super) fn no_secret(text: &str) -> Result<(), String> {
    let secrets = [
        ("the secret key", SECRET_KEY),
        ("the session token", TOKEN),
        ("a registry password", PASSWORD),
        ("the proxy password", PROXY_PASSWORD),
        ("the proxy login", PROXY_LOGIN),
        ("an authorization", "bce-auth-v1/access-key"),
    ];
    let text_in_lower_case = text.to_lowercase();
    for (name, secret) in secrets {
        for spelling in Spelling::ALL {
            let quoted = spelling.spell(secret).to_lowercase();
            if text_in_lower_case.contains(&quoted) {
                return Err(format!("{name} is shown"));
            }
        }
    }
    // Signatures and signing keys have this form, and nothing else has.
    let mut words = text.as_bytes().split(|byte| !byte.is_ascii_hexdigit());
    match words.any(|word| word.len() >= 64) {
        true => Err("a signature or a signing key is shown".to_owned()),
        false => Ok(()),
    }
}
