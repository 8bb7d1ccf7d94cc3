//! Helpers of the tests: directories, clocks, and the contents of log files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bce_log::{Builder, FileOutput, Logger, Rotation};

/// 2026-11-23 10:20:30.123456 UTC, in microseconds.
pub(crate) const START: u64 = 1_795_429_230_123_456;

/// The path of a directory, which need not exist yet. The directory is deleted when this value is
/// dropped.
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bce-log-it-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// Returns a directory that already exists.
    pub(crate) fn created() -> Self {
        let dir = Self::new();
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    pub(crate) fn output(&self, rotation: Rotation) -> FileOutput {
        FileOutput::new().dir(&self.0).name("t").rotation(rotation)
    }

    /// Returns the names of the files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Returns all lines of all files, in the order of the files' names.
    pub(crate) fn lines(&self) -> Vec<String> {
        let texts: String = self.names().iter().map(|name| self.read(name)).collect();
        assert!(texts.is_empty() || texts.ends_with('\n'), "{texts}");
        texts.lines().map(str::to_owned).collect()
    }
}

impl AsRef<Path> for Dir {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A clock that moves only when it is told to.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn set_back(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap();
        self.0.fetch_sub(micros, Ordering::Relaxed);
    }

    /// Returns a builder with this clock, in UTC.
    pub(crate) fn builder(&self) -> Builder {
        let micros = Arc::clone(&self.0);
        Logger::builder().utc().clock(move || {
            SystemTime::UNIX_EPOCH + Duration::from_micros(micros.load(Ordering::Relaxed))
        })
    }
}
