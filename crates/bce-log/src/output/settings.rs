//! Settings of log files.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::{Rotation, private};
use crate::error::Error;

/// Log files in a directory: `NAME.log`, or with what tells them apart, such as
/// `NAME.2026-11-23_10.log`.
///
/// Several processes may write to the same files, on a local file system.
///
/// On Unix, files are for their owner alone: they are made with mode 0600, and one that is there is
/// narrowed to that. A symbolic link, anything that is no regular file, a file of another user, and one
/// with several hard links are not written to; what is there when the logger is built makes
/// [`build`](crate::Builder::build) fail, and later ones cost records, which standard error says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileOutput {
    pub(super) dir: PathBuf,
    /// The directory is our choice, in a place where others may put things.
    pub(super) shared: bool,
    pub(super) name: String,
    pub(super) rotation: Rotation,
    pub(super) keep: Option<NonZeroUsize>,
}

impl Default for FileOutput {
    fn default() -> Self {
        Self {
            dir: private::default_dir(),
            shared: true,
            name: "bce".to_owned(),
            rotation: Rotation::default(),
            keep: None,
        }
    }
}

impl FileOutput {
    /// Hourly files named `bce`, all of them kept, in the directory `bce-log-UID` below the system's one
    /// for temporary files (on Windows `bce-log`).
    ///
    /// That directory is made with mode 0700. One that is there must belong to the user, must not be a
    /// symbolic link, and must not be writable by others.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another directory. It is created if it is missing. Who else may write to it is not looked at.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self.shared = false;
        self
    }

    /// Another name, for all files to begin with.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets when a new file begins.
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
