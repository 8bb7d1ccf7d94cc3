//! Reading that ends when the limit of the call has passed.

use std::io::{self, BufReader, ErrorKind, Read};
use std::time::Duration;

use serde_json::Deserializer;
use serde_json::de::IoRead;

use crate::limit;

/// The clock is looked at once for so many bytes. They take a millisecond, or a few.
const STEP: usize = 64 << 10;

/// A document as short as this is read in one go, in a few milliseconds.
const SHORT: usize = 256 << 10;

/// No byte takes as long as this on the average, not even in a program that is not optimised.
const NANOS_PER_BYTE: u64 = 2_000;

/// Returns whether a document is read, in one go, before the limit can pass. Otherwise it takes a
/// reader that looks at the clock, and twice the time.
pub(super) fn is_in_time(document: &[u8]) -> bool {
    if document.len() <= SHORT {
        return true;
    }
    let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
    limit::is_beyond(Duration::from_nanos(bytes.saturating_mul(NANOS_PER_BYTE)))
}

/// Returns whether the limit has passed, and reading this document may have ended for it.
pub(crate) fn is_cut_short(document: &[u8]) -> bool {
    document.len() > SHORT && limit::has_passed()
}

/// Looks at the clock from time to time, in a loop over a document.
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn new() -> Self {
        Self(STEP)
    }

    /// For what is too short to take long.
    pub(super) fn endless() -> Self {
        Self(usize::MAX)
    }

    /// Returns whether the limit has passed, when the loop has come to this position.
    pub(super) fn is_late(&mut self, at: usize) -> bool {
        if at < self.0 {
            return false;
        }
        self.0 = at + STEP;
        limit::has_passed()
    }
}

/// Returns a reader of JSON that looks at the clock.
pub(super) fn deserializer(json: &[u8]) -> Deserializer<IoRead<BufReader<Watched<'_>>>> {
    Deserializer::from_reader(BufReader::with_capacity(STEP, Watched(json)))
}

/// Fails once the limit has passed.
pub(super) struct Watched<'a>(&'a [u8]);

impl Read for Watched<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        match limit::has_passed() {
            true => Err(ErrorKind::TimedOut.into()),
            false => self.0.read(place),
        }
    }
}
