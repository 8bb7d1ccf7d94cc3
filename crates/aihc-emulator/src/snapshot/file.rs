//! Writing of snapshots to files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::SnapshotError;

/// There may be at most this many temporary files for a target.
const MOST_DRAFTS: u32 = 1000;

/// Writes a file, completely or not at all. On Unix, only its owner may read it. If the path leads
/// to a device or a pipe, writes to it directly.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let Place::Beside(target) = Place::of(path)? else {
        return Ok(fs::write(path, text)?);
    };
    let (draft, mut file) = create_beside(&target)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, &target));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    Ok(written?)
}

/// Checks that a file could be written at this path now.
pub(crate) fn try_path(path: &Path) -> Result<(), SnapshotError> {
    match Place::of(path)? {
        Place::Itself => drop(OpenOptions::new().write(true).open(path)?),
        Place::Beside(target) => {
            let (draft, _file) = create_beside(&target)?;
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

/// Creates a temporary file in the directory of the target. Returns its path as well.
fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    for number in 0..MOST_DRAFTS {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}.draft", std::process::id()));
        let draft = target.with_file_name(name);
        match create(&draft) {
            // Another thread is writing it, or a process with the same id was killed while it did:
            // in a container, ids are used again.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return Ok((draft, created?)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_of_the_same_id_has_left_behind_does_not_matter() {
        let folder = std::env::temp_dir().join(format!("snapshot-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let target = folder.join("state.json");
        let (left, _) = create_beside(&target).unwrap();
        try_path(&target).unwrap();
        save(&target, "{}").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
        let mut names: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
        names.retain(|entry| entry.path() != target);
        assert!(names.iter().all(|entry| entry.path() == left), "{names:?}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
