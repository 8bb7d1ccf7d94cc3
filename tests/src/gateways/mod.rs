//! Tests our clients through real gateways and proxies: `cargo xtask gateways`.
//!
//! Between the client and the emulator is third-party software: nginx, haproxy, squid, tinyproxy,
//! microsocks. Each test combines a configuration of one of them with an operation. It checks which
//! requests reach the emulator, the result of the call, and whether the error reports that the
//! change may have been applied. Everything is on loopback.

mod daemon;
mod expected;
mod folder;
mod gateway;
mod install;
mod player;
mod policy;
mod program;
mod row;
mod rows;
mod shared_memory;
mod subject;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use self::expected::Came;
use self::install::Packages;
use self::player::Player;
use crate::rows::{Outcome, Rows, block_on};

const AT_ONCE: usize = 8;

/// The option that keeps the installed packages, so that the next run need not install them.
const KEEP: &str = "--keep";

/// Whether a signal has asked the process to end. The packages still have to be removed then.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Installs the gateways, and runs the tests. The last line of the output is then `N passed, M
/// failed`. With `--list`, only lists the tests.
pub fn run(arguments: &[String]) -> ExitCode {
    let (keep, arguments): (Vec<_>, Vec<_>) =
        arguments.iter().cloned().partition(|option| option == KEEP);
    if arguments.iter().any(|option| option == "--list") {
        return play(&arguments).finish();
    }
    let outcome = match Packages::install(!keep.is_empty()) {
        Ok(packages) => {
            let mut outcome = play(&arguments);
            outcome.count("what was installed is removed", packages.remove());
            outcome
        }
        Err(problem) => {
            let mut outcome = Outcome::default();
            outcome.count("the gateways", Err(problem));
            outcome
        }
    };
    outcome.finish()
}

fn play(arguments: &[String]) -> Outcome {
    let mut rows = Rows::default();
    match Player::new() {
        Ok(player) => {
            for row in rows::all() {
                let player = player.clone();
                rows.add(row.name(), move || {
                    let came = block_on(unless_interrupted(player.play(&row)))??;
                    row.expected.check(&came)
                });
            }
        }
        Err(problem) => rows.checked("the certificates", Err(problem)),
    }
    rows.run(arguments, Some(AT_ONCE))
}

async fn unless_interrupted(
    row: impl Future<Output = Result<Came, String>>,
) -> Result<Came, String> {
    let interrupted = || Err("interrupted".to_owned());
    if INTERRUPTED.load(Ordering::SeqCst) {
        return interrupted();
    }
    tokio::select! {
        came = row => came,
        _ = tokio::signal::ctrl_c() => {
            INTERRUPTED.store(true, Ordering::SeqCst);
            interrupted()
        }
    }
}
