//! Why a change from outside was not made.

use crate::state::InstanceStatus;

/// Why a dev instance or an image pack job could not be changed. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InstanceError {
    /// There is no dev instance of this id, or no longer.
    #[error("there is no such dev instance as `{id}`; list the instances to see their ids")]
    NoSuchInstance {
        /// The id that was asked for.
        id: String,
    },
    /// The state of the dev instance does not allow the change.
    #[error("dev instance `{id}` is {status} and cannot {change}; set another status first")]
    WrongStatus {
        /// Id of the dev instance.
        id: String,
        /// The state it is in.
        status: InstanceStatus,
        /// What it cannot do.
        change: &'static str,
    },
    /// The dev instance has no image pack job of this id, or the job is finished.
    #[error("there is no such unfinished job as `{job_id}` of dev instance `{id}`; list the jobs")]
    NoSuchJob {
        /// Id of the dev instance.
        id: String,
        /// The id of the job that was asked for.
        job_id: String,
    },
}

/// The resource to be changed does not exist. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("there is no such {kind} as `{id}`; list them to see their ids")]
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

    /// Returns the id that was asked for.
    pub fn id(&self) -> &str {
        &self.id
    }
}
