//! The error of a wait.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::State;
use crate::error::{Error, one_line};

/// The error of a wait that was not successful.
///
/// `Display` writes everything on one line: the goal, the last state and how long it lasted, the
/// service's explanation of the state, and a few warnings, which may explain, for example, why
/// something is still queued.
///
/// If a read failed, the line includes its error, so [`source`](std::error::Error::source) returns
/// `None`, as for [`Error`]: otherwise, a program that prints an error with its sources would print
/// it twice. [`request_error`](Self::request_error) returns the error of the read.
///
/// There is no conversion into [`Error`]. An `Error` is the outcome of a call, and tells whether
/// the call may have been applied and whether it may be retried. A wait changes nothing, so for an
/// object that failed or is still queued, these questions make no sense.
pub struct WaitError<S = State>(Box<Inner<S>>);

struct Inner<S> {
    kind: WaitErrorKind,
    goal: String,
    elapsed: Duration,
    last: Option<LastState<S>>,
    warnings: Vec<Warning>,
    request: Option<Error>,
}

/// The state that was read last.
#[derive(Clone, Debug)]
pub(super) struct LastState<S> {
    pub(super) state: S,
    pub(super) reason: String,
    pub(super) lasted: Duration,
}

/// A warning of the service about the object of a wait.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The topic, as one word; or the id of the part of the object that has the problem, such as a
    /// container.
    pub reason: String,
    /// The message of the service.
    pub message: String,
    /// The time at which the warning was last seen, in the form that the service uses; it may be
    /// empty.
    pub seen_at: String,
}

impl Warning {
    /// Creates a warning.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::wait::Warning;
    ///
    /// let warning = Warning::new("ImagePull", "no such image", "");
    /// assert_eq!(warning.reason, "ImagePull");
    /// ```
    pub fn new(
        reason: impl Into<String>,
        message: impl Into<String>,
        seen_at: impl Into<String>,
    ) -> Self {
        Self {
            reason: reason.into(),
            message: message.into(),
            seen_at: seen_at.into(),
        }
    }
}

/// The kind of failure of a [`WaitError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitErrorKind {
    /// The object is in a state from which the desired state cannot be reached.
    Failed,
    /// The time limit of the wait has passed. The desired state may still be reached later.
    TimedOut,
    /// The state cannot be read; see [`WaitError::request_error`].
    Request,
}

impl<S> WaitError<S> {
    pub(super) fn new(
        kind: WaitErrorKind,
        goal: String,
        elapsed: Duration,
        last: Option<LastState<S>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            goal,
            elapsed,
            last,
            warnings: Vec::new(),
            request: None,
        }))
    }

    pub(super) fn with_request(mut self, error: Option<Error>) -> Self {
        self.0.request = error;
        self
    }

    pub(super) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.0.warnings = warnings;
        self
    }

    /// Returns the kind of failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::wait::{WaitError, WaitErrorKind};
    ///
    /// # fn example(error: &WaitError) {
    /// match error.kind() {
    ///     WaitErrorKind::Failed => println!("the state can no longer be reached"),
    ///     _ => println!("{error}"),
    /// }
    /// # }
    /// ```
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// Returns whether the time limit of the wait has passed.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// if error.is_timeout() {
    ///     println!("the state may still be reached");
    /// }
    /// # }
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.0.kind == WaitErrorKind::TimedOut
    }

    /// Returns the state that was read last; `None` if no state was read.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// println!("{:?}", error.state());
    /// # }
    /// ```
    pub fn state(&self) -> Option<&S> {
        self.0.last.as_ref().map(|last| &last.state)
    }

    /// Returns the service's explanation of the state; it may be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// println!("{}", error.reason());
    /// # }
    /// ```
    pub fn reason(&self) -> &str {
        self.0.last.as_ref().map_or("", |last| &last.reason)
    }

    /// Returns for how long the object was seen in its last state; `None` if no state was read.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// println!("in this state for {:?}", error.time_in_state());
    /// # }
    /// ```
    pub fn time_in_state(&self) -> Option<Duration> {
        self.0.last.as_ref().map(|last| last.lasted)
    }

    /// Returns what was waited for, in human-readable form: `dv-1 to be running`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// println!("nobody waits any longer for {}", error.goal());
    /// # }
    /// ```
    pub fn goal(&self) -> &str {
        &self.0.goal
    }

    /// Returns the time from the start of the wait to this error.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// println!("after {:?}", error.elapsed());
    /// # }
    /// ```
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns a few warnings of the service about the object. If the warnings have times, these
    /// are the latest ones, newest first. The list is empty if there are none, or if they could not
    /// be read. It is also empty if the kind is [`WaitErrorKind::Request`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// for warning in error.warnings() {
    ///     println!("{}: {}", warning.reason, warning.message);
    /// }
    /// # }
    /// ```
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    /// Returns the error of the last read, or `None` if the last read succeeded. Reads that only
    /// found that the object does not exist yet do not count. After a timeout, the error may be
    /// present as well.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::wait::WaitError) {
    /// if let Some(error) = error.request_error() {
    ///     println!("the state cannot be read: {error}");
    /// }
    /// # }
    /// ```
    pub fn request_error(&self) -> Option<&Error> {
        self.0.request.as_ref()
    }
}

impl<S: fmt::Display> std::error::Error for WaitError<S> {}

impl<S: fmt::Display> fmt::Display for WaitError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let what = match inner.kind {
            WaitErrorKind::TimedOut => "timed out",
            WaitErrorKind::Failed => "failed",
            WaitErrorKind::Request => "request failed",
        };
        let seconds = rounded_seconds(inner.elapsed);
        write!(f, "waiting for {}: {what} after {seconds} s", inner.goal)?;
        if let Some(last) = &inner.last {
            let seconds = rounded_seconds(last.lasted);
            write!(f, "; {} for {seconds} s", last.state)?;
            if !last.reason.is_empty() {
                write!(f, ": {}", short(&last.reason))?;
            }
        }
        for (index, warning) in inner.warnings.iter().enumerate() {
            f.write_str(if index == 0 { "; warnings: " } else { ", " })?;
            write!(f, "{}: {}", short(&warning.reason), short(&warning.message))?;
            if !warning.seen_at.is_empty() {
                write!(f, " ({})", short(&warning.seen_at))?;
            }
        }
        if let Some(error) = &inner.request {
            write!(f, "; {error}")?;
        }
        Ok(())
    }
}

impl<S: fmt::Display> fmt::Debug for WaitError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitError")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .finish()
    }
}

/// Rounds to the nearest second: a limit of two seconds passes shortly before or after.
fn rounded_seconds(duration: Duration) -> u64 {
    duration
        .saturating_add(Duration::from_millis(500))
        .as_secs()
}

/// Makes text from the service safe for a line of a log, and limits its length.
fn short(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        None => one_line(text),
        Some((end, _)) => (one_line(text.get(..end).unwrap_or_default()) + "…")
            .into_owned()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queued() -> LastState<State> {
        LastState {
            state: State::from("queued"),
            reason: "no free\naccelerator".to_owned(),
            lasted: Duration::from_secs(590),
        }
    }

    #[test]
    fn one_line_says_why_something_is_queued() {
        let warning = Warning::new(
            "FailedScheduling",
            "0/3 nodes are available",
            "2025-05-22T01:18:20Z",
        );
        let error = WaitError::new(
            WaitErrorKind::TimedOut,
            "dv-1 to be running".to_owned(),
            Duration::from_millis(599_990),
            Some(queued()),
        );
        let error = error.with_warnings(vec![warning]);
        assert_eq!(
            error.to_string(),
            "waiting for dv-1 to be running: timed out after 600 s; queued for 590 s: no free \
             accelerator; warnings: FailedScheduling: 0/3 nodes are available (2025-05-22T01:18:20Z)"
        );
        assert!(std::error::Error::source(&error).is_none());
    }

    #[test]
    fn long_texts_of_the_service_are_cut() {
        let long = "机".repeat(5000);
        assert_eq!(short(&long).chars().count(), 301);
        assert_eq!(short("short"), "short");
    }
}
