//! Saving and restoring the whole state.

use std::path::Path;

use super::Handle;
use crate::snapshot::{self, Rest, SnapshotError};

impl Handle {
    /// Returns the whole state at one instant as JSON: dev instances with their events and image
    /// pack jobs, pools, datasets, models, jobs and services. It does not include access keys,
    /// sessions, client tokens, requests and faults, but it does include the values of environment
    /// variables.
    ///
    /// # Errors
    ///
    /// If a time stamp cannot be represented in JSON.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        let now = self.app.now().world;
        let (instances, rest) = {
            let state = self.app.state_at(now);
            let rest = Rest {
                since: state.since,
                pools: state.pools.clone(),
                datasets: state.datasets.iter().cloned().collect(),
                models: state.models.iter().cloned().collect(),
                jobs: state.jobs.iter().cloned().collect(),
                services: state.services.iter().cloned().collect(),
            };
            (state.instances.all(), rest)
        };
        snapshot::write(&instances, &rest, now)
    }

    /// Replaces the state by a snapshot, all at one instant. A snapshot of an earlier version
    /// contains only dev instances: jobs and services are removed then, and pools, datasets and
    /// models stay. All time stamps are kept; pending events, such as a timed stop, are postponed
    /// by the age of the snapshot. Client tokens are removed.
    ///
    /// # Errors
    ///
    /// If the text is not a snapshot; nothing has changed then.
    pub fn restore(&self, snapshot: &str) -> Result<(), SnapshotError> {
        self.app.restore(snapshot::read(snapshot)?);
        Ok(())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file, completely or not at all. Only its owner
    /// may read the file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        snapshot::save(path.as_ref(), &self.snapshot()?)
    }

    /// Restores the snapshot in a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not a snapshot; nothing has changed then.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        self.restore(&std::fs::read_to_string(path)?)
    }
}
