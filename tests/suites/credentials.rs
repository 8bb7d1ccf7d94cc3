//! Credentials that expire, fail or are refused: `cargo xtask credentials`.

use std::process::ExitCode;

fn main() -> ExitCode {
    proofs::credentials::run()
}
