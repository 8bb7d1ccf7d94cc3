//! Runs the tasks that are separate programs. Each program is built first, and then run in the
//! current directory with the arguments of the task.

use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};

use serde_json::Value;

use crate::codegen;
use crate::project::foreign;

/// Builds the benchmarks with the profile of `cargo bench`, so that dependencies are not built
/// again, and runs them. If the first argument is `instructions`, the program that counts
/// instructions is built and run instead.
pub(crate) fn bench(arguments: &[String]) -> ExitCode {
    match arguments {
        [name, rest @ ..] if name == "instructions" => run("build --bin bench-instructions", rest),
        _ => run(
            "build --profile bench --package bench --bin bench",
            arguments,
        ),
    }
}

/// Builds a test suite of the package `proofs`, and runs it.
///
/// The build has the option `--workspace`, so that dependencies have the same features as in
/// `cargo test --workspace`, and everything which that command has built is used here as well.
pub(crate) fn proof(suite: &str, arguments: &[String]) -> ExitCode {
    let build = format!("test --no-run --workspace --test {suite}");
    run(&build, arguments)
}

/// Builds the test suite `conformance`, and runs it with the golden files that `arguments` name.
/// The first argument is the kind of comparison: `signing`, `wire`, `responses` or `calls`.
pub(crate) fn conformance(arguments: &[String]) -> ExitCode {
    let files = ["--files".to_owned()];
    proof("conformance", &[&files, arguments].concat())
}

fn run(build: &str, arguments: &[String]) -> ExitCode {
    let Some(program) = built(build) else {
        return ExitCode::FAILURE;
    };
    match foreign(&program).args(arguments).status() {
        Ok(status) => exit_code(status),
        Err(error) => {
            eprintln!("cannot start {}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}

/// Runs a cargo command that builds a program, and returns the path of the program. Returns `None`
/// if the build fails, after the error has been reported.
fn built(command: &str) -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = foreign(Path::new(&cargo))
        .args(command.split(' '))
        .args(["--quiet", "--message-format=json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(codegen::root().join("Cargo.toml"))
        .stderr(Stdio::inherit())
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(_) => return None,
        Err(error) => {
            eprintln!("cannot start cargo: {error}");
            return None;
        }
    };
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().rev();
    messages
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

/// Returns the exit code of a program, or 1 if a signal ended it or the code is greater than 255.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
