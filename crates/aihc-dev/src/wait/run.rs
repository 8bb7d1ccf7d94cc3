//! The loop of every wait.

use std::time::Duration;

use bce_http::Error;
use bce_http::rt::wait::Verdict;
use tokio::time::{Instant, sleep};

use super::error::LastState;
use super::state::Snapshot;
use super::{Progress, State, Wait, WaitError, WaitErrorKind};

/// What has been seen so far.
struct Seen {
    started: Instant,
    last: Option<(State, String)>,
    since: Instant,
    /// A state that nothing but a start leads to.
    moved: bool,
}

impl<T> Wait<'_, T> {
    pub(super) async fn run(mut self) -> Result<T, WaitError> {
        let mut seen = Seen::new();
        let mut unread = None;
        loop {
            let left = self.timeout.saturating_sub(seen.started.elapsed());
            match self.look(left).await {
                Ok(snapshot) => {
                    unread = None;
                    let state = snapshot.state;
                    self.report(&mut seen, state, snapshot.reason);
                    match (self.judge(&seen, state), snapshot.value) {
                        (Verdict::Done, Some(value)) if self.is_after_change(&seen, &value) => {
                            return Ok(value);
                        }
                        (Verdict::Failed, _) => {
                            return Err(self.explained(WaitErrorKind::Failed, &seen).await);
                        }
                        _ => {}
                    }
                }
                Err(error) if error.is_not_found() && self.may_come_into_being(&seen) => {
                    self.report(&mut seen, State::NotFound, String::new());
                }
                Err(error) if error.is_retryable() => unread = Some(error),
                Err(error) => {
                    let failed = self.error(WaitErrorKind::Request, &seen);
                    return Err(failed.with_request(Some(error)));
                }
            }
            let elapsed = seen.started.elapsed();
            let Some(pause) = self.interval.pause_within(self.timeout, elapsed) else {
                let timed_out = self.explained(WaitErrorKind::TimedOut, &seen).await;
                return Err(timed_out.with_request(unread));
            };
            sleep(pause).await;
        }
    }

    /// Reads the state. That the instance is gone may be what is waited for.
    async fn look(&mut self, limit: Duration) -> Result<Snapshot<T>, Error> {
        match (self.read)(limit).await {
            Err(error) if error.is_not_found() && self.gone.is_some() => Ok(Snapshot {
                state: State::NotFound,
                reason: String::new(),
                value: self.gone.take(),
            }),
            result => result,
        }
    }

    fn judge(&self, seen: &Seen, state: State) -> Verdict {
        let verdict = match state.code() {
            Some(code) => self.table.judge(code),
            None if state == State::NotFound => Verdict::Done,
            None => Verdict::Pending,
        };
        if verdict == Verdict::Failed && state.may_be_before_start() && self.in_grace(seen) {
            return Verdict::Pending;
        }
        verdict
    }

    /// Whether a start may be too young to show.
    fn in_grace(&self, seen: &Seen) -> bool {
        self.begins && !seen.moved && seen.started.elapsed() < self.start_grace
    }

    /// Whether what was read may come from after the change, if there is one.
    fn is_after_change(&self, seen: &Seen, value: &T) -> bool {
        seen.started.elapsed() >= self.start_grace
            || (self.shows_change.as_ref()).is_none_or(|shows| shows(value))
    }

    /// Whether what was not found may be too young to be found.
    fn may_come_into_being(&self, seen: &Seen) -> bool {
        let found = (seen.last.as_ref()).is_some_and(|(state, _)| *state != State::NotFound);
        !found && self.in_grace(seen)
    }

    fn report(&mut self, seen: &mut Seen, state: State, reason: String) {
        if let Some(progress) = seen.note(state, reason)
            && let Some(on_progress) = &mut self.on_progress
        {
            on_progress(&progress);
        }
    }

    fn error(&self, kind: WaitErrorKind, seen: &Seen) -> WaitError {
        let last = seen.last.clone().map(|(state, reason)| LastState {
            state,
            reason,
            lasted: seen.since.elapsed(),
        });
        WaitError::new(kind, self.goal.clone(), seen.started.elapsed(), last)
    }

    async fn explained(&mut self, kind: WaitErrorKind, seen: &Seen) -> WaitError {
        let error = self.error(kind, seen);
        error.with_warnings(super::warnings(&self.client, &self.dev_instance_id).await)
    }
}

impl Seen {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            last: None,
            since: now,
            moved: false,
        }
    }

    /// Takes note of a state; what has changed, if anything.
    fn note(&mut self, state: State, reason: String) -> Option<Progress> {
        let before = self.last.as_ref().map(|(state, _)| *state);
        if self.last.as_ref() == Some(&(state, reason.clone())) {
            return None;
        }
        let previous = before.map(|before| (before, self.since.elapsed()));
        if before != Some(state) {
            self.since = Instant::now();
        }
        self.moved |= !state.may_be_before_start();
        self.last = Some((state, reason.clone()));
        Some(Progress {
            state,
            reason,
            elapsed: self.started.elapsed(),
            previous,
        })
    }
}
