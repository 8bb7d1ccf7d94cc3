//! The progress of a wait.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::error::one_line;

/// The type of the state that a wait reports. It also has values for a state that is not reported,
/// and for an object that does not exist. Client crates define their own type; [`State`] serves
/// everyone else.
pub trait WaitState: Clone + PartialEq + fmt::Display + Send + Sync {
    /// The state of an object for which the service returned no state.
    const UNREPORTED: Self;
    /// The state of an object that the service does not know: not yet, or no longer.
    const NOT_FOUND: Self;
}

/// A state that is given by its number or by its name.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A number.
    Number(i64),
    /// A name.
    Text(Cow<'static, str>),
    /// The service responded without a state.
    Unreported,
    /// The service does not know the object: not yet, or no longer.
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

/// Writes the state on one line. States are names, so a long text is not a state and is not shown.
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

/// A change that a wait has observed: a different state, or a different explanation of the same
/// state.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress<S = State> {
    /// The state, which is the same as before if only its explanation has changed.
    pub state: S,
    /// The service's explanation of the state; it may be empty.
    pub reason: String,
    /// The time since the wait began.
    pub elapsed: Duration,
    /// The previous state, which may be the same, and for how long it was seen; `None` for the
    /// first state.
    pub previous: Option<(S, Duration)>,
}
