//! Writing of snapshots to files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::SnapshotError;

/// Writes a file, completely or not at all. On Unix, only its owner may read it. If the path leads
/// to a device or a pipe, writes to it directly.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let place = Place::of(path)?;
    let Place::Beside { target, draft } = &place else {
        return Ok(fs::write(path, text)?);
    };
    let written = create(draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(draft, target)
    });
    if written.is_err() {
        let _ = fs::remove_file(draft);
    }
    Ok(written?)
}

/// Checks that a file could be written at this path now.
pub(crate) fn try_path(path: &Path) -> Result<(), SnapshotError> {
    match Place::of(path)? {
        Place::Itself => drop(OpenOptions::new().write(true).open(path)?),
        Place::Beside { draft, .. } => {
            drop(create(&draft)?);
            fs::remove_file(&draft)?;
        }
    }
    Ok(())
}

/// Where a file is written.
enum Place {
    /// The path itself, because it leads to a device or a pipe, which cannot be replaced with a
    /// file.
    Itself,
    /// A temporary file in the directory of the target. When it is complete, it replaces the
    /// target.
    Beside { target: PathBuf, draft: PathBuf },
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let target = match fs::canonicalize(path) {
            Ok(target) if target.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(target) if !target.is_file() => return Ok(Self::Itself),
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let Some(name) = target.file_name() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let mut draft_name = std::ffi::OsString::from(".");
        draft_name.push(name);
        draft_name.push(format!(".{}.draft", std::process::id()));
        Ok(Self::Beside {
            draft: target.with_file_name(draft_name),
            target,
        })
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
