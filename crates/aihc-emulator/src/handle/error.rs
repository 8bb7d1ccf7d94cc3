//! The errors of the methods of `Handle` that change resources.

use crate::state::InstanceStatus;

/// The error returned when a dev instance or an image pack job cannot be changed. The call that
/// failed has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InstanceError {
    /// There is no dev instance with this id, or it was deleted and can no longer be read.
    #[error("there is no dev instance `{id}`; list the instances to see their ids")]
    NoSuchInstance {
        /// The id for which no dev instance was found.
        id: String,
    },
    /// The state of the dev instance does not allow the change.
    #[error("dev instance `{id}` is {status} and cannot {change}; set another status first")]
    WrongStatus {
        /// The id of the dev instance.
        id: String,
        /// The state of the dev instance.
        status: InstanceStatus,
        /// The change that is not possible in this state.
        change: &'static str,
    },
    /// The dev instance has no image pack job with this id, or the job is finished.
    #[error("dev instance `{id}` has no unfinished job `{job_id}`; list the jobs to see their ids")]
    NoSuchJob {
        /// The id of the dev instance.
        id: String,
        /// The id for which no unfinished job was found.
        job_id: String,
    },
}

/// The error returned when a resource does not exist. The call that failed has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("there is no {kind} `{id}`; list them to see their ids")]
pub struct NoSuchResource {
    kind: &'static str,
    id: String,
}

impl NoSuchResource {
    pub(super) fn new(kind: &'static str, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
        }
    }

    /// Returns the id for which no resource was found.
    pub fn id(&self) -> &str {
        &self.id
    }
}
