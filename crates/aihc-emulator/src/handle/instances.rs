//! The methods of [`Handle`] that change dev instances in ways that the API does not offer.

use std::ops::Range;

use serde_json::json;
use time::OffsetDateTime;

use super::{Failure, Handle, InstanceError};
use crate::delays::Pace;
use crate::error::ApiError;
use crate::state::{CHUNK, Instance, InstanceSettings, InstanceStatus};

impl Handle {
    /// Makes a dev instance fail; `reason` appears in `statusReason` and in an event.
    ///
    /// # Errors
    ///
    /// If there is no such instance, or if it has been deleted or is being deleted.
    pub fn fail_instance(
        &self,
        id: &str,
        failure: Failure,
        reason: impl Into<String>,
    ) -> Result<(), InstanceError> {
        let status = match failure {
            Failure::Failed => InstanceStatus::FAILED,
            Failure::Abnormal => InstanceStatus::ABNORMAL,
        };
        let reason = reason.into();
        self.change(id, "fail", |instance, now, pace| {
            instance.fail(status, reason, now, pace)
        })
    }

    /// Puts a dev instance into a state, regardless of its current one. If the state is temporary,
    /// the instance then continues by itself. `reason` appears in `statusReason`.
    ///
    /// # Errors
    ///
    /// If there is no such instance.
    pub fn set_instance_status(
        &self,
        id: &str,
        status: InstanceStatus,
        reason: impl Into<String>,
    ) -> Result<(), InstanceError> {
        let reason = reason.into();
        self.change(id, "be given a status", |instance, now, pace| {
            instance.force(status, reason, now, pace);
            true
        })
    }

    /// Preempts a dev instance that occupies resources, for example because it is running, as if an
    /// instance with a higher priority needed them. The preempted instance returns to state 1,
    /// queued.
    ///
    /// # Errors
    ///
    /// If there is no such instance, or if it occupies no resources.
    pub fn preempt_instance(&self, id: &str) -> Result<(), InstanceError> {
        self.change(id, "be preempted", |instance, now, pace| {
            instance.preempt(now, pace)
        })
    }

    /// Makes an image pack job fail, which puts it into state 30, failed.
    ///
    /// # Errors
    ///
    /// If there is no such instance or no such job, or if the job is finished.
    pub fn fail_image_pack_job(
        &self,
        dev_instance_id: &str,
        job_id: &str,
    ) -> Result<(), InstanceError> {
        let failed = self.change(dev_instance_id, "fail a job", |instance, now, pace| {
            instance.fail_job(job_id, now, pace)
        });
        failed.map_err(|error| match error {
            InstanceError::WrongStatus { id, .. } => InstanceError::NoSuchJob {
                id,
                job_id: job_id.to_owned(),
            },
            error => error,
        })
    }

    /// Changes a dev instance. `act` makes the change, or returns `false` if the state of the
    /// instance does not allow it.
    fn change(
        &self,
        id: &str,
        change: &'static str,
        act: impl FnOnce(&mut Instance, OffsetDateTime, &Pace) -> bool,
    ) -> Result<(), InstanceError> {
        let now = self.app.now().world;
        let mut state = self.app.state_at(now);
        let status = state.instances.change(id, now, |instance, pace| {
            let done = act(instance, now, pace);
            Ok::<_, ApiError>((!done).then(|| instance.status()))
        });
        state.fill(now);
        let id = id.to_owned();
        match status {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(InstanceError::WrongStatus { id, status, change }),
            Err(_) => Err(InstanceError::NoSuchInstance { id }),
        }
    }

    /// Adds running dev instances with the names `PREFIX-0`, `PREFIX-1` and so on. They have a
    /// small configuration, and belong to the user of the emulator's own credentials. They are
    /// added in chunks of a thousand, between which requests are handled. Returns the ids of the
    /// instances.
    pub fn add_instances(&self, prefix: &str, count: usize) -> Vec<String> {
        let now = self.app.now().world;
        let owner = self.app.own_principal();
        let mut ids = Vec::new();
        for chunk in chunks(count) {
            let mut state = self.app.state_at(now);
            ids.extend(chunk.map(|number| {
                let name = format!("{prefix}-{number}");
                state.instances.create_in(
                    InstanceStatus::RUNNING,
                    &name,
                    owner.clone(),
                    small(),
                    now,
                )
            }));
        }
        ids
    }
}

/// Divides the numbers below `count` into chunks. The state is locked while one chunk is processed,
/// so other requests are handled only between chunks.
fn chunks(count: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..count).step_by(CHUNK);
    starts.map(move |start| start..count.min(start + CHUNK))
}

/// Returns the configuration of a small dev instance, with all documented members. Its pool
/// normally does not exist, so instances with this configuration take no resources from the
/// existing pools.
pub(crate) fn small() -> InstanceSettings {
    InstanceSettings {
        conf: json!({
            "resourcePool": {
                "resourcePoolType": "", "resourcePoolId": "cce-load", "resourcePoolName": "",
                "queueName": "default",
            },
            "resources": {
                "acceleratorType": "", "acceleratorCount": 0, "cpus": 1, "memory": 2, "shmSize": 0,
            },
            "image": {
                "imageType": 0, "imageUrl": "registry.example.invalid/ubuntu:22.04",
                "username": "", "password": "",
            },
            "access": null,
            "scheduleConf": null,
            "volumnConfs": [{
                "volumnType": "cds", "mountPath": "/.rootfs", "readOnly": false,
                "cds": {"capacity": 100}, "pfs": null, "cfs": null, "bos": null, "dataset": null,
            }],
            "startCmd": "",
            "workspaceDir": "",
            "envs": {},
            "updatedAt": 0,
        }),
        visible_scope: json!({"type": 0}),
        notify: json!(null),
        is_public_mgmt: false,
        creator: "emulator".into(),
        creator_id: "emulator".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_instances_come_in_chunks() {
        for count in [0, 1, CHUNK, CHUNK + 1, 100_000] {
            let chunks: Vec<_> = chunks(count).collect();
            assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK), "{count}");
            assert!(chunks.into_iter().flatten().eq(0..count), "{count}");
        }
    }
}
