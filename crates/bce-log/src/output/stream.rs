//! Standard output and standard error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    /// Whether the latest record may have been written in part, so that the next one has to begin a
    /// line.
    torn: AtomicBool,
}

impl StreamWriter {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            lost: AtomicU64::new(0),
            torn: AtomicBool::new(false),
        }
    }

    /// Writes a record in one piece. If that fails, the record is only counted as lost, since there
    /// is no place to report it.
    pub(crate) fn write(&self, line: &[u8]) {
        match self.stream {
            Stream::Stdout => self.write_to(io::stdout().lock(), line),
            Stream::Stderr => self.write_to(io::stderr().lock(), line),
        }
    }

    fn write_to(&self, mut stream: impl Write, line: &[u8]) {
        let written = match self.torn.load(Ordering::Relaxed) {
            true => stream.write_all(b"\n"),
            false => Ok(()),
        };
        let written = written.and_then(|()| {
            self.torn.store(true, Ordering::Relaxed);
            stream.write_all(line)?;
            stream.flush()
        });
        match written {
            Ok(()) => self.torn.store(false, Ordering::Relaxed),
            Err(_) => drop(self.lost.fetch_add(1, Ordering::Relaxed)),
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that accepts this many bytes.
    struct Full(Vec<u8>, usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match bytes.len().min(self.1 - self.0.len()) {
                0 => Err(io::ErrorKind::StorageFull.into()),
                length => {
                    self.0.extend(&bytes[..length]);
                    Ok(length)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_record_that_was_written_in_part_is_a_line_of_its_own() {
        let writer = StreamWriter::new(Stream::Stderr);
        let mut stream = Full(Vec::new(), 5);
        writer.write_to(&mut stream, b"one\n");
        writer.write_to(&mut stream, b"two\n");
        writer.write_to(&mut stream, b"three\n");
        assert_eq!((&*stream.0, writer.lost()), (&b"one\nt"[..], 2));
        stream.1 = 100;
        writer.write_to(&mut stream, b"four\n");
        writer.write_to(&mut stream, b"five\n");
        assert_eq!(stream.0, b"one\nt\nfour\nfive\n");
    }
}
