//! Writing records to files. The module `plan` determines the names of the files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};

use super::plan::Key;
use super::{FileOutput, Rotation, private};
use crate::clock::Moment;
use crate::error::Error;
use crate::sync::lock;

/// The tolerance for records that arrive late. A record of an earlier period still goes into the
/// current file if it is less than this much older than the record for which that file was opened.
/// For an older record, the file of its own period is opened again.
const LATE: SignedDuration = SignedDuration::from_mins(1);
/// The maximum number of files that are tried for one record, since other processes may fill or
/// delete each of them. If the last one cannot be used either, the record counts as lost.
const MAX_FILES_PER_RECORD: usize = 100;

/// Appends whole records without a buffer, so once a record has been written, the operating system
/// has it.
///
/// All processes use the same name for a file, and open it for appending, so that the system
/// appends each write to the end of the file; a record is normally a single write. No process
/// renames or truncates a file, so none continues to write to the wrong one.
#[derive(Debug)]
pub(crate) struct FileWriter {
    output: FileOutput,
    state: Mutex<State>,
    lost: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Current>,
    /// While writing fails, the number of records that have been lost since the first failure.
    failing: Option<u64>,
    /// Whether the last write stopped in the middle of a record.
    torn: bool,
}

#[derive(Debug)]
struct Current {
    file: File,
    path: PathBuf,
    key: Key,
    /// The time of the record for which the file was opened.
    opened: Timestamp,
}

impl FileWriter {
    /// Creates a writer, and opens the first file to check that it can be written.
    pub(crate) fn open(output: FileOutput, moment: &Moment) -> Result<Self, Error> {
        output.check()?;
        let writer = Self {
            output,
            state: Mutex::default(),
            lost: AtomicU64::new(0),
        };
        let opened = writer.turn(&mut writer.state(), 0, moment).map(drop);
        opened.map_err(|(path, cause)| Error::File { path, cause })?;
        Ok(writer)
    }

    /// Appends a record. If this fails, only this record is lost, and only in this output. For the
    /// next record, the file is opened again.
    pub(crate) fn write(&self, line: &[u8], moment: &Moment) {
        let mut state = self.state();
        match self.append(&mut state, line, moment) {
            Ok(()) => {
                if let Some(lost) = state.failing.take() {
                    let path = state.current.as_ref().map(|current| current.path.display());
                    complain(format_args!(
                        "writing again to {}; {lost} records were lost",
                        path.as_ref()
                            .map_or(&"" as &dyn std::fmt::Display, |path| path)
                    ));
                }
            }
            Err((path, cause)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                state.current = None;
                if state.failing.is_none() {
                    complain(format_args!(
                        "cannot write {}: {cause}; records are lost until it can be written",
                        path.display()
                    ));
                }
                *state.failing.get_or_insert(0) += 1;
            }
        }
    }

    /// Makes the operating system write the current file to disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        match &self.state().current {
            Some(current) => current.file.sync_data(),
            None => Ok(()),
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn append(&self, state: &mut State, line: &[u8], moment: &Moment) -> Result<(), Failure> {
        for _ in 0..MAX_FILES_PER_RECORD {
            let torn = state.torn;
            let current = self.turn(state, line.len(), moment)?;
            let failed = |cause| (current.path.clone(), cause);
            let written = if torn {
                whole(&current.file, &[b"\n", line].concat())
            } else {
                whole(&current.file, line)
            };
            let removed = written.is_ok() && is_removed(current).map_err(failed)?;
            let written = written.map_err(|(torn, cause)| (torn, failed(cause)));
            match written {
                // The record was lost together with the deleted file.
                Ok(()) if removed => state.current = None,
                Ok(()) => {
                    state.torn = false;
                    return Ok(());
                }
                Err((torn_now, failure)) => {
                    state.torn = torn || torn_now;
                    return Err(failure);
                }
            }
        }
        let cause =
            io::Error::other("every file that was opened was deleted or filled by other processes");
        Err((self.output.dir.clone(), cause))
    }

    /// Returns the file for a record of this length. Opens a new file if necessary.
    fn turn<'a>(
        &self,
        state: &'a mut State,
        length: usize,
        moment: &Moment,
    ) -> Result<&'a Current, Failure> {
        let current = match state.current.take() {
            Some(current) if self.stays(&current, length, moment)? => current,
            earlier => {
                let opened = self.next(earlier.as_ref(), length, moment)?;
                self.delete_old(opened.key);
                opened
            }
        };
        Ok(state.current.insert(current))
    }

    fn stays(&self, current: &Current, length: usize, moment: &Moment) -> Result<bool, Failure> {
        match self.output.period(moment) {
            Some(key) => {
                let behind = current.opened.duration_since(moment.instant);
                Ok(key == current.key || (behind.is_positive() && behind < LATE))
            }
            None => (current.file.metadata())
                .map(|metadata| self.has_room(metadata.len(), length))
                .map_err(|cause| (current.path.clone(), cause)),
        }
    }

    fn has_room(&self, size: u64, length: usize) -> bool {
        match self.output.rotation {
            Rotation::Size(limit) => size == 0 || size.saturating_add(length as u64) <= limit,
            _ => true,
        }
    }

    /// Opens a file for a record of this length. With rotation by size, this is the newest file if
    /// it has enough room, and a later one otherwise. With any other rotation, it is the file of
    /// the record's period.
    fn next(
        &self,
        earlier: Option<&Current>,
        length: usize,
        moment: &Moment,
    ) -> Result<Current, Failure> {
        if let Some(key) = self.output.period(moment) {
            return self.open_file(key, moment);
        }
        let newest = self.keys().into_iter().max();
        let mut number = match newest.max(earlier.map(|current| current.key)) {
            Some(Key::Number(number)) => number,
            _ => 1,
        };
        loop {
            let current = self.open_file(Key::Number(number), moment)?;
            let size = current.file.metadata();
            let size = size.map_err(|cause| (current.path.clone(), cause))?.len();
            if self.has_room(size, length) {
                return Ok(current);
            }
            number = number.checked_add(1).ok_or_else(|| {
                let cause = io::Error::other("there is no higher number for the next file");
                (current.path.clone(), cause)
            })?;
        }
    }

    fn open_file(&self, key: Key, moment: &Moment) -> Result<Current, Failure> {
        let path = self.output.dir.join(self.output.file_name(key));
        let dir = &self.output.dir;
        let opened = if self.output.shared {
            private::make_dir(dir).and_then(|()| private::open(&path))
        } else {
            match private::open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(dir).and_then(|()| private::open(&path))
                }
                opened => opened,
            }
        };
        match opened {
            Ok(file) => Ok(Current {
                file,
                path,
                key,
                opened: moment.instant,
            }),
            Err(cause) => Err((path, cause)),
        }
    }

    /// Returns the keys of the existing files, that is, the parts in which their names differ. If
    /// the directory cannot be read, returns none: writing to the directory will then report the
    /// cause.
    fn keys(&self) -> Vec<Key> {
        let entries = fs::read_dir(&self.output.dir)
            .into_iter()
            .flatten()
            .flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| self.output.key_of(&name)).collect()
    }

    /// Deletes the oldest files beyond the number of files to keep, but neither the current file
    /// nor newer ones, which processes with different clocks may be writing. If a file cannot be
    /// deleted, the next call tries again.
    fn delete_old(&self, current: Key) {
        let Some(keep) = self.output.keep else {
            return;
        };
        let mut keys = self.keys();
        // Newer files do not count: they would take the place of history, for example after a clock
        // has been corrected.
        keys.retain(|key| *key <= current);
        keys.sort_unstable();
        let surplus = keys.len().saturating_sub(keep.get());
        let older = keys.into_iter().filter(|key| *key < current);
        for key in older.take(surplus) {
            let _ = fs::remove_file(self.output.dir.join(self.output.file_name(key)));
        }
    }
}

/// The path of a file, and the error that occurred with it.
type Failure = (PathBuf, io::Error);

/// Writes the whole line. In an error, `true` means that a part of the line was written.
fn whole(mut file: &File, line: &[u8]) -> Result<(), (bool, io::Error)> {
    let mut rest = line;
    while !rest.is_empty() {
        let failed = |error| (rest.len() < line.len(), error);
        match file.write(rest) {
            Ok(0) => return Err(failed(io::ErrorKind::WriteZero.into())),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

/// Returns whether the open file has been deleted. On a file system that does not count links, a
/// file that is no longer at its path counts as deleted.
#[cfg(unix)]
fn is_removed(current: &Current) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let open = current.file.metadata()?;
    if open.nlink() > 0 {
        return Ok(false);
    }
    // Some file systems do not count links, so the file at the path is compared as well.
    Ok(!fs::metadata(&current.path)
        .is_ok_and(|named| (named.dev(), named.ino()) == (open.dev(), open.ino())))
}

/// Returns whether there is no file at the path of the open file. If another file has taken its
/// place, this returns `false`, because there is no way to tell the two apart.
///
/// In Windows versions before 2018, a deleted file keeps its name until it is closed, so this
/// returns `false` for it as well.
#[cfg(not(unix))]
fn is_removed(current: &Current) -> io::Result<bool> {
    use io::ErrorKind::{NotADirectory, NotFound};

    let named = fs::symlink_metadata(&current.path);
    Ok(named.is_err_and(|error| matches!(error.kind(), NotFound | NotADirectory)))
}

/// Writes a message to standard error, about something that cannot be written to a log.
fn complain(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "bce-log: {message}");
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::OpenOptions;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_full_disk_costs_the_records_of_that_time_only() {
        let name = format!("bce-log-full-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let output = FileOutput::new().dir(&dir).rotation(Rotation::None);
        let now = Clock::default().now();
        let writer = FileWriter::open(output, &now).unwrap();
        // A test that runs as any user cannot fill a real disk.
        let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
        writer.state().current.as_mut().unwrap().file = full;
        writer.write(b"lost\n", &now);
        assert_eq!(writer.lost(), 1);
        writer.write(b"after\n", &now);
        assert_eq!(writer.lost(), 1);
        assert_eq!(fs::read(dir.join("bce.log")).unwrap(), b"after\n");
        fs::remove_dir_all(dir).unwrap();
    }
}
