//! The methods of [`Handle`] that inspect dev instances, image pack jobs, sessions and recorded
//! requests.

use std::collections::BTreeMap;

use super::{Handle, ImagePackJobInfo, InstanceInfo, SessionInfo};
use crate::access::Principal;
use crate::journal::RequestRecord;

impl Handle {
    /// Returns all dev instances, oldest first, including deleted ones as long as they can be read.
    pub fn instances(&self) -> Vec<InstanceInfo> {
        let now = self.app.now().world;
        let instances = self.app.state_at(now).instances.all();
        let snapshots = instances.iter().map(|instance| InstanceInfo {
            id: instance.id.clone(),
            name: instance.name.clone(),
            status: instance.status(),
        });
        snapshots.collect()
    }

    /// Returns all image pack jobs, grouped by dev instance, and oldest first in each group.
    pub fn image_pack_jobs(&self) -> Vec<ImagePackJobInfo> {
        let now = self.app.now().world;
        let instances = self.app.state_at(now).instances.all();
        let jobs = instances.iter().flat_map(|instance| {
            instance.jobs().map(|job| ImagePackJobInfo {
                id: job.id.clone(),
                dev_instance_id: instance.id.clone(),
                image: job.reference(),
                status: job.status_at(now).0,
            })
        });
        jobs.collect()
    }

    /// Returns the temporary credentials that have been issued, sorted by access key id. Expired
    /// credentials are included until another one is issued. At most the latest 10,000 credentials
    /// are kept.
    pub fn sessions(&self) -> Vec<SessionInfo> {
        let now = self.app.now();
        // The expiry is shown by the clock outside the emulator, for which skipped time has not
        // passed.
        let ahead = now.session - now.wall;
        let state = self.app.state_at(now.world);
        let mut snapshots: Vec<_> = state
            .sessions
            .iter()
            .map(|session| SessionInfo {
                access_key_id: session.credentials.access_key_id().to_owned(),
                role_name: match &session.grant.principal {
                    Principal::User(_) => None,
                    Principal::Role { name, .. } => Some(name.clone()),
                },
                expires_at: session
                    .grant
                    .expires_at
                    .checked_sub(ahead)
                    .unwrap_or(session.grant.expires_at),
                acl: session
                    .grant
                    .document
                    .as_ref()
                    .map(|acl| acl.text().to_string()),
            })
            .collect();
        snapshots.sort_by(|a, b| a.access_key_id.cmp(&b.access_key_id));
        snapshots
    }

    /// Returns the number of requests for this operation, including refused ones.
    pub fn request_count(&self, operation: &str) -> u64 {
        self.app
            .journal()
            .counts()
            .get(operation)
            .copied()
            .unwrap_or_default()
    }

    /// Returns the number of requests for each operation, including refused ones.
    pub fn request_counts(&self) -> BTreeMap<&'static str, u64> {
        self.app.journal().counts().clone()
    }

    /// Returns the latest requests, at most a thousand, oldest first and without secrets.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.app.journal().last().cloned().collect()
    }

    /// Removes the recorded requests and their counts.
    pub fn clear_requests(&self) {
        self.app.journal().clear();
    }
}
