//! Tests our clients through real gateways and proxies: `cargo xtask gateways`.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    proofs::gateways::run(&arguments)
}

/// Fails on systems other than Unix, because the gateways are Debian packages.
#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("gateways: only on Linux");
    ExitCode::FAILURE
}
