//! A reader that stops when the time limit of the call has passed.

use std::io::{self, BufReader, ErrorKind, Read};
use std::time::Duration;

use serde_json::Deserializer;
use serde_json::de::IoRead;

use crate::limit;

/// The clock is checked each time this number of bytes has been read. An optimized program reads
/// them in a few milliseconds at most.
const STEP: usize = 64 << 10;

/// A document of at most this many bytes is read without checking the clock. An optimized program
/// reads it in a few milliseconds.
const SHORT: usize = 256 << 10;

/// An upper bound for the average time to read a byte, even in a program that was compiled without
/// optimization.
const NANOS_PER_BYTE: u64 = 2_000;

/// Returns whether the whole document can be read without checking the clock: it is short, or the
/// time left is certainly enough. If not, the document has to be read by a reader that checks the
/// clock and takes twice as long.
pub(super) fn is_in_time(document: &[u8]) -> bool {
    if document.len() <= SHORT {
        return true;
    }
    let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
    limit::is_beyond(Duration::from_nanos(bytes.saturating_mul(NANOS_PER_BYTE)))
}

/// Returns whether the time limit has passed and the document is so long that reading it may have
/// stopped for this reason.
pub(crate) fn is_cut_short(document: &[u8]) -> bool {
    document.len() > SHORT && limit::has_passed()
}

/// Checks at intervals whether the time limit has passed, in a loop over a document. Contains the
/// position of the next check in the document.
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn new() -> Self {
        Self(STEP)
    }

    /// Creates a check that never reads the clock and never reports that the time limit has passed,
    /// for text that is short enough to be processed quickly.
    pub(super) fn endless() -> Self {
        Self(usize::MAX)
    }

    /// Returns whether the time limit has passed. `at` is the position that the loop has reached;
    /// before the position of the next check, returns `false` without reading the clock.
    pub(super) fn is_late(&mut self, at: usize) -> bool {
        if at < self.0 {
            return false;
        }
        self.0 = at + STEP;
        limit::has_passed()
    }
}

/// Returns a JSON deserializer that fails once the time limit of the call or the attempt has
/// passed.
pub(super) fn deserializer(json: &[u8]) -> Deserializer<IoRead<BufReader<Watched<'_>>>> {
    Deserializer::from_reader(BufReader::with_capacity(STEP, Watched(json)))
}

/// A reader of a document. It fails once the time limit of the call or the attempt has passed.
pub(super) struct Watched<'a>(&'a [u8]);

impl Read for Watched<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        match limit::has_passed() {
            true => Err(ErrorKind::TimedOut.into()),
            false => self.0.read(place),
        }
    }
}
