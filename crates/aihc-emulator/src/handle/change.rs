//! Changes to dev machines that no operation makes.

use std::ops::Range;

use serde_json::json;

use super::{Failure, Handle};
use crate::error::ApiError;
use crate::state::{CHUNK, Settings, Status};

impl Handle {
    /// Breaks a dev machine; `reason` shows in `statusReason` and in an event. False when there is
    /// no such machine, or when it is deleted or being deleted.
    pub fn fail_instance(&self, id: &str, failure: Failure, reason: impl Into<String>) -> bool {
        let status = match failure {
            Failure::Failed => Status::Failed,
            Failure::Abnormal => Status::Abnormal,
        };
        let (now, reason) = (self.app.now().world, reason.into());
        let mut state = self.app.state_at(now);
        let failed: Result<bool, ApiError> = state.instances.change(id, now, |instance, pace| {
            Ok(instance.fail(status, reason, now, pace))
        });
        failed.unwrap_or(false)
    }

    /// Puts a dev machine into the state of a documented code, whatever it was in; a state that
    /// does not last goes on from there by itself. `reason` shows in `statusReason`. False when
    /// there is no such machine or no such state.
    pub fn set_instance_status(&self, id: &str, status: i64, reason: impl Into<String>) -> bool {
        let Some(status) = Status::from_code(status) else {
            return false;
        };
        let (now, reason) = (self.app.now().world, reason.into());
        let mut state = self.app.state_at(now);
        let set: Result<(), ApiError> = state.instances.change(id, now, |instance, pace| {
            instance.force(status, reason, now, pace);
            Ok(())
        });
        set.is_ok()
    }

    /// Takes the place of a dev machine that is deployed or runs, as one of a higher priority
    /// would: it goes back to state 1. False when there is no such machine or when it has no place.
    pub fn preempt_instance(&self, id: &str) -> bool {
        let now = self.app.now().world;
        let mut state = self.app.state_at(now);
        let preempted: Result<bool, ApiError> =
            state
                .instances
                .change(id, now, |instance, pace| Ok(instance.preempt(now, pace)));
        preempted.unwrap_or(false)
    }

    /// Makes an image pack job fail, with state 30. False when there is no such job, or when it is
    /// finished.
    pub fn fail_image_pack_job(&self, dev_instance_id: &str, job_id: &str) -> bool {
        let now = self.app.now().world;
        let mut state = self.app.state_at(now);
        let failed: Result<bool, ApiError> =
            state
                .instances
                .change(dev_instance_id, now, |instance, pace| {
                    Ok(instance.fail_job(job_id, now, pace))
                });
        failed.unwrap_or(false)
    }

    /// Adds running dev machines with the names `PREFIX-0`, `PREFIX-1` and so on, a small
    /// configuration, and the user of the emulator's own credentials. Returns their ids. They come
    /// in chunks of a thousand; requests are answered in between.
    pub fn add_instances(&self, prefix: &str, count: usize) -> Vec<String> {
        let now = self.app.now().world;
        let owner = self.app.own_principal();
        let mut ids = Vec::new();
        for chunk in chunks(count) {
            let mut state = self.app.state_at(now);
            ids.extend(chunk.map(|number| {
                let name = format!("{prefix}-{number}");
                state
                    .instances
                    .create_in(Status::Running, &name, owner.clone(), small(), now)
            }));
        }
        ids
    }
}

/// The numbers below `count`, in pieces that are dealt with at one go.
fn chunks(count: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..count).step_by(CHUNK);
    starts.map(move |start| start..count.min(start + CHUNK))
}

/// A configuration in its documented shape.
pub(crate) fn small() -> Settings {
    Settings {
        conf: json!({
            "resourcePool": {
                "resourcePoolType": "", "resourcePoolId": "cce-emulator", "resourcePoolName": "",
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
    fn many_machines_come_in_chunks() {
        for count in [0, 1, CHUNK, CHUNK + 1, 100_000] {
            let chunks: Vec<_> = chunks(count).collect();
            assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK), "{count}");
            assert!(chunks.into_iter().flatten().eq(0..count), "{count}");
        }
    }
}
