//! Every fault on the wire against every operation: `cargo xtask faults`.

use std::process::ExitCode;

fn main() -> ExitCode {
    proofs::faults::run()
}
