//! The methods of [`Handle`] that save and restore the state of all emulated resources.

use std::path::Path;

use super::Handle;
use crate::snapshot::{self, Rest, SnapshotError};

impl Handle {
    /// Returns the state of all emulated resources at one instant as JSON: dev instances with their
    /// events and image pack jobs, pools, datasets, models, jobs and services. It does not include
    /// access keys, sessions, client tokens, requests or faults, but it does include the values of
    /// environment variables.
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

    /// Replaces the state with that of a snapshot, in a single step. If the snapshot lacks pools,
    /// datasets or models, the existing ones are kept; if it lacks jobs or services, none remain.
    /// All time stamps are kept; pending events, such as a timed stop, are postponed by the age of
    /// the snapshot. Client tokens are removed.
    ///
    /// # Errors
    ///
    /// If the string is not a snapshot. In this case, nothing has changed.
    pub fn restore(&self, snapshot: &str) -> Result<(), SnapshotError> {
        self.app.restore(snapshot::read(snapshot)?);
        Ok(())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file, completely or not at all. On Unix, only the
    /// owner of the file may read it. If `path` is a device or a pipe, the snapshot is written to
    /// it directly.
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
    /// If the file cannot be read or is not a snapshot. In this case, nothing has changed.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        self.restore(&std::fs::read_to_string(path)?)
    }
}
