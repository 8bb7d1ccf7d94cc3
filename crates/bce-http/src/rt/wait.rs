//! When waiting for a state ends, and how often it is looked at. For generated waiter tables.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::error::Error;
pub use crate::wait::Wait;

/// The states that end a wait, as the API's description lists them: numbers, or texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaiterTable<S: 'static = i64> {
    /// Name of the waiter, such as `DevInstanceRunning`.
    pub name: &'static str,
    /// The operation that reads the state.
    pub operation: &'static str,
    /// The member of its response that holds the state, such as `devInstance.status`.
    pub field: &'static str,
    /// The states that were waited for.
    pub success: &'static [S],
    /// The states from which the wanted one is not reached any more.
    pub failure: &'static [S],
    /// The states on the way.
    pub pending: &'static [S],
    /// Error codes that mean success, such as `NotFound` after a deletion.
    pub success_errors: &'static [&'static str],
}

/// What a state means for a wait.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The state was reached.
    Done,
    /// It cannot be reached any more.
    Failed,
    /// Go on waiting; also the verdict on codes that no table knows.
    Pending,
}

impl WaiterTable {
    /// Judges the code of a state.
    pub fn judge(&self, status: i64) -> Verdict {
        self.judge_by(|state| *state == status)
    }
}

impl WaiterTable<&'static str> {
    /// Judges the name of a state.
    ///
    /// ```
    /// use bce_http::rt::wait::{Verdict, WaiterTable};
    ///
    /// static JOB_FINISHED: WaiterTable<&str> = WaiterTable {
    ///     name: "JobFinished",
    ///     operation: "DescribeJob",
    ///     field: "status",
    ///     success: &["Succeeded"],
    ///     failure: &["Failed"],
    ///     pending: &["Running"],
    ///     success_errors: &[],
    /// };
    /// assert_eq!(JOB_FINISHED.judge("Succeeded"), Verdict::Done);
    /// assert_eq!(JOB_FINISHED.judge("Dreaming"), Verdict::Pending);
    /// ```
    pub fn judge(&self, status: &str) -> Verdict {
        self.judge_by(|state| *state == status)
    }
}

impl<S> WaiterTable<S> {
    fn judge_by(&self, is: impl Fn(&S) -> bool) -> Verdict {
        if self.success.iter().any(&is) {
            Verdict::Done
        } else if self.failure.iter().any(&is) {
            Verdict::Failed
        } else {
            Verdict::Pending
        }
    }

    /// Whether an error code of the reading operation means that the wait has succeeded.
    pub fn is_success_error(&self, code: &str) -> bool {
        self.success_errors.contains(&code)
    }
}

/// A state as a response shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A code.
    Number(i64),
    /// A name.
    Text(String),
}

impl From<i64> for State {
    fn from(code: i64) -> Self {
        Self::Number(code)
    }
}

impl From<&str> for State {
    fn from(name: &str) -> Self {
        Self::Text(name.to_owned())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(code) => code.fmt(f),
            Self::Text(name) => f.pad(name),
        }
    }
}

/// A table of numbers or of texts.
pub trait Judge: fmt::Debug + Send + Sync {
    /// The name of the waiter.
    fn name(&self) -> &'static str;

    /// Judges a state. One of the other kind is not known.
    fn judge(&self, state: &State) -> Verdict;

    /// As [`WaiterTable::is_success_error`].
    fn is_success_error(&self, code: &str) -> bool;
}

impl Judge for WaiterTable {
    fn name(&self) -> &'static str {
        self.name
    }

    fn judge(&self, state: &State) -> Verdict {
        match state {
            State::Number(code) => self.judge(*code),
            State::Text(_) => Verdict::Pending,
        }
    }

    fn is_success_error(&self, code: &str) -> bool {
        self.is_success_error(code)
    }
}

impl Judge for WaiterTable<&'static str> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn judge(&self, state: &State) -> Verdict {
        match state {
            State::Text(name) => self.judge(name),
            State::Number(_) => Verdict::Pending,
        }
    }

    fn is_success_error(&self, code: &str) -> bool {
        self.is_success_error(code)
    }
}

/// One read of a state, as a builder of an operation makes it.
pub type Read<R> = Pin<Box<dyn Future<Output = Result<R, Error>> + Send>>;

/// A wait that reads by this call, which is told how long it may take; `state` finds the state in the
/// response.
pub fn until<R: Send + 'static>(
    table: &'static dyn Judge,
    read: impl Fn(Duration) -> Read<R> + Send + Sync + 'static,
    state: fn(&R) -> Option<State>,
) -> Wait<'static, R> {
    Wait::new(table, move |limit| {
        let answer = read(limit);
        Box::pin(async move {
            let response = answer.await?;
            Ok((state(&response), response))
        })
    })
}

/// As [`until`], where an error of the operation may be what is waited for: it gives `None`.
pub fn until_or_gone<R: Send + 'static>(
    table: &'static dyn Judge,
    read: impl Fn(Duration) -> Read<R> + Send + Sync + 'static,
    state: fn(&R) -> Option<State>,
) -> Wait<'static, Option<R>> {
    let wait = Wait::new(table, move |limit| {
        let answer = read(limit);
        Box::pin(async move {
            let response = answer.await?;
            Ok((state(&response), Some(response)))
        })
    });
    wait.or_gone(None)
}

/// The pauses between the reads of a wait: they grow by half each time, up to the longest, and each
/// is shortened by a random part of up to a fifth, so that waits that began together drift apart.
#[derive(Clone, Debug)]
pub struct PollInterval {
    next: Duration,
    longest: Duration,
}

/// A wait must not become a busy loop.
const SHORTEST: Duration = Duration::from_millis(1);

impl PollInterval {
    /// Pauses that are all alike.
    pub fn new(pause: Duration) -> Self {
        let pause = pause.max(SHORTEST);
        Self {
            next: pause,
            longest: pause,
        }
    }

    /// Lets the pauses grow up to `longest`; one that is below the first is ignored.
    #[must_use]
    pub fn growing_to(self, longest: Duration) -> Self {
        Self {
            longest: longest.max(self.next),
            ..self
        }
    }

    /// The next pause.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause.saturating_mul(3) / 2).min(self.longest);
        pause.mul_f64(1.0 - 0.2 * fastrand::f64())
    }

    /// The pause before the next read of a wait that may take `timeout` and has taken `elapsed`; `None` when
    /// there is no time for one. The last read comes shortly before the limit.
    pub fn pause_within(&mut self, timeout: Duration, elapsed: Duration) -> Option<Duration> {
        let margin = timeout.min(Duration::from_secs(10)) / 10;
        let left = timeout.saturating_sub(elapsed);
        let left = left.checked_sub(margin).filter(|left| !left.is_zero())?;
        Some(self.next_pause().min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_by_half_up_to_the_longest() {
        let mut interval = PollInterval::new(4 * SECOND).growing_to(10 * SECOND);
        for expected in [4, 6, 9, 10, 10] {
            let pause = interval.next_pause();
            let expected = expected * SECOND;
            assert!(pause <= expected && pause >= expected * 4 / 5, "{pause:?}");
        }
    }

    #[test]
    fn pauses_differ() {
        let mut interval = PollInterval::new(SECOND);
        let pauses: Vec<Duration> = (0..100).map(|_| interval.next_pause()).collect();
        assert!(pauses.iter().any(|pause| *pause < SECOND * 17 / 20));
        assert!(pauses.iter().any(|pause| *pause > SECOND * 19 / 20));
    }

    #[test]
    fn no_wait_is_a_busy_loop_and_none_overflows() {
        let mut interval = PollInterval::new(Duration::ZERO);
        assert!(interval.next_pause() >= SHORTEST * 4 / 5);
        let mut interval =
            PollInterval::new(Duration::from_secs(u64::MAX / 4)).growing_to(Duration::MAX);
        assert!((0..9).all(|_| interval.next_pause() > SECOND));
    }
}
