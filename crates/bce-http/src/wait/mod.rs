//! Waiting until what an operation reads has come to a state.
//!
//! A client crate has a method for each waiter that the description of its API has, on the builder of
//! the operation that reads: `client.describe_box(id).wait_until_box_dry()`. Crates that know more about
//! their states have waits of their own, which end with the same error.
//!
//! Reads may lag behind writes. So for a while ([`Wait::start_grace`]) a wait takes it that what was done
//! before it does not show yet: a state of failure is not the end then, nor is not found.

mod error;
mod progress;
mod run;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use self::error::{WaitError, WaitErrorKind, Warning};
pub use self::progress::{Progress, State, WaitState};
use crate::rt::wait::{PollInterval, Watch};

type Callback<'a, S> = Box<dyn FnMut(&Progress<S>) + Send + 'a>;
type Shows<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

/// A wait for a state, with a `T` at its end; `.await` begins it.
///
/// | item | default |
/// |---|---|
/// | timeout | 30 minutes; queueing seldom has a limit, so set what you are willing to wait |
/// | poll interval | 3 seconds, growing to 15, each a little shorter at random |
/// | start grace | 30 seconds |
///
/// A read that fails in passing, after the retries of the client, does not end the wait. States that
/// are not known are waited on. Dropping the future ends the wait and changes nothing.
///
/// The wait is no future before it is awaited: give `tokio::spawn` and the like `wait.into_future()`.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a, T, S = State> {
    watch: Watch<T, S>,
    /// Whether what was read shows a change that comes before what is waited for.
    shows_change: Option<Shows<T>>,
    timeout: Duration,
    interval: PollInterval,
    start_grace: Duration,
    on_progress: Option<Callback<'a, S>>,
}

/// Something that shows what was changed about it.
pub trait ShowsChange {
    /// A change.
    type Change: Clone + Send + Sync + 'static;

    /// Returns whether there is anything about a change that can be shown.
    fn can_show(change: &Self::Change) -> bool;

    /// Returns whether this was read after the change, as far as it tells.
    fn shows(&self, change: &Self::Change) -> bool;
}

impl<'a, T, S> Wait<'a, T, S> {
    /// Ends the wait after this time. Reading why it ended in vain may take five seconds more.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<T>(wait: bce_http::wait::Wait<'static, T>) {
    /// let wait = wait.timeout(Duration::from_secs(600));
    /// # let _ = wait;
    /// # }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the pause between two reads; [`max_poll_interval`](Self::max_poll_interval), set after it, lets
    /// the pauses grow. Without either they begin with three seconds and grow to fifteen.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<T>(wait: bce_http::wait::Wait<'static, T>) {
    /// let wait = wait.poll_interval(Duration::from_secs(5));
    /// # let _ = wait;
    /// # }
    /// ```
    pub fn poll_interval(mut self, pause: Duration) -> Self {
        self.interval = PollInterval::new(pause);
        self
    }

    /// Lets the pauses between two reads grow by half each time, up to this one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<T>(wait: bce_http::wait::Wait<'static, T>) {
    /// let wait = wait.max_poll_interval(Duration::from_secs(30));
    /// # let _ = wait;
    /// # }
    /// ```
    pub fn max_poll_interval(mut self, longest: Duration) -> Self {
        self.interval = self.interval.growing_to(longest);
        self
    }

    /// For how long after the beginning a wait takes it that what was done before it may not show yet: a
    /// state that may be from before does not end it then, nor does not found, unless another state was
    /// seen before. For as long a [change](Self::after_change) may not show yet. Zero believes what is
    /// read first.
    ///
    /// A wait for the end of something that ends by itself has no such states.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<T>(wait: bce_http::wait::Wait<'static, T>) {
    /// let wait = wait.start_grace(Duration::ZERO);
    /// # let _ = wait;
    /// # }
    /// ```
    pub fn start_grace(mut self, grace: Duration) -> Self {
        self.start_grace = grace;
        self
    }

    /// Waits for the state after this change. While reads still show what was there before it, the
    /// state that comes with that does not end the wait well, until the [grace](Self::start_grace)
    /// is over. Once they show the change, the state counts as they show it.
    ///
    /// A change of which nothing is ever shown, and no change at all are not waited for.
    pub fn after_change<'c>(mut self, change: impl Into<Option<&'c T::Change>>) -> Self
    where
        T: ShowsChange,
    {
        if let Some(change) = change.into().filter(|change| T::can_show(change)) {
            let change = change.clone();
            self.watch.goal += " with the change";
            self.shows_change = Some(Box::new(move |value| value.shows(&change)));
        }
        self
    }

    /// Is called with every change of the state or of its reason, beginning with the first state.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<T>(wait: bce_http::wait::Wait<'static, T>) {
    /// let wait = wait.on_progress(|progress| println!("{}", progress.reason));
    /// # let _ = wait;
    /// # }
    /// ```
    pub fn on_progress<'b>(self, callback: impl FnMut(&Progress<S>) + Send + 'b) -> Wait<'b, T, S>
    where
        'a: 'b,
    {
        Wait {
            on_progress: Some(Box::new(callback)),
            ..self
        }
    }
}

impl<T, S> From<Watch<T, S>> for Wait<'_, T, S> {
    fn from(watch: Watch<T, S>) -> Self {
        Self {
            watch,
            shows_change: None,
            timeout: Duration::from_secs(30 * 60),
            interval: PollInterval::new(Duration::from_secs(3)).growing_to(Duration::from_secs(15)),
            start_grace: Duration::from_secs(30),
            on_progress: None,
        }
    }
}

impl<'a, T: Send + 'a, S: WaitState + 'a> IntoFuture for Wait<'a, T, S> {
    type Output = Result<T, WaitError<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T, S> fmt::Debug for Wait<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("goal", &self.watch.goal)
            .field("timeout", &self.timeout)
            .field("interval", &self.interval)
            .field("start_grace", &self.start_grace)
            .finish_non_exhaustive()
    }
}
