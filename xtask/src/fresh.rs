//! `cargo xtask fresh`: the first build on a machine of a new contributor, without any caches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::codegen;
use crate::project::{run as command, target};

/// The command that README.md shows first, which runs the quickstart example.
const QUICKSTART: &str = "cargo run --bin quickstart";
/// The second command that README.md shows, which runs all tests.
const TESTS: &str = "cargo test --workspace";

/// Clones the committed files into an empty folder, and runs the first two commands of README.md
/// there, with an empty cargo home.
pub(crate) fn run() -> ExitCode {
    let root = codegen::root();
    let folder = std::path::absolute(target(&root)).map(|target| target.join("fresh"));
    let outcome = folder
        .map_err(|error| error.to_string())
        .and_then(|folder| measure(&root, &folder));
    match outcome {
        Ok((quickstart, tests)) => {
            println!("fresh ok: run {quickstart} s, tests {tests} s");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("fresh: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(root: &Path, folder: &Path) -> Result<(u64, u64), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    let (clone, home) = (folder.join("clone"), folder.join("cargo"));
    fs::create_dir_all(&home).map_err(failed)?;
    let path = clone.to_str().ok_or("the path is not UTF-8")?;
    command(root, "git", &["clone", "--quiet", "--no-local", ".", path])?;
    let quickstart = seconds(&clone, &home, QUICKSTART)?;
    let tests = seconds(&clone, &home, TESTS)?;
    fs::remove_dir_all(folder).map_err(failed)?;
    Ok((quickstart, tests))
}

/// Runs a command from README.md, and returns the number of seconds that it took.
fn seconds(clone: &Path, home: &Path, line: &str) -> Result<u64, String> {
    let page = fs::read_to_string(clone.join("README.md")).map_err(|error| error.to_string())?;
    if !shows(&page, line) {
        return Err(format!("README.md does not contain `{line}`"));
    }
    println!("== {line}");
    let (program, args) = line.split_once(' ').unwrap_or((line, ""));
    let mut process = Command::new(program);
    process.args(args.split(' ')).current_dir(clone);
    for variable in settings(std::env::vars_os().map(|(name, _)| name)) {
        process.env_remove(variable);
    }
    let start = Instant::now();
    let status = process
        .env("CARGO_HOME", home)
        .status()
        .map_err(|error| format!("{line}: {error}"))?;
    let seconds = start.elapsed().as_secs();
    println!("== {seconds} s");
    match status.success() {
        true => Ok(seconds),
        false => Err(format!("{line}: {status}")),
    }
}

fn shows(page: &str, line: &str) -> bool {
    page.lines().any(|shown| shown == line)
}

/// Returns the environment variables, among those in `names`, that configure cargo or the compiler.
/// Variables for the network access and for the location of the toolchain are not among them.
fn settings(names: impl Iterator<Item = std::ffi::OsString>) -> Vec<PathBuf> {
    let ours = |name: &PathBuf| {
        let name = name.to_string_lossy().into_owned();
        let registry = name.starts_with("CARGO_REGISTR") || name.starts_with("CARGO_HTTP");
        let is_cargo = name == "CARGO" || name.starts_with("CARGO_") || name.starts_with("RUST");
        // The location of the compiler and the access to the network belong to the machine, so they
        // are kept.
        is_cargo && !registry && name != "RUSTUP_HOME" && !name.starts_with("CARGO_NET")
    };
    names.map(PathBuf::from).filter(ours).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_counts_as_shown_only_as_a_whole_line() {
        assert!(shows("```sh\ncargo test --workspace\n```\n", TESTS));
        assert!(!shows("see `cargo test --workspace`\n", TESTS));
    }

    #[test]
    fn settings_of_the_caller_are_dropped_and_those_of_the_machine_kept() {
        let names = [
            "CARGO_TARGET_DIR",
            "RUSTFLAGS",
            "RUSTUP_HOME",
            "PATH",
            "CARGO",
        ];
        let dropped = settings(names.map(std::ffi::OsString::from).into_iter());
        let expected = ["CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO"].map(PathBuf::from);
        assert_eq!(dropped, expected);
    }
}
