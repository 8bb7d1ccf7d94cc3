//! Inspection and manipulation of a running emulator.

mod access;
mod error;
mod fault;
mod inspect;
mod instances;
mod snapshot;
mod timing;
mod workloads;

pub use self::error::{InstanceError, NoSuchResource};
#[cfg(test)]
pub(crate) use self::instances::small;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::app::App;
use crate::state::{ImagePackJobStatus, InstanceStatus, JobStatus};

/// A handle that inspects and changes a running emulator. It is cheap to clone and does not keep
/// the server alive.
#[derive(Debug, Clone)]
pub struct Handle {
    app: Arc<App>,
}

impl Handle {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

/// A dev instance in its actual state at the time of the call. If the scenario sets
/// [`read_after_write`](crate::Scenario::read_after_write), the API may still show an older state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InstanceInfo {
    /// The id: `dv-` and eight hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// The state.
    pub status: InstanceStatus,
}

/// An image pack job at the time of the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ImagePackJobInfo {
    /// The id: `tk-` and eight hexadecimal digits.
    pub id: String,
    /// The id of the dev instance that is packed.
    pub dev_instance_id: String,
    /// The registry, namespace, name and tag of the image.
    pub image: String,
    /// The state.
    pub status: ImagePackJobStatus,
}

/// A temporary credential that the emulated STS has issued.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The access key id of the credential.
    pub access_key_id: String,
    /// The name of the role whose permissions the credential has; `None` if it belongs to a user.
    pub role_name: Option<String>,
    /// The time from which the credential is refused.
    pub expires_at: OffsetDateTime,
    /// The access control document that was sent with the request for the session, as JSON; `None`
    /// if there was none, or if it contained no `accessControlList`.
    pub acl: Option<String>,
}

/// A training job at the time of the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct JobInfo {
    /// The id: `job-` and twelve letters and digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// The state.
    pub status: JobStatus,
}

/// An inference service at the time of the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServiceInfo {
    /// The id: `s-` and twelve hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// The number of instances of the service.
    pub instances: usize,
    /// The number of instances whose pods are all running.
    pub available: usize,
}

/// The kind of failure of a dev instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// State 18: failed, but can be started again.
    Failed,
    /// State 19: abnormal and unusable.
    Abnormal,
}
