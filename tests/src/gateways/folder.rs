//! The folder of a gateway test. It contains settings, certificates, and the output of the gateway.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A temporary folder. Dropping the value removes the folder.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Result<Self, String> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("gateways-{}-{number}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0)
            // squid changes to another user, as which its helpers read files in this folder.
            .and_then(|()| fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)))
            .map_err(|error| folder.failed(&error))?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and returns its path.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| self.failed(&error))?;
        Ok(path)
    }

    fn failed(&self, error: &std::io::Error) -> String {
        format!("{}: {error}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A gateway that was killed has no other files here; the rest is in folders of the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}
