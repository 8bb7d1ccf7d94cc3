//! Tests every fault on the wire with every operation: `cargo xtask faults`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::faults::run(&arguments)
}
