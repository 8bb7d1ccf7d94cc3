//! Every fault against every idempotency class and every real operation: `cargo xtask faults`.
//!
//! Real sockets on loopback, short limits. For each run it checks how many requests reached the
//! server, what came of the call, whether it says that it may have been applied, how long it took,
//! and that no secret is in an error or a trace.

mod plan;
mod server;
mod stage;
mod subject;

use std::process::ExitCode;
use std::time::Duration;

use bce_http::Error;
use bce_testing::LogCapture;
use tokio::task::JoinSet;

use self::plan::{Expected, Fault};
use self::stage::Stage;
use self::subject::{SUBJECTS, Subject};
use crate::outcome::Outcome;

const SECRET_KEY: &str = "sk-0f47ac10b58cc4372a5670e02b2c3d479";
const TOKEN: &str = "token-6ba7b8109dad11d180b400c04fd430c8";
const PASSWORD: &str = "registry-password-f81d4fae7dec";
/// The user and password of the proxy as its header carries them.
const PROXY_LOGIN: &str = "dXNlcjpwcm94eS1wYXNzd29yZC05ZTEwN2Q5ZDM3MmI=";
const PROXY_PASSWORD: &str = "proxy-password-9e107d9d372b";

const MAX_RETRIES: u32 = 2;
const ATTEMPTS: usize = MAX_RETRIES as usize + 1;
const DEADLINE: Duration = Duration::from_secs(10);
/// A deadline that ends calls before their attempts would.
const SHORT_DEADLINE: Duration = Duration::from_millis(250);
/// The limit of an attempt against a fault that stalls, and against any other.
const STALLED_ATTEMPT: Duration = Duration::from_millis(400);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
const MAX_RESPONSE_BYTES: usize = 64 * 1024;
/// How far a call may outlive its deadline on a machine that does other things, too. With the short
/// deadline less than three stalled attempts take.
const TOLERANCE: Duration = Duration::from_millis(700);
const AT_ONCE: usize = 16;

/// Plays all faults; the last line is `N passed, M failed`.
pub(crate) fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let mut outcome = Outcome::default();
    // On one thread, so that one capture sees every event.
    let logs = LogCapture::start();
    match runtime {
        Ok(runtime) => runtime.block_on(play_all(&mut outcome)),
        Err(error) => outcome.count("the runtime", Err(error.to_string())),
    }
    outcome.count("no secret in any trace", no_secret(&logs.text()));
    outcome.finish()
}

/// One run: a fault, a subject, and how.
#[derive(Clone, Debug)]
struct Run {
    fault: Fault,
    subject: Subject,
    manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Every attempt meets the fault.
    Always,
    /// Only the first attempt does.
    Once,
    /// Every attempt does, and the deadline is short.
    ShortDeadline,
}

impl Manner {
    fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Once => "once",
            Self::ShortDeadline => "short deadline",
        }
    }
}

/// What came of a run.
#[derive(Debug)]
struct Seen {
    result: Result<(), Error>,
    requests: usize,
    elapsed: Duration,
}

async fn play_all(outcome: &mut Outcome) {
    let stage = match Stage::new() {
        Ok(stage) => stage,
        Err(error) => return outcome.count("certificates", Err(error.to_string())),
    };
    println!(
        "{:<38}{:<33}{:<16}{:>8}{:>9}  {:<11}{:<8}{:>8}",
        "fault", "operation", "manner", "requests", "attempts", "result", "applied", "ms"
    );
    let mut waiting = runs().into_iter();
    let mut playing = JoinSet::new();
    loop {
        while playing.len() < AT_ONCE
            && let Some(run) = waiting.next()
        {
            let stage = stage.clone();
            playing.spawn(async move {
                let seen = stage.play(&run).await;
                (run, seen)
            });
        }
        match playing.join_next().await {
            None => break,
            Some(Ok((run, seen))) => judge(outcome, &run, seen),
            Some(Err(error)) => outcome.count("a run", Err(format!("panicked: {error}"))),
        }
    }
}

fn runs() -> Vec<Run> {
    let mut runs = Vec::new();
    for fault in plan::faults() {
        for subject in SUBJECTS {
            let run = |manner| Run {
                fault: fault.clone(),
                subject,
                manner,
            };
            runs.push(run(Manner::Always));
            if fault.can_pass() {
                runs.push(run(Manner::Once));
            }
            runs.push(run(Manner::ShortDeadline));
        }
    }
    runs
}

fn judge(outcome: &mut Outcome, run: &Run, seen: Result<Seen, String>) {
    let name = format!(
        "{} / {} / {}",
        run.fault.name,
        run.subject.name,
        run.manner.name()
    );
    match seen {
        Ok(seen) => {
            print_row(run, &seen);
            outcome.count(&name, check(run, &seen));
        }
        Err(problem) => outcome.count(&name, Err(problem)),
    }
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
        "{:<38}{:<33}{:<16}{:>8}{:>9}  {:<11}{:<8}{:>8}",
        run.fault.name,
        run.subject.name,
        run.manner.name(),
        seen.requests,
        attempts,
        result,
        applied,
        seen.elapsed.as_millis()
    );
}

fn check(run: &Run, seen: &Seen) -> Result<(), String> {
    if let Err(error) = &seen.result {
        no_secret(&format!("{error} {error:?} {:?}", error.last_answer()))?;
        if error.operation().is_none() {
            return Err("the error does not name the operation".to_owned());
        }
    }
    if run.manner == Manner::ShortDeadline {
        return check_short_deadline(run, seen);
    }
    if seen.elapsed > DEADLINE + TOLERANCE {
        return Err(format!("took {:?} of {DEADLINE:?}", seen.elapsed));
    }
    let expected = run
        .fault
        .expected(run.subject.class, run.manner == Manner::Once, ATTEMPTS);
    check_result(&expected, seen)?;
    if seen.requests != expected.requests {
        return Err(format!(
            "{} requests, expected {}",
            seen.requests, expected.requests
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
            "{attempts} attempts, expected {}",
            expected.attempts
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
    let full = run.fault.expected(run.subject.class, false, ATTEMPTS);
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

fn no_secret(text: &str) -> Result<(), String> {
    for (name, secret) in [
        ("the secret key", SECRET_KEY),
        ("the session token", TOKEN),
        ("a registry password", PASSWORD),
        ("the proxy password", PROXY_PASSWORD),
        ("the proxy login", PROXY_LOGIN),
        ("an authorization", "bce-auth-v1/"),
    ] {
        if text.contains(secret) {
            return Err(format!("{name} is shown"));
        }
    }
    // Signatures and signing keys have this form, and nothing else has.
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit());
    match words.any(|word| word.len() >= 64) {
        true => Err("a signature or a signing key is shown".to_owned()),
        false => Ok(()),
    }
}
