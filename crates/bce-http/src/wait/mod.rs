//! Waiting until an object reaches a state.
//!
//! The description of an API may contain waiters, which state what to wait for. For each of them,
//! the client crate has a method on the builder of the operation that reads the state:
//! `client.describe_box(id).wait_until_box_dry()`. Crates that know more about their states have
//! their own waits, which end with the same error.
//!
//! Reads may lag behind writes. For some time ([`Wait::start_grace`]), a wait therefore assumes
//! that a preceding change may not be visible yet: during this time, neither a failure state that
//! may date from before the change nor a missing object makes the wait fail.

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

/// A wait for a state. `.await` starts it, and returns a `T` when it has succeeded.
///
/// | setting | default |
/// |---|---|
/// | timeout | 30 minutes; queueing usually has no limit, so set the time that you are willing to wait |
/// | poll interval | 3 seconds, growing to 15, each shortened randomly |
/// | start grace | 30 seconds |
///
/// A read that fails for a transient reason, even after the retries of the client, does not end the
/// wait. Neither does an unknown state. Dropping the future ends the wait and changes nothing.
///
/// A `Wait` is not a future itself: pass `wait.into_future()` to `tokio::spawn` and similar
/// functions.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a, T, S = State> {
    watch: Watch<T, S>,
    /// Returns whether a result may have been read after the change that was passed to
    /// [`Wait::after_change`]; `None` if no change that reads can show was passed.
    shows_change: Option<Shows<T>>,
    timeout: Duration,
    interval: PollInterval,
    start_grace: Duration,
    on_progress: Option<Callback<'a, S>>,
}

/// A type for the result of reading an object. A result shows whether it was read before or after a
/// change of the object.
pub trait ShowsChange {
    /// The type that describes a change of the object.
    type Change: Clone + Send + Sync + 'static;

    /// Returns whether a read can show this change; `false`, for example, if no member that reads
    /// return has changed.
    fn can_show(change: &Self::Change) -> bool;

    /// Returns whether this result shows the change, and was therefore read after the change.
    /// Should also return `true` if the result does not tell whether it was read before or after.
    fn shows(&self, change: &Self::Change) -> bool;
}

impl<'a, T, S> Wait<'a, T, S> {
    /// Sets the time limit of the wait. If the wait is not successful, reading the warnings for the
    /// error may take up to five seconds more.
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

    /// Sets the interval between two reads. The interval does not grow, unless a
    /// [`max_poll_interval`](Self::max_poll_interval) is set afterwards, and every pause is
    /// shortened randomly by up to a fifth. By default, the interval is 3 seconds at first and
    /// grows to 15.
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

    /// Makes the interval between two reads grow by half each time, up to this maximum. If the
    /// maximum is shorter than the interval, the interval does not grow.
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

    /// Sets the time after the start of the wait during which a preceding change is assumed not to
    /// be visible yet. During this time, two results do not make the wait fail: a missing object,
    /// and a failure state that the object may have had before the change. Once the wait has seen a
    /// state that the object can have only after the change, both make it fail.
    ///
    /// For the same time, a wait for the state after a [change](Self::after_change) does not accept
    /// results that were read before that change. With zero, the first result counts.
    ///
    /// Some waits assume that there is no preceding change, for example a wait for a job that ends
    /// by itself. In such a wait, every state counts from the start.
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

    /// Waits for the state after this change. Until the [grace period](Self::start_grace) is over,
    /// a success state does not end the wait as long as reads return the object as it was before
    /// the change.
    ///
    /// `None` has no effect, and neither does a change that reads cannot show.
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

    /// Sets a callback that is called for every change of the state or of its explanation, and for
    /// the first state.
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
