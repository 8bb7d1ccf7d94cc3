//! Standard output and standard error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// The standard output or the standard error of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

#[derive(Debug)]
pub(crate) struct StreamWriter {
    stream: Stream,
    lost: AtomicU64,
}

impl StreamWriter {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            lost: AtomicU64::new(0),
        }
    }

    /// Writes a record in one piece. If that fails, the record is only counted as lost, since there
    /// is no place to report it.
    pub(crate) fn write(&self, line: &[u8]) {
        let written = match self.stream {
            Stream::Stdout => whole(io::stdout().lock(), line),
            Stream::Stderr => whole(io::stderr().lock(), line),
        };
        if written.is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

fn whole(mut stream: impl Write, line: &[u8]) -> io::Result<()> {
    stream.write_all(line)?;
    stream.flush()
}
