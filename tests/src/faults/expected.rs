//! Determines the expected result of a call from the documented table in `bce_http::retry`.

use bce_http::ErrorKind;

use super::plan::{Fault, Finding, Look, Meaning};
use super::subject::Class;
use super::{MAX_RETRIES, Manner, Run};

/// The expected result of a call.
#[derive(Debug)]
pub(super) struct Expected {
    /// The kind of the error; `None` for success.
    pub(super) kind: Option<ErrorKind>,
    pub(super) attempts: usize,
    /// The number of requests that the server reads, except for those that only read the state of
    /// the instance.
    pub(super) requests: usize,
    pub(super) looks: usize,
    pub(super) applied: bool,
    /// The number of pauses, each of which is at least as long as the service requests.
    pub(super) pauses: usize,
}

/// What the client does after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Return,
    Again,
    /// The client repeats the call if the failed attempt was the first one.
    Once,
    Look,
}

/// Returns what the client does after a failed attempt, depending on what the fault means and on
/// the class of the operation. `in_doubt` tells whether an earlier attempt may have been carried
/// out.
fn next(meaning: Meaning, class: Class, in_doubt: bool) -> Next {
    use Class::{Compared, Guarded, Repeatable, Safe, Settled};
    match (meaning, class) {
        (Meaning::NotSent | Meaning::TurnedAway, _) => Next::Again,
        (Meaning::Expired, _) => Next::Once,
        (Meaning::Open(_), Safe | Repeatable | Guarded) => Next::Again,
        (Meaning::Throttled, Safe | Repeatable | Guarded | Settled) => Next::Again,
        (Meaning::Open(_) | Meaning::OpenForGood(_), Settled | Compared) => Next::Look,
        (Meaning::Throttled, Compared) => Next::Look,
        // The refusal may be a consequence of the change, which an earlier attempt has already
        // made.
        (Meaning::Refused, Settled | Compared) if in_doubt => Next::Look,
        _ => Next::Return,
    }
}

/// Returns whether the client reads the state of the instance after its first attempt has failed,
/// to learn whether the change was made.
pub(super) fn is_looked_at(meaning: Meaning, class: Class) -> bool {
    next(meaning, class, false) == Next::Look
}

impl Expected {
    pub(super) fn of(run: &Run) -> Self {
        let most = match run.manner {
            Manner::NoRetry => 1,
            _ => MAX_RETRIES as usize + 1,
        };
        let mut seen = Self {
            kind: None,
            attempts: 0,
            requests: 0,
            looks: 0,
            applied: false,
            pauses: 0,
        };
        let mut in_doubt = false;
        loop {
            seen.attempts += 1;
            let meaning = meets(&run.fault, run.manner, seen.attempts);
            seen.requests += usize::from(is_read(&run.fault, meaning));
            if meaning == Meaning::Fine {
                return seen;
            }
            let next = next(meaning, run.subject.class, in_doubt);
            in_doubt |= meaning.is_doubtful();
            let repeats = match next {
                Next::Return => false,
                Next::Again => seen.attempts < most,
                Next::Once => seen.attempts == 1,
                Next::Look if run.manner == Manner::NoRetry => false,
                Next::Look => match look(run, &mut seen) {
                    Finding::Reached => return seen,
                    Finding::NotReached => meaning.is_passing() && seen.attempts < most,
                    Finding::Undecided => false,
                },
            };
            if !repeats {
                seen.kind = Some(meaning.kind());
                seen.applied = in_doubt && run.subject.class != Class::Safe;
                return seen;
            }
            seen.pauses += usize::from(next != Next::Once);
        }
    }
}

/// Returns what the fault means for the attempt with this number, counted from 1; [`Meaning::Fine`]
/// if the attempt succeeds.
fn meets(fault: &Fault, manner: Manner, attempt: usize) -> Meaning {
    match &fault.later {
        _ if attempt == 1 => fault.meaning,
        Some((_, meaning)) => *meaning,
        None if manner == Manner::Once => Meaning::Fine,
        None => fault.meaning,
    }
}

fn is_read(fault: &Fault, meaning: Meaning) -> bool {
    match meaning {
        Meaning::Fine => true,
        Meaning::NotSent | Meaning::NeverSent => false,
        _ => fault.is_read,
    }
}

/// Returns what the client learns about its preceding attempt when it next reads the state of the
/// instance: whether the attempt has changed the instance. Counts the read in `seen`.
fn look(run: &Run, seen: &mut Expected) -> Finding {
    let look = run.looks[seen.looks.min(1)];
    seen.looks += 1;
    match look {
        // The server has not read the request, so it cannot show the values in it.
        Some(Look::AsSent) if !run.fault.is_read => Finding::Undecided,
        None => Finding::Undecided,
        Some(look) => look.finding(run.subject),
    }
}
