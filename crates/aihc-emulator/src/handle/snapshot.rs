//! Dev instances to a file and back.

use std::path::Path;

use super::Handle;
use crate::snapshot::{self, SnapshotError};

impl Handle {
    /// All dev instances at one instant, with their events and image pack jobs, as JSON. Access keys,
    /// sessions, client tokens, requests and faults are not part of it; the values of environment
    /// variables are.
    ///
    /// # Errors
    ///
    /// If a time stamp has no form in JSON.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        let now = self.app.now().world;
        let instances = self.app.state_at(now).instances.all();
        snapshot::write(&instances, now)
    }

    /// Puts the dev instances of a snapshot in the place of those that are there, all at one instant.
    /// They keep their time stamps; what was still to come, such as a timed stop, comes as much later
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
