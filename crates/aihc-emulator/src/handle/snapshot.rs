//! Dev machines to a file and back.

use std::path::Path;

use super::Handle;
use crate::snapshot::{self, SnapshotError};

impl Handle {
    /// All dev machines with their events and image pack jobs, as JSON. Access keys, sessions,
    /// client tokens, requests and faults are not part of it.
    ///
    /// # Errors
    ///
    /// When a time stamp has no form in JSON.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        let now = self.app.now().world;
        snapshot::write(self.app.state_at(now).instances.iter(), now)
    }

    /// Puts the dev machines of a snapshot in the place of those that are there. They keep their
    /// time stamps; what was still to come, such as a timed stop, comes as much later as the
    /// snapshot is old. Client tokens are forgotten.
    ///
    /// # Errors
    ///
    /// When the text is no snapshot; nothing has changed then.
    pub fn restore(&self, snapshot: &str) -> Result<(), SnapshotError> {
        let snapshot = snapshot::read(snapshot)?;
        let now = self.app.now().world;
        let mut state = self.app.state_at(now);
        state.client_tokens.clear();
        state
            .instances
            .restore(snapshot.instances, snapshot.taken_at, now);
        Ok(())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        Ok(std::fs::write(path, self.snapshot()?)?)
    }

    /// Restores the snapshot in a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no snapshot; nothing has changed then.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        self.restore(&std::fs::read_to_string(path)?)
    }
}
