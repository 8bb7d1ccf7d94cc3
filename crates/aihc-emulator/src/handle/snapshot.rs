//! Everything to a file and back.

use std::path::Path;

use super::Handle;
use crate::snapshot::{self, Rest, SnapshotError};

impl Handle {
    /// Everything that there is at one instant, as JSON: dev instances with their events and image pack
    /// jobs, pools, datasets, models, jobs and services. Access keys, sessions, client tokens, requests and
    /// faults are not part of it; the values of environment variables are.
    ///
    /// # Errors
    ///
    /// If a time stamp has no form in JSON.
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

    /// Puts what a snapshot has in the place of what is there, all at one instant. One of an earlier
    /// version has dev instances alone: jobs and services go then, and pools, datasets and models stay. All
    /// keep their time stamps; what was still to come, such as a timed stop, comes as much later
    /// as the snapshot is old. Client tokens are forgotten.
    ///
    /// # Errors
    ///
    /// If the text is no snapshot; nothing has changed then.
    pub fn restore(&self, snapshot: &str) -> Result<(), SnapshotError> {
        self.app.restore(snapshot::read(snapshot)?);
        Ok(())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file, whole or not at all; only its owner may read
    /// it.
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
    /// If the file cannot be read or is no snapshot; nothing has changed then.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        self.restore(&std::fs::read_to_string(path)?)
    }
}
