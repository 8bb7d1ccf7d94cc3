//! A reader that stops when the time limit of the call has passed.

use std::io::{self, BufReader, ErrorKind, Read};
use std::time::Duration;

use serde_json::Deserializer;
use serde_json::de::IoRead;

use crate::limit;

/// The number of bytes between two looks at the clock. Reading them takes a few milliseconds at
/// most.
const STEP: usize = 64 << 10;

/// A document up to this length is read without looking at the clock, in a few milliseconds.
const SHORT: usize = 256 << 10;

/// More than the average time for a byte, even in a program that is not optimised.
const NANOS_PER_BYTE: u64 = 2_000;

/// Returns whether the whole document can be read before the time limit passes. If not, it has to
/// be read by a reader that looks at the clock and takes twice the time.
pub(super) fn is_in_time(document: &[u8]) -> bool {
    if document.len() <= SHORT {
        return true;
    }
    let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
    limit::is_beyond(Duration::from_nanos(bytes.saturating_mul(NANOS_PER_BYTE)))
}

/// Returns whether the time limit has passed, and reading this document may have stopped because of
/// it.
pub(crate) fn is_cut_short(document: &[u8]) -> bool {
    document.len() > SHORT && limit::has_passed()
}

/// Checks the clock at intervals, in a loop over a document.
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn new() -> Self {
        Self(STEP)
    }

    /// Returns a check that never fails, for text that is too short to take long.
    pub(super) fn endless() -> Self {
        Self(usize::MAX)
    }

    /// Returns whether the time limit has passed when the loop has reached this position.
    pub(super) fn is_late(&mut self, at: usize) -> bool {
        if at < self.0 {
            return false;
        }
        self.0 = at + STEP;
        limit::has_passed()
    }
}

/// Returns a JSON deserializer that looks at the clock.
pub(super) fn deserializer(json: &[u8]) -> Deserializer<IoRead<BufReader<Watched<'_>>>> {
    Deserializer::from_reader(BufReader::with_capacity(STEP, Watched(json)))
}

/// Fails once the time limit has passed.
pub(super) struct Watched<'a>(&'a [u8]);

impl Read for Watched<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        match limit::has_passed() {
            true => Err(ErrorKind::TimedOut.into()),
            false => self.0.read(place),
        }
    }
}
