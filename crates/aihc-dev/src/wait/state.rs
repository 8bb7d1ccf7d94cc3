//! What a wait has seen.

use std::fmt;
use std::time::Duration;

use crate::model::{DevInstanceStatus, ImagePackJobStatus};

/// A state that a wait has read.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Of a dev instance.
    DevInstance(DevInstanceStatus),
    /// Of an image pack job.
    ImagePackJob(ImagePackJobStatus),
    /// The service answered, but named no state.
    Unreported,
    /// The service does not know the instance or the job: not yet, or not any more.
    NotFound,
}

impl State {
    /// Returns the number on the wire; `None` when the service named no state.
    pub fn code(self) -> Option<i64> {
        match self {
            Self::DevInstance(status) => Some(status.code()),
            Self::ImagePackJob(status) => Some(status.code()),
            Self::Unreported | Self::NotFound => None,
        }
    }

    /// Whether a start may be under way although the state does not show it yet.
    pub(super) fn may_be_before_start(self) -> bool {
        match self {
            Self::DevInstance(status) => status.can_start(),
            Self::NotFound => true,
            Self::ImagePackJob(_) | Self::Unreported => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DevInstance(status) => status.fmt(f),
            Self::ImagePackJob(status) => status.fmt(f),
            Self::Unreported => f.pad("no state reported"),
            Self::NotFound => f.pad("not found"),
        }
    }
}

/// A change that a wait has seen: another state, or another reason for the same one.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The state as of now.
    pub state: State,
    /// `statusReason`; may be empty.
    pub reason: String,
    /// The time since the wait began.
    pub elapsed: Duration,
    /// The state before, and for how long it was seen.
    pub previous: Option<(State, Duration)>,
}

/// What one read of the state gave.
pub(super) struct Snapshot<T> {
    pub(super) state: State,
    pub(super) reason: String,
    pub(super) value: Option<T>,
}
