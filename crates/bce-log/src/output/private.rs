//! Files and directories that no other user controls.
//!
//! In a directory that others may write to, such as `/tmp`, another user may already have placed
//! something under the expected name: a link to a file of this user, to which the log would then be
//! written; a FIFO, on which the program would wait for a reader; or a file of their own, which
//! they could read.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::geteuid;

/// The permission bits of the group and of others.
const OTHERS: u32 = 0o077;
/// The permission bits that allow the group and others to create files in a directory.
const OTHERS_WRITE: u32 = 0o022;

/// Returns the default directory of log files, which is a different one for each user.
pub(super) fn default_dir() -> PathBuf {
    let name = format!("bce-log-{}", geteuid().as_raw());
    std::env::temp_dir().join(name)
}

/// Creates a directory that only this user can write to, or checks that an existing one is such a
/// directory.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
            fs::symlink_metadata(dir)?
        }
        metadata => metadata?,
    };
    let problem = if metadata.is_symlink() {
        "is a symbolic link"
    } else if !metadata.is_dir() {
        "is not a directory"
    } else if !is_own(&metadata) {
        "belongs to another user"
    } else if metadata.mode() & OTHERS_WRITE != 0 {
        "can be written by other users"
    } else {
        return Ok(());
    };
    let text = format!("its directory {problem}; remove it, or choose another directory");
    Err(io::Error::other(text))
}

/// Opens a log file for appending, or creates it, so that no other user has access to it. A file
/// that belongs to another user is refused.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // With these flags, opening a FIFO does not wait for a reader.
    let flags = OFlags::WRONLY
        | OFlags::APPEND
        | OFlags::CREATE
        | OFlags::NOFOLLOW
        | OFlags::NONBLOCK
        | OFlags::NOCTTY
        | OFlags::CLOEXEC;
    let opened =
        rustix::io::retry_on_intr(|| rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR));
    let file = match opened {
        Ok(file) => File::from(file),
        // The system's message about a link or a FIFO is hard to understand, so a different one is
        // used.
        Err(error) => {
            let there = fs::symlink_metadata(path);
            there.map_or(Ok(()), |metadata| check(&metadata))?;
            return Err(error.into());
        }
    };
    let metadata = file.metadata()?;
    check(&metadata)?;
    if metadata.mode() & OTHERS != 0 {
        file.set_permissions(Permissions::from_mode(metadata.mode() & 0o700))?;
    }
    Ok(file)
}

fn check(metadata: &Metadata) -> io::Result<()> {
    let problem = if metadata.is_symlink() {
        "it is a symbolic link, and those are not followed"
    } else if !metadata.is_file() {
        "it is not a regular file"
    } else if !is_own(metadata) {
        "it belongs to another user"
    } else if metadata.nlink() > 1 {
        "it has other names as well (hard links)"
    } else {
        return Ok(());
    };
    Err(io::Error::other(problem))
}

fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == geteuid().as_raw()
}
