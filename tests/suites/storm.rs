//! Simulates many clients of a service that is down: `cargo xtask storm`.

use std::process::ExitCode;

fn main() -> ExitCode {
    proofs::storm::run()
}
