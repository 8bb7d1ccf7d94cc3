//! Writes the log records of a test case.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bce_log::tracing::{debug, error, info, trace, warn};
use bce_log::{FileOutput, Logger, fatal};

use super::case::{Case, Output};

/// 2026-11-23 10:20:30.123456 UTC, in microseconds since 1970.
const START: u64 = 1_795_429_230_123_456;
/// The number of rounds. Each round writes one record of each level. Between rounds,
/// [`Case::period`] passes.
pub(super) const ROUNDS: usize = 2;

pub(super) fn play(case: &Case, root: &Path) -> Result<(), String> {
    let now = Arc::new(AtomicU64::new(START));
    let clock = Arc::clone(&now);
    let file = FileOutput::new()
        .dir(case.dir(root))
        .name("t")
        .rotation(case.when);
    let builder = Logger::builder()
        .utc()
        .clock(move || {
            SystemTime::UNIX_EPOCH + Duration::from_micros(clock.load(Ordering::Relaxed))
        })
        .level(case.level)
        .file(file)
        .panics();
    let builder = match case.output {
        Output::Stdout => builder.stdout(),
        Output::Stderr => builder.stderr(),
        Output::File => builder,
    };
    let builder = match case.part {
        Some(part) => builder.format([part]),
        None => builder.json(),
    };
    // The default hook for panics writes to standard error.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let logger = builder.build().map_err(|error| error.to_string());
    if let Ok(logger) = &logger {
        for round in 0..ROUNDS {
            logger.in_scope(|| one_of_each(round));
            let period = u64::try_from(case.period().as_micros()).unwrap_or(0);
            now.fetch_add(period, Ordering::Relaxed);
        }
    }
    std::panic::set_hook(usual);
    logger.map(drop)
}

// Writes one record of each level. A PANIC record requires a panic.
#[expect(clippy::panic)]
fn one_of_each(round: usize) {
    trace!(round, "message {round}");
    debug!(round, "message {round}");
    info!(round, "message {round}");
    warn!(round, "message {round}");
    error!(round, "message {round}");
    fatal!(round, "message {round}");
    let panicking = catch_unwind(AssertUnwindSafe(|| {
        panic!("message {round}");
    }));
    debug_assert!(panicking.is_err());
}
