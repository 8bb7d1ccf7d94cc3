//! Every fault against every idempotency class and every real operation: `cargo xtask faults`.
//!
//! Real sockets on loopback, short limits. For each run it checks how many requests reached the
//! server and how many looked at the state, what came of the call, whether it says that it may have
//! been applied and who answered, how long it took, and that no secret is in an error or a trace.

mod check;
mod expected;
mod plan;
mod server;
mod stage;
mod subject;

use std::process::ExitCode;
use std::time::Duration;

use bce_http::Error;
use bce_testing::LogCapture;
use tokio::task::JoinSet;

use self::check::judge;
use self::expected::Expected;
use self::plan::{Fault, Look};
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
const DEADLINE: Duration = Duration::from_secs(10);
/// A deadline that ends calls before their attempts would.
const SHORT_DEADLINE: Duration = Duration::from_millis(250);
/// The limit of an attempt against a fault that stalls, and against any other.
const STALLED_ATTEMPT: Duration = Duration::from_millis(400);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
const MAX_RESPONSE_BYTES: usize = 64 * 1024;
/// How far a call may outlive its deadline on a machine that does other things, too. With the short
/// deadline less than three stalled attempts take.
const TOLERANCE: Duration = Duration::from_millis(700);
/// How many runs are played at once: of those that wait because a service asks for it, and of all
/// others, whose limits are short.
const PAUSING_AT_ONCE: usize = 112;
const OTHERS_AT_ONCE: usize = 16;

/// Plays all faults; the last line is `N passed, M failed`.
pub fn run() -> ExitCode {
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
    outcome.count("no secret in any trace", check::no_secret(&logs.text()));
    outcome.finish()
}

/// One run: a fault, a subject, and how.
#[derive(Clone, Debug)]
struct Run {
    fault: Fault,
    subject: Subject,
    manner: Manner,
    /// What the first look at the state finds, and all others.
    looks: [Option<Look>; 2],
}

impl Run {
    /// Whether it waits because a service asks for it.
    fn pauses(&self) -> bool {
        let in_time = self.manner != Manner::ShortDeadline;
        in_time && self.fault.retry_after > 0 && Expected::of(self).pauses > 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Every attempt meets the fault.
    Always,
    /// Only the first attempt does.
    Once,
    /// Every attempt does, and the deadline is short.
    ShortDeadline,
    /// Every attempt would, and the client makes one.
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

/// What came of a run.
#[derive(Debug)]
struct Seen {
    result: Result<(), Error>,
    requests: usize,
    /// Requests that looked at the state.
    looks: usize,
    /// The ids that the client gave to all of them.
    request_ids: Vec<String>,
    elapsed: Duration,
}

async fn play_all(outcome: &mut Outcome) {
    let stage = match Stage::new() {
        Ok(stage) => stage,
        Err(error) => return outcome.count("certificates", Err(error.to_string())),
    };
    println!(
        "{:<42}{:<33}{:<16}{:<22}{:>8}{:>6}{:>9}  {:<11}{:<8}{:>8}",
        "fault",
        "operation",
        "manner",
        "look",
        "requests",
        "looks",
        "attempts",
        "result",
        "applied",
        "ms"
    );
    let (pausing, others): (Vec<_>, Vec<_>) = runs().into_iter().partition(Run::pauses);
    let (mut pausing, mut others) = (pausing.into_iter(), others.into_iter());
    let (mut pausing_now, mut others_now) = (0, 0);
    let mut playing = JoinSet::new();
    loop {
        while others_now < OTHERS_AT_ONCE
            && let Some(run) = others.next()
        {
            others_now += 1;
            playing.spawn(play(stage.clone(), run));
        }
        // One by one: many that begin together would keep the others waiting.
        if pausing_now < PAUSING_AT_ONCE
            && let Some(run) = pausing.next()
        {
            pausing_now += 1;
            playing.spawn(play(stage.clone(), run));
        }
        match playing.join_next().await {
            None => break,
            Some(Ok((run, seen))) => {
                match run.pauses() {
                    true => pausing_now -= 1,
                    false => others_now -= 1,
                }
                judge(outcome, &run, seen);
            }
            Some(Err(error)) => return outcome.count("a run", Err(format!("panicked: {error}"))),
        }
    }
}

async fn play(stage: Stage, run: Run) -> (Run, Result<Seen, String>) {
    let seen = stage.play(&run).await;
    (run, seen)
}

fn runs() -> Vec<Run> {
    let faults = plan::faults();
    let pairs = faults
        .iter()
        .flat_map(|fault| SUBJECTS.map(|subject| (fault, subject)));
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
        // What comes later is met after a look that lets the call go on.
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
