//! Tests every fault with every idempotency class and every real operation: `cargo xtask faults`.
//!
//! The tests use real sockets on loopback, and short time limits. Each of them checks:
//!
//! - how many requests for the operation reached the server, and how many that only read the state
//!   of the instance,
//! - the result of the call,
//! - whether the error reports that the change may have been applied,
//! - that no response of a gateway is attributed to the service,
//! - how long the call took,
//! - that no error or trace contains a secret.

mod check;
mod expected;
mod plan;
mod player;
mod server;
mod subject;
mod turns;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bce_http::Error;
use bce_testing::LogCapture;

use self::expected::Expected;
use self::plan::{Fault, Look};
use self::player::Player;
use self::subject::{Subject, subjects};
use self::turns::Turns;
use crate::rows::{Rows, block_on};

const SECRET_KEY: &str = "sk-0f47ac10b58cc4372a5670e02b2c3d479";
const TOKEN: &str = "token-6ba7b8109dad11d180b400c04fd430c8";
const PASSWORD: &str = "registry-password-f81d4fae7dec";
/// The user and the password of the proxy in base64, as in the `Proxy-Authorization` header.
const PROXY_LOGIN: &str = "dXNlcjpwcm94eS1wYXNzd29yZC05ZTEwN2Q5ZDM3MmI=";
const PROXY_PASSWORD: &str = "proxy-password-9e107d9d372b";

const MAX_RETRIES: u32 = 2;
const DEADLINE: Duration = Duration::from_secs(10);
/// A deadline that is shorter than the time limits of attempts, so that it ends the call first.
const SHORT_DEADLINE: Duration = Duration::from_millis(250);
/// The time limit of an attempt if the fault makes the attempt stall. For all other faults, the
/// limit is [`ATTEMPT_TIMEOUT`].
const STALLED_ATTEMPT: Duration = Duration::from_millis(400);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
const MAX_RESPONSE_BYTES: usize = 64 * 1024;
/// How long a call may take after its deadline, since the machine may be busy. Together with
/// [`SHORT_DEADLINE`], it is less than the duration of three attempts that stall, so that a call
/// which ignores its deadline is noticed.
const TOLERANCE: Duration = Duration::from_millis(700);
/// The maximum number of tests that run at the same time.
const AT_ONCE: usize = 160;
/// The maximum number of tests without a pause that run at the same time, that is, of tests that do
/// not wait for a pause which the service requests. It is smaller than [`AT_ONCE`], because these
/// tests have short time limits.
const OTHERS_AT_ONCE: usize = 16;
/// The limit on open files and sockets that the tests request for their process.
const FILES: u64 = 4096;

/// Runs the tests of all faults. The last line of the output is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    // Each run needs several sockets. If there are too few, the runs report it.
    let _ = rlimit::increase_nofile_limit(FILES);
    let mut rows = Rows::default();
    rows.add("a secret in a trace is found", check::finds_what_is_planted);
    match Player::new() {
        Ok(player) => {
            let turns = Arc::new(Turns::new(OTHERS_AT_ONCE));
            for run in spread(runs()) {
                let (player, turns) = (player.clone(), Arc::clone(&turns));
                rows.add(run.name(), move || {
                    let _turn = (!run.pauses()).then(|| turns.wait());
                    let logs = LogCapture::start();
                    let seen = block_on(player.play(&run))??;
                    check::check(&run, &seen)?;
                    check::no_secret(&logs.text()).map_err(|problem| format!("a trace: {problem}"))
                });
            }
        }
        Err(error) => rows.checked("certificates", Err(error.to_string())),
    }
    rows.run(arguments, Some(AT_ONCE)).finish()
}

/// A fault test: a fault, the operation that is called, and how often the fault occurs.
#[derive(Clone, Debug)]
struct Run {
    fault: Fault,
    subject: Subject,
    manner: Manner,
    /// How the server responds to the first request that reads the state of the instance, and to
    /// all later ones; `None` if the client is not expected to read the state.
    looks: [Option<Look>; 2],
}

impl Run {
    fn name(&self) -> String {
        let (fault, operation) = (&self.fault.name, self.subject.name);
        let look = self.looks[1].map_or(String::new(), |look| format!(", look: {}", look.name()));
        format!("{fault} / {operation} / {}{look}", self.manner.name())
    }

    /// Returns whether the test waits for a pause that the service requests.
    fn pauses(&self) -> bool {
        let in_time = self.manner != Manner::ShortDeadline;
        in_time && self.fault.retry_after > 0 && Expected::of(self).pauses > 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// The fault occurs in every attempt.
    Always,
    /// The fault occurs only in the first attempt.
    Once,
    /// The fault occurs in every attempt, and the deadline is short.
    ShortDeadline,
    /// The fault would occur in every attempt, but the client makes only one.
    NoRetry,
}

impl Manner {
    fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Once => "once",
            Self::ShortDeadline => "short deadline",
            Self::NoRetry => "no retry",
        }
    }
}

/// What happened in a fault test.
#[derive(Debug)]
struct Came {
    result: Result<(), Error>,
    requests: usize,
    /// The number of requests that read the state of the instance.
    looks: usize,
    /// The ids of all requests. Each id was chosen by the client.
    request_ids: Vec<String>,
    elapsed: Duration,
}

/// Distributes the tests that wait for a pause evenly over the first half of the other tests. As a
/// result, they do not come last, and few of them begin to wait at the same time.
fn spread(runs: Vec<Run>) -> Vec<Run> {
    let (pausing, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(Run::pauses);
    let step = (others.len() / 2 / pausing.len().max(1)).max(1);
    let mut pausing = pausing.into_iter();
    let mut mixed = Vec::new();
    for (number, other) in others.into_iter().enumerate() {
        if number % step == 0 {
            mixed.extend(pausing.next());
        }
        mixed.push(other);
    }
    mixed.extend(pausing);
    mixed
}

fn runs() -> Vec<Run> {
    let faults = plan::faults();
    let subjects = subjects();
    let pairs = faults
        .iter()
        .flat_map(|fault| subjects.iter().map(move |subject| (fault, *subject)));
    pairs
        .flat_map(|(fault, subject)| runs_of(fault, subject))
        .collect()
}

fn runs_of(fault: &Fault, subject: Subject) -> Vec<Run> {
    let run = |manner, looks| Run {
        fault: fault.clone(),
        subject,
        manner,
        looks,
    };
    let is_looked_at = expected::is_looked_at(fault.meaning, subject.class);
    let first = is_looked_at.then(|| Look::not_reached(subject));
    // For an operation that is called from the description, only the class matters.
    if !subject.is_called_by_hand() {
        return vec![run(Manner::Always, [first; 2])];
    }
    let mut runs = vec![run(Manner::ShortDeadline, [first; 2])];
    if is_looked_at {
        runs.push(run(Manner::NoRetry, [first; 2]));
    }
    let looks = match fault.finds_all_states {
        true => Look::all(),
        false => Look::usual(subject),
    };
    let looks: Vec<_> = match is_looked_at {
        true => looks.into_iter().map(Some).collect(),
        false => vec![None],
    };
    for look in looks {
        // For a later fault to occur, the preceding read of the state must let the call continue.
        let looks = match fault.later {
            Some(_) => [first, look],
            None => [look; 2],
        };
        runs.push(run(Manner::Always, looks));
        if fault.can_pass() {
            runs.push(run(Manner::Once, looks));
        }
    }
    runs
}
