//! The loop of every wait.

use tokio::time::{Instant, sleep};

use super::{Progress, Wait, WaitError, WaitErrorKind};
use crate::error::{Error, one_line};
use crate::rt::wait::{State, Verdict};

/// States are names: a longer text is none, and is not shown.
const LONGEST_NAME: usize = 64;

/// What has been seen so far.
struct Seen {
    started: Instant,
    last: Option<String>,
    since: Instant,
    /// A state that is none of failure.
    moved: bool,
}

impl<T> Wait<'_, T> {
    pub(super) async fn run(mut self) -> Result<T, WaitError> {
        let mut seen = Seen::new();
        let mut unread = None;
        loop {
            let left = self.timeout.saturating_sub(seen.started.elapsed());
            match (self.read)(left).await {
                Ok((state, value)) => {
                    unread = None;
                    let verdict = state.as_ref().map(|state| self.table.judge(state));
                    seen.moved |= verdict.is_some_and(|verdict| verdict != Verdict::Failed);
                    self.report(
                        &mut seen,
                        state.as_ref().map_or("no state".to_owned(), shown),
                    );
                    match verdict {
                        Some(Verdict::Done) => return Ok(value),
                        Some(Verdict::Failed) if !self.in_grace(&seen) => {
                            return Err(self.error(WaitErrorKind::Failed, &seen));
                        }
                        _ => {}
                    }
                }
                Err(error) => {
                    if let Some(gone) = self.gone_by(&error) {
                        return Ok(gone);
                    }
                    if error.is_not_found() && self.in_grace(&seen) {
                        self.report(&mut seen, "not found".to_owned());
                    } else if error.is_retryable() {
                        unread = Some(error);
                    } else {
                        let failed = self.error(WaitErrorKind::Request, &seen);
                        return Err(failed.with_request(Some(error)));
                    }
                }
            }
            let elapsed = seen.started.elapsed();
            let Some(pause) = self.interval.pause_within(self.timeout, elapsed) else {
                let timed_out = self.error(WaitErrorKind::TimedOut, &seen);
                return Err(timed_out.with_request(unread));
            };
            sleep(pause).await;
        }
    }

    /// What the wait gives for this error, if it says that what is waited for has come.
    fn gone_by(&mut self, error: &Error) -> Option<T> {
        let code = error.code()?;
        self.gone.take_if(|_| self.table.is_success_error(code))
    }

    /// Whether what was done before the wait may be too young to show.
    fn in_grace(&self, seen: &Seen) -> bool {
        !seen.moved && seen.started.elapsed() < self.start_grace
    }

    fn report(&mut self, seen: &mut Seen, state: String) {
        if let Some(progress) = seen.note(state)
            && let Some(on_progress) = &mut self.on_progress
        {
            on_progress(&progress);
        }
    }

    fn error(&self, kind: WaitErrorKind, seen: &Seen) -> WaitError {
        let last = (seen.last.clone()).map(|state| (state, seen.since.elapsed()));
        WaitError::new(kind, self.table.name(), seen.started.elapsed(), last)
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
    fn note(&mut self, state: String) -> Option<Progress> {
        if self.last.as_ref() == Some(&state) {
            return None;
        }
        let lasted = self.since.elapsed();
        self.since = Instant::now();
        let before = self.last.replace(state.clone());
        Some(Progress {
            state,
            elapsed: self.started.elapsed(),
            previous: before.map(|before| (before, lasted)),
        })
    }
}

/// A state as it may be shown.
fn shown(state: &State) -> String {
    match state {
        State::Text(name) if name.len() > LONGEST_NAME => "a state with a long name".to_owned(),
        state => one_line(&state.to_string()).into_owned(),
    }
}
