//! Waiting until what an operation reads has come to a state.
//!
//! A client crate has a method for each waiter that the description of its API has, on the builder of
//! the operation that reads: `client.describe_job(id).wait_until_job_finished()`.
//!
//! Reads may lag behind writes. So for a while ([`Wait::start_grace`]) a wait takes it that what was done
//! before it does not show yet: a state of failure is not the end then, nor is not found.

mod error;
mod run;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use self::error::{WaitError, WaitErrorKind};
use crate::error::Error;
use crate::rt::wait::{Judge, PollInterval, State};

type Read<T> = Box<dyn Fn(Duration) -> ReadFuture<T> + Send + Sync>;
type ReadFuture<T> = Pin<Box<dyn Future<Output = Result<(Option<State>, T), Error>> + Send>>;
type Callback<'a> = Box<dyn FnMut(&Progress) + Send + 'a>;

/// A wait for a state, with a `T` at its end; `.await` begins it.
///
/// | item | default |
/// |---|---|
/// | timeout | 30 minutes; set what you are willing to wait |
/// | poll interval | 3 seconds, growing to 15, each a little shorter at random |
/// | start grace | 30 seconds |
///
/// A read that fails in passing, after the retries of the client, does not end the wait. States that
/// are not known are waited on. Dropping the future ends the wait and changes nothing.
///
/// The wait is no future before it is awaited: give `tokio::spawn` and the like `wait.into_future()`.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a, T> {
    table: &'static dyn Judge,
    read: Read<T>,
    /// The result when what is read is gone, if that counts as one.
    gone: Option<T>,
    timeout: Duration,
    interval: PollInterval,
    start_grace: Duration,
    on_progress: Option<Callback<'a>>,
}

/// Another state than before.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The state as of now: its name or number.
    pub state: String,
    /// The time since the wait began.
    pub elapsed: Duration,
    /// The state before, and for how long it was seen.
    pub previous: Option<(String, Duration)>,
}

impl<'a, T> Wait<'a, T> {
    pub(crate) fn new(
        table: &'static dyn Judge,
        read: impl Fn(Duration) -> ReadFuture<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            table,
            read: Box::new(read),
            gone: None,
            timeout: Duration::from_secs(30 * 60),
            interval: PollInterval::new(Duration::from_secs(3)).growing_to(Duration::from_secs(15)),
            start_grace: Duration::from_secs(30),
            on_progress: None,
        }
    }

    /// Gives this when what is read is gone.
    pub(crate) fn or_gone(mut self, value: T) -> Self {
        self.gone = Some(value);
        self
    }

    /// Ends the wait after this time.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the pause between two reads; [`max_poll_interval`](Self::max_poll_interval), set after it, lets
    /// the pauses grow. Without either they begin with three seconds and grow to fifteen.
    pub fn poll_interval(mut self, pause: Duration) -> Self {
        self.interval = PollInterval::new(pause);
        self
    }

    /// Lets the pauses between two reads grow by half each time, up to this one.
    pub fn max_poll_interval(mut self, longest: Duration) -> Self {
        self.interval = self.interval.growing_to(longest);
        self
    }

    /// For how long after the beginning a wait takes it that what was done before it may not show yet: a
    /// state of failure or not found does not end it then, unless another state was seen before. Zero
    /// believes what is read first.
    pub fn start_grace(mut self, grace: Duration) -> Self {
        self.start_grace = grace;
        self
    }

    /// Is called with every change of the state, beginning with the first state.
    pub fn on_progress<'b>(self, callback: impl FnMut(&Progress) + Send + 'b) -> Wait<'b, T>
    where
        'a: 'b,
    {
        Wait {
            on_progress: Some(Box::new(callback)),
            ..self
        }
    }
}

impl<'a, T: Send + 'a> IntoFuture for Wait<'a, T> {
    type Output = Result<T, WaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Wait<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("for", &self.table.name())
            .field("timeout", &self.timeout)
            .field("interval", &self.interval)
            .field("start_grace", &self.start_grace)
            .finish_non_exhaustive()
    }
}
