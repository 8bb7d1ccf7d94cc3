//! Tests credentials that expire, fail or are refused: `cargo xtask credentials`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::credentials::run(&arguments)
}
