//! Files and directories where each user has a directory for temporary files.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Returns where log files go unless somebody says where.
pub(super) fn default_dir() -> PathBuf {
    std::env::temp_dir().join("bce-log")
}

pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Opens a log file for appending, or makes it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    OpenOptions::new().append(true).create(true).open(path)
}
