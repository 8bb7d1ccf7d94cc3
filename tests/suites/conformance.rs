//! Compares our signatures, requests and results with golden data: `cargo xtask conformance`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::conformance::run(&arguments)
}
