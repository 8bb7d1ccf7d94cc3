//! The states of jobs and of services.

use std::fmt;

use bce_http::rt::one_line;
use bce_http::wait::WaitState;

use crate::jobs::JobStatus;
use crate::services::ServiceState;

/// A state that a wait has read.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Of a training job.
    Job(JobStatus),
    /// Of an inference service.
    Service(ServiceState),
    /// The service answered, but named no state.
    Unreported,
    /// The service does not know what is waited for: not yet, or not any more.
    NotFound,
}

impl WaitState for State {
    const UNREPORTED: Self = Self::Unreported;
    const NOT_FOUND: Self = Self::NotFound;
}

/// On one line, whatever the service calls a state.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job(status) => f.pad(&one_line(status.as_str())),
            Self::Service(state) => state.fmt(f),
            Self::Unreported => f.pad("no state reported"),
            Self::NotFound => f.pad("not found"),
        }
    }
}
