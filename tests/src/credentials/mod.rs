//! What programs with credentials that expire rely on, counted: `cargo xtask credentials`.
//!
//! The cache and a client over a service in memory run in simulated time, so a minute passes at
//! once. What is about the service itself runs in real time against the emulator.

mod cache;
mod long_term;
mod measure;
mod outage;
mod refusal;
mod session;
mod source;

use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use self::measure::Table;
use crate::outcome::Outcome;

/// How many calls are made where many come at once.
const CALLS: usize = 1_000;
/// No call against the emulator takes this long, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs all checks; the last line is `N passed, M failed`.
pub fn run() -> ExitCode {
    let mut table = Table::new(Outcome::default());
    match (runtime(true), runtime(false)) {
        (Ok(simulated), Ok(real)) => {
            simulated.block_on(async {
                cache::check(&mut table).await;
                outage::check(&mut table).await;
            });
            real.block_on(async {
                session::check(&mut table).await;
                refusal::check(&mut table).await;
                long_term::check(&mut table).await;
            });
        }
        (Err(error), _) | (_, Err(error)) => table.failed("the runtime", error.to_string()),
    }
    table.finish()
}

fn runtime(simulated: bool) -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .start_paused(simulated)
        .build()
}
