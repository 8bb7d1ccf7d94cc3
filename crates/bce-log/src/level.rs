//! Severity levels.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The severity of a record. As a threshold, a level admits records of this level and more severe
/// ones.
///
/// `Trace` to `Error` are the levels of `tracing`. [`fatal!`](crate::fatal!) writes `Fatal`, and
/// the panic hook of [`Builder::panics`](crate::Builder::panics) writes `Panic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Details that are less severe than the lowest of the six levels of the Go SDK. The default
    /// threshold does not admit this level.
    Trace,
    /// Information for developers. This level is the default threshold.
    Debug,
    /// Normal events.
    Info,
    /// Events that may need attention.
    Warn,
    /// Failures.
    Error,
    /// Failures from which the program cannot recover.
    Fatal,
    /// A panic.
    Panic,
}

impl Level {
    /// All levels, least severe first.
    pub const ALL: [Self; 7] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
        Self::Fatal,
        Self::Panic,
    ];

    /// Returns the label that a record shows, such as `DEBUG`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Panic => "PANIC",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl From<tracing::Level> for Level {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::TRACE => Self::Trace,
            tracing::Level::DEBUG => Self::Debug,
            tracing::Level::INFO => Self::Info,
            tracing::Level::WARN => Self::Warn,
            tracing::Level::ERROR => Self::Error,
        }
    }
}

impl FromStr for Level {
    type Err = Error;

    /// Parses a label, in upper or lower case.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let named = |level: &Self| level.label().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            let levels = "trace, debug, info, warn, error, fatal, panic";
            Error::setting(word, format!("is not a level; expected one of {levels}"))
        })
    }
}
