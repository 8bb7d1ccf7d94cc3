//! The progress of a wait.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::error::one_line;

/// A state as a wait shows it, whether or not the service reports one. Client crates have such a type for
/// their states; for all others there is [`State`].
pub trait WaitState: Clone + PartialEq + fmt::Display + Send + Sync {
    /// The service answered, but named no state.
    const UNREPORTED: Self;
    /// The service does not know what is read: not yet, or not any more.
    const NOT_FOUND: Self;
}

/// A state by its number or name.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A code.
    Number(i64),
    /// A name.
    Text(Cow<'static, str>),
    /// The service answered, but named no state.
    Unreported,
    /// The service does not know what is read: not yet, or not any more.
    NotFound,
}

impl WaitState for State {
    const UNREPORTED: Self = Self::Unreported;
    const NOT_FOUND: Self = Self::NotFound;
}

impl From<i64> for State {
    fn from(code: i64) -> Self {
        Self::Number(code)
    }
}

impl From<&'static str> for State {
    fn from(name: &'static str) -> Self {
        Self::Text(Cow::Borrowed(name))
    }
}

impl From<String> for State {
    fn from(name: String) -> Self {
        Self::Text(Cow::Owned(name))
    }
}

/// On one line. States are names: a longer text is none, and is not shown.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 64;
        match self {
            Self::Number(code) => code.fmt(f),
            Self::Text(name) if name.len() > LONGEST => f.pad("a state with a long name"),
            Self::Text(name) => f.pad(&one_line(name)),
            Self::Unreported => f.pad("no state reported"),
            Self::NotFound => f.pad("not found"),
        }
    }
}

/// A change that a wait has seen: another state, or another reason for the same one.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress<S = State> {
    /// The state as of now.
    pub state: S,
    /// The service's explanation of the state; may be empty.
    pub reason: String,
    /// The time since the wait began.
    pub elapsed: Duration,
    /// The state before, and for how long it was seen.
    pub previous: Option<(S, Duration)>,
}
