//! Writing of snapshots to files.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::SnapshotError;

/// Writes a file, completely or not at all. On Unix, only its owner may read it. If the path leads
/// to a device or a pipe, writes to it directly.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let Place::Beside(target) = Place::of(path)? else {
        return Ok(fs::write(path, text)?);
    };
    let mut draft = create_beside(&target)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    draft.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Checks that a file could be written at this path now.
pub(crate) fn try_path(path: &Path) -> Result<(), SnapshotError> {
    match Place::of(path)? {
        Place::Itself => drop(OpenOptions::new().write(true).open(path)?),
        Place::Beside(target) => {
            create_beside(&target)?.close()?;
        }
    }
    Ok(())
}

/// Where a file is written.
enum Place {
    /// The path itself, because it leads to a device or a pipe, which cannot be replaced with a
    /// file.
    Itself,
    /// A temporary file in the directory of this target. When it is complete, it replaces the
    /// target.
    Beside(PathBuf),
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
        match target.file_name() {
            Some(_) => Ok(Self::Beside(target)),
            None => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

/// Creates a temporary file in the directory of the target, which only its owner may read. It is
/// removed when it is dropped.
fn create_beside(target: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    // The parent of a bare name is empty.
    let directory = target.parent().filter(|path| !path.as_os_str().is_empty());
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".draft")
        .tempfile_in(directory.unwrap_or(Path::new(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_of_the_same_id_has_left_behind_does_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("state.json");
        let left = format!(".state.json.{}.draft", std::process::id());
        let left = folder.path().join(left);
        fs::write(&left, "half").unwrap();
        try_path(&target).unwrap();
        save(&target, "{}").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
        let mut names: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
        names.retain(|entry| entry.path() != target);
        assert!(names.iter().all(|entry| entry.path() == left), "{names:?}");
    }
}
