//! Why a wait ended without what was waited for.

use std::fmt;
use std::time::Duration;

use crate::error::Error;

/// Why a wait ended without what was waited for.
///
/// `Display` says everything in one line: what was waited for, the last state and for how long it lasted.
/// That includes the error of a request, so [`source`](std::error::Error::source) is empty, as it is for
/// [`Error`]; [`request_error`](Self::request_error) has it.
///
/// There is no conversion into [`Error`]. That one is the outcome of a call, and a wait changes nothing.
pub struct WaitError(Box<Inner>);

struct Inner {
    kind: WaitErrorKind,
    goal: &'static str,
    elapsed: Duration,
    last: Option<(String, Duration)>,
    request: Option<Error>,
}

/// What kind of failure a [`WaitError`] is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitErrorKind {
    /// A state was reached from which the wanted one does not follow.
    Failed,
    /// The limit of the wait has passed. The wanted state may still come.
    TimedOut,
    /// The state cannot be read; see [`WaitError::request_error`].
    Request,
}

impl WaitError {
    pub(super) fn new(
        kind: WaitErrorKind,
        goal: &'static str,
        elapsed: Duration,
        last: Option<(String, Duration)>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            goal,
            elapsed,
            last,
            request: None,
        }))
    }

    pub(super) fn with_request(mut self, error: Option<Error>) -> Self {
        self.0.request = error;
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// Whether the limit of the wait has passed.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == WaitErrorKind::TimedOut
    }

    /// The name or number of the state that was read last; `None` when none was.
    pub fn state(&self) -> Option<&str> {
        self.0.last.as_ref().map(|(state, _)| state.as_str())
    }

    /// For how long that state was seen.
    pub fn time_in_state(&self) -> Option<Duration> {
        self.0.last.as_ref().map(|(_, lasted)| *lasted)
    }

    /// The time from the start of the wait to this error.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Why the state could not be read the last time. After a timeout it is there when the last
    /// read failed.
    pub fn request_error(&self) -> Option<&Error> {
        self.0.request.as_ref()
    }
}

impl std::error::Error for WaitError {}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let what = match inner.kind {
            WaitErrorKind::TimedOut => "not",
            WaitErrorKind::Failed => "failed",
            WaitErrorKind::Request => "unknown",
        };
        write!(
            f,
            "{}: {what} after {} s",
            inner.goal,
            inner.elapsed.as_secs()
        )?;
        if let Some((state, lasted)) = &inner.last {
            write!(f, "; {state} for {} s", lasted.as_secs())?;
        }
        if let Some(error) = &inner.request {
            write!(f, "; {error}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitError")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .finish()
    }
}
