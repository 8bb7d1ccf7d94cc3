//! The states that end a wait, and the intervals at which a wait reads the state. Used by generated
//! clients.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::error::Error;
pub use crate::wait::{State, Wait, WaitState, Warning};

/// A table of the states for a wait, according to the API's description. It tells which states end
/// the wait, and whether successfully. The states are numbers or strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaiterTable<S: 'static = i64> {
    /// The name of the waiter, such as `DevInstanceRunning`.
    pub name: &'static str,
    /// The operation that reads the state.
    pub operation: &'static str,
    /// The member of the response that contains the state, such as `devInstance.status`.
    pub field: &'static str,
    /// The states that end the wait successfully.
    pub success: &'static [S],
    /// The states from which a success state can no longer be reached.
    pub failure: &'static [S],
    /// The states that are passed through on the way to success.
    pub pending: &'static [S],
    /// Error codes that mean success, such as `NotFound` after a deletion.
    pub success_errors: &'static [&'static str],
}

/// What a state means for a wait: whether the wait continues, succeeds or fails.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The wait ends successfully, because a success state has been reached.
    Done,
    /// The wait fails, because a success state can no longer be reached.
    Failed,
    /// The wait continues. A [`WaiterTable`] returns this for every state that it does not list as
    /// a success or a failure.
    Pending,
}

impl<S: Copy + Into<State>> WaiterTable<S> {
    /// Returns the verdict for a state, which is given by its code or by its name.
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
    pub fn judge(&self, state: impl Into<State>) -> Verdict {
        let state = state.into();
        let is = |known: &S| (*known).into() == state;
        if self.success.iter().any(is) {
            Verdict::Done
        } else if self.failure.iter().any(is) {
            Verdict::Failed
        } else {
            Verdict::Pending
        }
    }
}

/// How a wait reads the state of an object, and how it interprets the results.
pub struct Watch<T, S = State> {
    /// What is waited for, in human-readable form: `job-1 to be running`.
    pub goal: String,
    /// Reads the state once. The argument is the time that the read may take.
    pub read: Box<dyn Fn(Duration) -> Read<Look<T, S>> + Send + Sync>,
    /// Returns the verdict for a state.
    pub judge: Box<dyn Fn(&S) -> Verdict + Send + Sync>,
    /// Returns whether a state may date from before the change that the wait follows. The argument
    /// may also be [`WaitState::NOT_FOUND`], which stands for an object that the service does not
    /// know.
    pub may_be_from_before: Box<dyn Fn(&S) -> bool + Send + Sync>,
    /// How the wait succeeds if an error reports that the object no longer exists; `None` if such
    /// an error is not a success.
    pub gone: Option<Gone<T>>,
    /// Reads warnings, which may explain why a wait was not successful.
    pub warnings: Option<Warnings>,
}

/// The result of reading the state of an object once.
#[derive(Debug)]
pub struct Look<T, S = State> {
    /// The state of the object.
    pub state: S,
    /// The service's explanation of the state; it may be empty.
    pub reason: String,
    /// The value that the wait returns if it ends with this state.
    pub value: T,
}

/// The error codes that end a wait successfully because the object no longer exists, and the value
/// that the wait then returns.
#[derive(Debug)]
pub struct Gone<T> {
    /// The error codes that mean that the object no longer exists.
    pub codes: &'static [&'static str],
    /// The value that the wait returns if the object no longer exists.
    pub value: T,
}

/// The future of a request that a wait sends.
pub type Read<R> = Pin<Box<dyn Future<Output = Result<R, Error>> + Send>>;

/// A function that reads warnings. It returns an empty list if they cannot be read quickly.
pub type Warnings =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Warning>> + Send>> + Send + Sync>;

impl<T, S> fmt::Debug for Watch<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("goal", &self.goal)
            .finish_non_exhaustive()
    }
}

/// Creates a wait. `read` makes the call that reads the state; its argument is the time that the
/// call may take. `state` extracts the state from the response.
pub fn until<R: Send + 'static, S: Copy + Into<State> + Sync>(
    table: &'static WaiterTable<S>,
    read: impl Fn(Duration) -> Read<R> + Send + Sync + 'static,
    state: fn(&R) -> Option<State>,
) -> Wait<'static, R> {
    watch(table, read, state, |response| response).into()
}

/// Creates a wait as [`until`] does, except that one of the
/// [`success_errors`](WaiterTable::success_errors) of the table ends the wait successfully, with
/// `None` as its result.
pub fn until_or_gone<R: Send + 'static, S: Copy + Into<State> + Sync>(
    table: &'static WaiterTable<S>,
    read: impl Fn(Duration) -> Read<R> + Send + Sync + 'static,
    state: fn(&R) -> Option<State>,
) -> Wait<'static, Option<R>> {
    let mut watch = watch(table, read, state, Some);
    watch.gone = Some(Gone {
        codes: table.success_errors,
        value: None,
    });
    watch.into()
}

fn watch<R: Send + 'static, T: 'static, S: Copy + Into<State> + Sync>(
    table: &'static WaiterTable<S>,
    read: impl Fn(Duration) -> Read<R> + Send + Sync + 'static,
    state: fn(&R) -> Option<State>,
    value: fn(R) -> T,
) -> Watch<T> {
    let judge = |state: &State| table.judge(state.clone());
    Watch {
        goal: table.name.to_owned(),
        read: Box::new(move |limit| {
            let answer = read(limit);
            Box::pin(async move {
                let response = answer.await?;
                Ok(Look {
                    state: state(&response).unwrap_or(State::Unreported),
                    reason: String::new(),
                    value: value(response),
                })
            })
        }),
        judge: Box::new(judge),
        may_be_from_before: Box::new(move |state| {
            *state == State::NotFound || judge(state) == Verdict::Failed
        }),
        gone: None,
        warnings: None,
    }
}

/// The intervals between the reads of a wait. They grow by half each time, up to a maximum. Each is
/// shortened randomly by up to a fifth, so that waits that started together do not stay
/// synchronized.
#[derive(Clone, Debug)]
pub struct PollInterval {
    next: Duration,
    longest: Duration,
}

/// The minimum interval, before it is shortened randomly. It keeps a wait from becoming a busy
/// loop.
const SHORTEST: Duration = Duration::from_millis(1);

impl PollInterval {
    /// Creates intervals that do not grow. A pause of less than a millisecond counts as one
    /// millisecond.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bce_http::rt::wait::PollInterval;
    ///
    /// let mut interval = PollInterval::new(Duration::from_secs(3));
    /// // It is shortened randomly, so that many waits do not poll at the same time.
    /// assert!(interval.next_pause() <= Duration::from_secs(4));
    /// ```
    pub fn new(pause: Duration) -> Self {
        let pause = pause.max(SHORTEST);
        Self {
            next: pause,
            longest: pause,
        }
    }

    /// Makes the intervals grow up to `longest`. If `longest` is shorter than the next interval,
    /// the intervals do not grow.
    #[must_use]
    pub fn growing_to(self, longest: Duration) -> Self {
        Self {
            longest: longest.max(self.next),
            ..self
        }
    }

    /// Returns the next interval, shortened randomly.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause.saturating_mul(3) / 2).min(self.longest);
        pause.mul_f64(1.0 - 0.2 * fastrand::f64())
    }

    /// Returns the interval before the next read of a wait that may take `timeout` in total and has
    /// taken `elapsed` so far; `None` if there is no time left for a read. The last read takes
    /// place shortly before the time limit.
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
