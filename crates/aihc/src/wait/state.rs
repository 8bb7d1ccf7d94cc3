//! The states of jobs and services.

use std::fmt;

use bce_http::rt::one_line;
use bce_http::wait::WaitState;

use crate::jobs::JobStatus;
use crate::services::ServiceState;

/// The state of a training job or an inference service, as a wait has read it.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The state of a training job.
    Job(JobStatus),
    /// The state of an inference service.
    Service(ServiceState),
    /// The response contained no state.
    Unreported,
    /// The service does not know the job or service: either not yet or no longer.
    NotFound,
}

impl WaitState for State {
    const UNREPORTED: Self = Self::Unreported;
    const NOT_FOUND: Self = Self::NotFound;
}

/// Writes a single line, even if the service sends a state of several lines.
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
