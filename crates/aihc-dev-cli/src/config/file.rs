//! Configuration files that other programs may write as well.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::language::{text, tr};

/// The maximum size of a file, which is more than the settings of any user need.
const MAX_BYTES: u64 = 1 << 20;
/// The maximum number of symbolic links that are followed.
const MAX_LINKS: usize = 40;
/// The maximum number of attempts to change a file that another program changes at the same time.
const TRIES: usize = 20;

/// Reads a file; returns `None` if it does not exist.
pub(super) fn read(path: &Path) -> Result<Option<String>, Failure> {
    read_text(path).map_err(|error| about(path, error))
}

/// Atomically replaces the contents of a file with the result of `edit`; writes nothing if this
/// result is equal to the contents. On Unix, only its owner may read the new file. If another
/// program has changed the file since it was read, calls `edit` again with the new contents.
pub(super) fn update(
    path: &Path,
    mut edit: impl FnMut(Option<&str>) -> Result<String, Failure>,
) -> Result<(), Failure> {
    let failed = |error| about(path, error);
    // If the path is a symbolic link, its target is replaced.
    let target = resolved(path).map_err(failed)?;
    // The parent of a bare name is empty.
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    create_folder(folder).map_err(failed)?;
    let _locked = lock(folder).map_err(failed)?;
    for _ in 0..TRIES {
        let old = read(&target)?;
        let new = edit(old.as_deref())?;
        if old.as_deref() == Some(new.as_str()) {
            return Ok(());
        }
        let written = write_beside(&target, folder, &new).map_err(failed)?;
        // Other programs do not use the lock, so the file may have been changed.
        if read(&target)? == old {
            written
                .persist(&target)
                .map_err(|error| failed(error.error))?;
            return sync_folder(folder).map_err(failed);
        }
    }
    let path = path.display();
    Err(Failure::unfit(text!(
        "{path}: other programs keep writing to it; nothing was changed",
        path = path
    )))
}

fn about(path: &Path, error: io::Error) -> Failure {
    let text = format!("{}: {error}", path.display());
    // The caller may treat some kinds of errors differently.
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::unfit(text),
        kind => Failure::Local(io::Error::new(kind, text)),
    }
}

fn read_text(path: &Path) -> io::Result<Option<String>> {
    // Checked before opening it, because opening a named pipe waits for its writer.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(io::Error::other(tr!("is not a regular file"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(tr!("is larger than 1 MiB")));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| io::Error::other(tr!("is not UTF-8 text")))?;
    Ok(Some(text))
}

/// Resolves symbolic links at the end of the path, even if the file does not exist.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(to) => path = path.parent().unwrap_or(Path::new("")).join(to),
            // The path is not a link, or does not exist.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other(tr!("too many links")))
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Writes `text` to a temporary file in the folder of `target`. The temporary file has the owner
/// and the permissions that the new version of `target` is to have.
fn write_beside(target: &Path, folder: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".");
    // The library creates a file that only the user may read.
    let mut file = tempfile::Builder::new().prefix(&name).tempfile_in(folder)?;
    keep_rights(target, file.as_file())?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives the file `new` the owner of `target`, and the owner's permissions to read and write; other
/// users get no permissions. Does nothing if `target` does not exist.
#[cfg(unix)]
fn keep_rights(target: &Path, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    let Ok(old) = fs::metadata(target) else {
        return Ok(());
    };
    let mode = old.permissions().mode() & 0o600;
    new.set_permissions(fs::Permissions::from_mode(mode))?;
    let own = new.metadata()?;
    if old.uid() != own.uid() {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_rights(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

/// Locks the folder until the result is dropped, so that no other process of this tool changes a
/// file in it at the same time. Returns `None` if the file system does not support locks. Then only
/// [`update`] prevents lost changes, since it checks that the file is still the same.
#[cfg(unix)]
fn lock(folder: &Path) -> io::Result<Option<File>> {
    use std::time::{Duration, Instant};

    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    /// The time limit for getting the lock. No process holds it for long.
    const LIMIT: Duration = Duration::from_secs(5);
    const PAUSE: Duration = Duration::from_millis(5);

    let locked = File::open(folder)?;
    let started = Instant::now();
    loop {
        match flock(&locked, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(locked)),
            Err(Errno::WOULDBLOCK | Errno::INTR) if started.elapsed() < LIMIT => {
                std::thread::sleep(PAUSE);
            }
            Err(Errno::WOULDBLOCK | Errno::INTR) => {
                return Err(io::Error::other(tr!("another program holds its lock")));
            }
            Err(_) => return Ok(None),
        }
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Syncs the folder, so that the replacement of a file in it survives a crash of the system.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Some file systems do not support this.
    let _ = File::open(folder)?.sync_all();
    Ok(())
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
