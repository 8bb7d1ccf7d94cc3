//! The guarantees for programs with expiring credentials, by counting: `cargo xtask credentials`.
//!
//! The cache and a client of a service in memory run in simulated time, so a minute passes at once.
//! Checks of the service itself run in real time against the emulator.

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

/// Number of calls where many come at once.
const CALLS: usize = 1_000;
/// Longer than any call to the emulator takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs the checks; the last line is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let mut rows = Rows::default();
    // The longest one begins first.
    session::rows(&mut rows);
    refusal::rows(&mut rows);
    long_term::rows(&mut rows);
    cache::rows(&mut rows);
    outage::rows(&mut rows);
    rows.run(arguments, None).finish()
}
