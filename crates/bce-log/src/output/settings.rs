//! Settings of log files.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::{Rotation, private};
use crate::error::Error;

/// Log files in a directory. They are named `NAME.log` or, if they rotate, have a name with a
/// distinguishing part, such as `NAME.2026-11-23_10.log`.
///
/// Several processes may write to the same files on a local file system.
///
/// On Unix, only the owner can access the files: they are created with mode 0600, and the
/// permissions of other users are removed from existing files. Symbolic links, anything else that
/// is not a regular file, files of other users, and files with several hard links are refused. If
/// one of these is in place of the log file when the logger is built,
/// [`build`](crate::Builder::build) fails; if it appears later, records are lost, which is reported
/// on standard error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileOutput {
    pub(super) dir: PathBuf,
    /// Whether the directory is the default one, which is in a place where other users may create
    /// files.
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
    /// Creates settings for hourly files whose names begin with `bce`, and which are all kept. They
    /// are in the directory `bce-log-UID` (on Windows, `bce-log`) in the system's directory for
    /// temporary files.
    ///
    /// On Unix, this directory is created with mode 0700. If it already exists, it must belong to
    /// the user, must not be a symbolic link, and must not be writable by others.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the directory, which is created if it does not exist. Whether other users have access
    /// to it is not checked.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self.shared = false;
        self
    }

    /// Sets the beginning of the file names, such as `app` in `app.2026-11-23_10.log`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the rule that determines when a new file begins.
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Sets the number of files to keep, including the current one; the oldest files beyond this
    /// number are deleted. Only files whose names result from the name and the rotation in these
    /// settings are counted and deleted. Zero means that all files are kept.
    pub fn keep(mut self, files: usize) -> Self {
        self.keep = NonZeroUsize::new(files);
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let name = Path::new(&self.name);
        // The name must be a plain file name.
        if self.name.is_empty() || name.file_name() != Some(name.as_os_str()) {
            return Err(Error::setting(&self.name, "is not a file name"));
        }
        if self.rotation == Rotation::Size(0) {
            return Err(Error::setting(
                "size=0",
                "leaves no room for records; the size must be at least 1",
            ));
        }
        Ok(())
    }
}
