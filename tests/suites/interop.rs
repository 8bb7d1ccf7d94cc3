//! Compares the official SDKs with ours: `cargo xtask interop`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::interop::run(&arguments)
}
