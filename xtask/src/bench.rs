//! Starts the benchmarks, which are a program of their own: they must be built in release mode.

use std::process::{Command, ExitCode};

/// Builds `xtask/bench` and runs it with these arguments.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", "bench", "--"])
        .args(arguments)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => ExitCode::from(
            status
                .code()
                .map_or(1, |code| u8::try_from(code).unwrap_or(1)),
        ),
        Err(error) => {
            eprintln!("bench: cargo cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
