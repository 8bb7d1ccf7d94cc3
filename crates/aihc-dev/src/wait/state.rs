//! The states of dev instances and of their jobs.

use std::fmt;

use bce_http::wait::WaitState;

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

    /// Returns whether a start may be under way although the state does not show it yet.
    pub(super) fn may_be_before_start(&self) -> bool {
        match self {
            Self::DevInstance(status) => status.can_start(),
            Self::NotFound => true,
            Self::ImagePackJob(_) | Self::Unreported => false,
        }
    }
}

impl WaitState for State {
    const UNREPORTED: Self = Self::Unreported;
    const NOT_FOUND: Self = Self::NotFound;
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
