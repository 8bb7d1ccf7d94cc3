//! Files and directories that nobody else has a hand in.
//!
//! In a directory that others may write to, such as `/tmp`, somebody can be there first: with a link to
//! a file of the user's that the log would then be written into, with a FIFO that makes a program wait
//! for its reader, or with a file that is theirs to read.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::geteuid;

/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What they may not do with a directory: put something into it.
const OTHERS_WRITE: u32 = 0o022;

/// Returns where log files go unless somebody says where: a directory for each user.
pub(super) fn default_dir() -> PathBuf {
    let name = format!("bce-log-{}", geteuid().as_raw());
    std::env::temp_dir().join(name)
}

/// Makes the directory for this user alone, or makes sure that it is one which is there.
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
    let text = format!("its directory {problem}; remove that, or name another directory");
    Err(io::Error::other(text))
}

/// Opens a log file for appending, or makes it, readable for this user alone.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // Without waiting for the reader of a FIFO.
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
        // What the system says about a link or a FIFO is hard to understand.
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
