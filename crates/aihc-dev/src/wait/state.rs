//! The states of dev instances and image pack jobs.

use std::fmt;

use bce_http::wait::WaitState;

use crate::model::{DevInstanceStatus, ImagePackJobStatus};

/// The state of a dev instance or an image pack job, as a wait has read it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The state of a dev instance.
    DevInstance(DevInstanceStatus),
    /// The state of an image pack job.
    ImagePackJob(ImagePackJobStatus),
    /// The response contained no state.
    Unreported,
    /// The service does not know the instance or the job: either not yet or no longer.
    NotFound,
}

impl State {
    /// Returns the numeric code of the state, or `None` if the service did not report a state or
    /// did not find the instance or the job.
    pub fn code(self) -> Option<i64> {
        match self {
            Self::DevInstance(status) => Some(status.code()),
            Self::ImagePackJob(status) => Some(status.code()),
            Self::Unreported | Self::NotFound => None,
        }
    }

    /// Returns whether the state may be outdated, that is, from before a start or a creation that
    /// reads do not show yet.
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
