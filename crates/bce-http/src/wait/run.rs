//! The loop that reads the state until a wait ends.

use tokio::time::{Instant, sleep};

use super::error::LastState;
use super::{Progress, Wait, WaitError, WaitErrorKind, WaitState};
use crate::error::Error;
use crate::rt::wait::Verdict;

/// What a wait has observed so far.
struct Seen<S> {
    started: Instant,
    last: Option<(S, String)>,
    since: Instant,
    /// Whether a state was seen that cannot date from before the change that the wait follows.
    moved: bool,
}

impl<T, S: WaitState> Wait<'_, T, S> {
    pub(super) async fn run(mut self) -> Result<T, WaitError<S>> {
        let mut seen = Seen::new();
        let mut unread = None;
        loop {
            let left = self.timeout.saturating_sub(seen.started.elapsed());
            match (self.watch.read)(left).await {
                Ok(look) => {
                    unread = None;
                    let verdict = self.judge(&mut seen, &look.state);
                    self.report(&mut seen, look.state, look.reason);
                    match verdict {
                        Verdict::Done if self.is_after_change(&seen, &look.value) => {
                            return Ok(look.value);
                        }
                        Verdict::Failed => {
                            return Err(self.explained(WaitErrorKind::Failed, &seen).await);
                        }
                        _ => {}
                    }
                }
                Err(error) => {
                    if let Some(gone) = self.gone_by(&error) {
                        self.report(&mut seen, S::NOT_FOUND, String::new());
                        return Ok(gone);
                    }
                    if error.is_not_found() && self.may_come_into_being(&seen) {
                        self.report(&mut seen, S::NOT_FOUND, String::new());
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
                let timed_out = self.explained(WaitErrorKind::TimedOut, &seen).await;
                return Err(timed_out.with_request(unread));
            };
            sleep(pause).await;
        }
    }

    /// Returns the verdict for a state, and updates `seen.moved`. A failure state that the object
    /// may have had before a preceding change counts as pending during the grace period, until a
    /// state is seen that the object can have only after the change. A state that the service did
    /// not report is always pending.
    fn judge(&self, seen: &mut Seen<S>, state: &S) -> Verdict {
        if *state == S::UNREPORTED {
            return Verdict::Pending;
        }
        let may_be_from_before = (self.watch.may_be_from_before)(state);
        seen.moved |= !may_be_from_before;
        match (self.watch.judge)(state) {
            Verdict::Failed if may_be_from_before && self.in_grace(seen) => Verdict::Pending,
            verdict => verdict,
        }
    }

    /// Returns the value that the wait returns if this error means that the goal has been reached.
    /// Returns `None` for any other error.
    fn gone_by(&mut self, error: &Error) -> Option<T> {
        let code = error.code()?;
        self.watch
            .gone
            .take_if(|gone| gone.codes.contains(&code))
            .map(|gone| gone.value)
    }

    /// Returns whether a change that was made before the wait may not be visible yet.
    fn in_grace(&self, seen: &Seen<S>) -> bool {
        !seen.moved && seen.started.elapsed() < self.start_grace
    }

    /// Returns whether a result may have been read after the change that was passed to
    /// [`Wait::after_change`]. Always returns `true` if no change was passed, or once the grace
    /// period is over.
    fn is_after_change(&self, seen: &Seen<S>, value: &T) -> bool {
        seen.started.elapsed() >= self.start_grace
            || (self.shows_change.as_ref()).is_none_or(|shows| shows(value))
    }

    /// Returns whether a missing object may still appear, because it may have been created only
    /// recently.
    fn may_come_into_being(&self, seen: &Seen<S>) -> bool {
        (self.watch.may_be_from_before)(&S::NOT_FOUND) && self.in_grace(seen)
    }

    fn report(&mut self, seen: &mut Seen<S>, state: S, reason: String) {
        if let Some(progress) = seen.note(state, reason)
            && let Some(on_progress) = &mut self.on_progress
        {
            on_progress(&progress);
        }
    }

    fn error(&self, kind: WaitErrorKind, seen: &Seen<S>) -> WaitError<S> {
        let last = seen.last.clone().map(|(state, reason)| LastState {
            state,
            reason,
            lasted: seen.since.elapsed(),
        });
        let elapsed = seen.started.elapsed();
        WaitError::new(kind, self.watch.goal.clone(), elapsed, last)
    }

    /// Returns the error of the wait. If the wait has a function that reads warnings of the service
    /// about the object, calls it and adds these warnings to the error.
    async fn explained(&mut self, kind: WaitErrorKind, seen: &Seen<S>) -> WaitError<S> {
        let error = self.error(kind, seen);
        match &self.watch.warnings {
            Some(warnings) => error.with_warnings(warnings().await),
            None => error,
        }
    }
}

impl<S: WaitState> Seen<S> {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            last: None,
            since: now,
            moved: false,
        }
    }

    /// Records a state. Returns the progress to report, or `None` if nothing has changed.
    fn note(&mut self, state: S, reason: String) -> Option<Progress<S>> {
        let now = (state, reason);
        if self.last.as_ref() == Some(&now) {
            return None;
        }
        let (state, reason) = now.clone();
        let lasted = self.since.elapsed();
        let before = self.last.replace(now).map(|(before, _)| before);
        if before.as_ref() != Some(&state) {
            self.since = Instant::now();
        }
        Some(Progress {
            state,
            reason,
            elapsed: self.started.elapsed(),
            previous: before.map(|before| (before, lasted)),
        })
    }
}
