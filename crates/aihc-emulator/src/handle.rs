//! A look inside a running emulator.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::app::App;
use crate::error::ApiError;
use crate::journal::RequestRecord;
use crate::state::{Principal, Status};

/// Looks into a running emulator and breaks things in it. Cheap to clone; it does not keep the
/// server alive.
#[derive(Debug, Clone)]
pub struct Handle {
    app: Arc<App>,
}

/// One dev machine at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceSnapshot {
    /// Id, `dv-` and eight digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// Numeric code of the state, for example 3 for running.
    pub status: i64,
}

/// One image pack job at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePackJobSnapshot {
    /// Id, `tk-` and eight digits.
    pub id: String,
    /// Id of the dev machine that is packed.
    pub dev_instance_id: String,
    /// Registry, namespace, name and tag of the image.
    pub image: String,
    /// Numeric code of the state: 5 is completed, 30 is failed.
    pub status: i64,
}

/// One temporary credential that the emulated STS has issued.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionSnapshot {
    /// Access key id of the credential.
    pub access_key_id: String,
    /// Name of the role that was assumed; `None` for a session token.
    pub role_name: Option<String>,
    /// From this instant on the credential is refused.
    pub expires_at: OffsetDateTime,
    /// The access control document that was sent along, as JSON. It is kept, not evaluated.
    pub acl: Option<String>,
}

/// How a dev machine breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// State 18: failed, and can be started again.
    Failed,
    /// State 19: abnormal and unusable.
    Abnormal,
}

impl Handle {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// All dev machines, oldest first; deleted ones as long as they can be read.
    pub fn instances(&self) -> Vec<InstanceSnapshot> {
        let state = self.app.state_at(self.app.now());
        let snapshots = state.instances.iter().map(|instance| InstanceSnapshot {
            id: instance.id.clone(),
            name: instance.name.clone(),
            status: instance.status().code(),
        });
        snapshots.collect()
    }

    /// All image pack jobs, by dev machine and oldest first.
    pub fn image_pack_jobs(&self) -> Vec<ImagePackJobSnapshot> {
        let now = self.app.now();
        let state = self.app.state_at(now);
        let jobs = state.instances.iter().flat_map(|instance| {
            instance.jobs().iter().map(|job| ImagePackJobSnapshot {
                id: job.id.clone(),
                dev_instance_id: instance.id.clone(),
                image: job.reference(),
                status: job.status_at(now).0,
            })
        });
        jobs.collect()
    }

    /// All temporary credentials, by access key id. Those that have expired disappear when the
    /// next one is issued.
    pub fn sessions(&self) -> Vec<SessionSnapshot> {
        let state = self.app.state_at(self.app.now());
        let mut snapshots: Vec<_> = state
            .sessions
            .iter()
            .map(|session| SessionSnapshot {
                access_key_id: session.credentials.access_key_id().to_owned(),
                role_name: match &session.principal {
                    Principal::User => None,
                    Principal::Role { name, .. } => Some(name.clone()),
                },
                expires_at: session.expires_at,
                acl: session.acl.as_ref().map(ToString::to_string),
            })
            .collect();
        snapshots.sort_by(|a, b| a.access_key_id.cmp(&b.access_key_id));
        snapshots
    }

    /// How many requests named this operation, refused ones included.
    pub fn request_count(&self, operation: &str) -> u64 {
        self.app
            .journal()
            .counts()
            .get(operation)
            .copied()
            .unwrap_or_default()
    }

    /// How many requests named each operation, refused ones included.
    pub fn request_counts(&self) -> BTreeMap<&'static str, u64> {
        self.app.journal().counts().clone()
    }

    /// The last hundred requests, oldest first, without secrets and bodies.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.app.journal().last().cloned().collect()
    }

    /// Breaks a dev machine; `reason` shows in `statusReason` and in an event. False when there is
    /// no such machine, or when it is deleted or being deleted.
    pub fn fail_instance(&self, id: &str, failure: Failure, reason: impl Into<String>) -> bool {
        let status = match failure {
            Failure::Failed => Status::Failed,
            Failure::Abnormal => Status::Abnormal,
        };
        let (now, reason) = (self.app.now(), reason.into());
        let mut state = self.app.state_at(now);
        let failed: Result<bool, ApiError> = state.instances.change(id, |instance, pace| {
            Ok(instance.fail(status, reason, now, pace))
        });
        failed.unwrap_or(false)
    }

    /// Makes an image pack job fail, with state 30. False when there is no such job, or when it is
    /// finished.
    pub fn fail_image_pack_job(&self, dev_instance_id: &str, job_id: &str) -> bool {
        let now = self.app.now();
        let mut state = self.app.state_at(now);
        let failed: Result<bool, ApiError> =
            state.instances.change(dev_instance_id, |instance, pace| {
                Ok(instance.fail_job(job_id, now, pace))
            });
        failed.unwrap_or(false)
    }
}
