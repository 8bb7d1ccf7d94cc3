//! Our clients through real gateways and proxies: `cargo xtask gateways`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::gateways::run(&arguments)
}
