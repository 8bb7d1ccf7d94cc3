//! Tests every level, output, rotation and format of `bce-log`: `cargo xtask logging`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::logging::run(&arguments)
}
