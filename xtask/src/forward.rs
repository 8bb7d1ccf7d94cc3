//! Tasks that are programs of their own: they are handed on, with their arguments.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Builds the benchmarks, in release mode, and runs them.
pub(crate) fn bench(arguments: &[String]) -> ExitCode {
    cargo(
        "run --quiet --release --package bench",
        arguments.iter().cloned(),
    )
}

/// Runs a suite of the package `proofs`. Arguments that are files are told from the folder that we were
/// started in, while cargo starts tests in the folder of their package.
pub(crate) fn proof(suite: &str, arguments: &[String]) -> ExitCode {
    let absolute = |argument: &String| match Path::new(argument) {
        path if path.exists() => std::path::absolute(path)
            .map_or_else(|_| argument.clone(), |path| path.display().to_string()),
        _ => argument.clone(),
    };
    cargo(
        &format!("test --quiet --package proofs --test {suite}"),
        arguments.iter().map(absolute),
    )
}

fn cargo(command: &str, arguments: impl Iterator<Item = String>) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(command.split(' '))
        .arg("--")
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
            eprintln!("cargo cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
