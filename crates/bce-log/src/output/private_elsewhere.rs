//! Files and directories on systems where each user has their own directory for temporary files.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Returns the default directory of log files.
pub(super) fn default_dir() -> PathBuf {
    std::env::temp_dir().join("bce-log")
}

pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Opens a log file for appending, or creates it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    OpenOptions::new().append(true).create(true).open(path)
}
