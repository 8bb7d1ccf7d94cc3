//! Inspects and manipulates a running emulator.

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

/// Inspects and manipulates a running emulator. Cheap to clone; it does not keep the
/// server alive.
#[derive(Debug, Clone)]
pub struct Handle {
    app: Arc<App>,
}

impl Handle {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

/// One dev instance at the instant of looking, as it truly is: reads that lag may still show
/// something older.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InstanceInfo {
    /// Id, `dv-` and eight digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// State.
    pub status: InstanceStatus,
}

/// One image pack job at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ImagePackJobInfo {
    /// Id, `tk-` and eight digits.
    pub id: String,
    /// Id of the dev instance that is packed.
    pub dev_instance_id: String,
    /// Registry, namespace, name and tag of the image.
    pub image: String,
    /// State.
    pub status: ImagePackJobStatus,
}

/// One temporary credential that the emulated STS has issued.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Access key id of the credential.
    pub access_key_id: String,
    /// Name of the role that was assumed; `None` for a session token.
    pub role_name: Option<String>,
    /// From this instant on the credential is refused.
    pub expires_at: OffsetDateTime,
    /// The access control document that was sent along, as JSON; `None` when it narrows nothing.
    pub acl: Option<String>,
}

/// One training job at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct JobInfo {
    /// Id, `job-` and twelve letters and digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// State.
    pub status: JobStatus,
}

/// One inference service at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServiceInfo {
    /// Id, `s-` and twelve digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// The number of its instances.
    pub instances: usize,
    /// The number of instances whose pods all run.
    pub available: usize,
}

/// The way in which a dev instance breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// State 18: failed, and can be started again.
    Failed,
    /// State 19: abnormal and unusable.
    Abnormal,
}
