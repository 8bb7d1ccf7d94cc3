//! What an application says about its log files.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::Rotation;
use crate::Error;

/// Log files in a directory: `NAME.log`, or with what tells them apart, such as
/// `NAME.2026-11-23_10.log`.
///
/// Several processes may write to the same files, on a local file system.
#[derive(Clone, Debug)]
pub struct FileOutput {
    pub(super) dir: PathBuf,
    pub(super) name: String,
    pub(super) rotation: Rotation,
    pub(super) keep: Option<NonZeroUsize>,
}

impl Default for FileOutput {
    fn default() -> Self {
        Self {
            dir: std::env::temp_dir(),
            name: "bce".to_owned(),
            rotation: Rotation::default(),
            keep: None,
        }
    }
}

impl FileOutput {
    /// Hourly files named `bce` in the system's directory for temporary files, all of them kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another directory. It is created if it is missing.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    /// Another name, for all files to begin with.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// When a new file begins.
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Keeps so many files, the current one included; the oldest are deleted. Counts and deletes
    /// only files with names that this name and rotation give. Zero keeps all.
    pub fn keep(mut self, files: usize) -> Self {
        self.keep = NonZeroUsize::new(files);
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let name = Path::new(&self.name);
        // A file name and nothing else.
        if self.name.is_empty() || name.file_name() != Some(name.as_os_str()) {
            return Err(Error::setting(&self.name, "is not the name of a file"));
        }
        if self.rotation == Rotation::Size(0) {
            return Err(Error::setting("size=0", "would put nothing into a file"));
        }
        Ok(())
    }
}
