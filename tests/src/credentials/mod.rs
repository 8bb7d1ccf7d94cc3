//! Counts how often programs whose credentials expire request new ones, and how many of their calls
//! fail: `cargo xtask credentials`.
//!
//! The checks of the cache, and of a client with a service in memory, run in simulated time, in
//! which a minute passes immediately. All other checks run in real time, with the emulator.

mod cache;
mod long_term;
mod measure;
mod outage;
mod refusal;
mod session;
mod source;

use std::process::ExitCode;
use std::time::Duration;

use crate::rows::Rows;

/// The number of calls in the checks that make many calls at the same time.
const CALLS: usize = 1_000;
/// A time that no call to the emulator exceeds unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs the checks. The last line of the output is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let mut rows = Rows::default();
    // The check that takes longest begins first.
    session::rows(&mut rows);
    refusal::rows(&mut rows);
    long_term::rows(&mut rows);
    cache::rows(&mut rows);
    outage::rows(&mut rows);
    rows.run(arguments, None).finish()
}
