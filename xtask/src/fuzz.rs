//! `cargo xtask fuzz`: coverage-guided fuzzing of the functions that parse untrusted input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::codegen;
use crate::project::output;

// The package cannot be a dependency: it depends on our crates, which need not compile.
#[path = "../../fuzz/src/seeds.rs"]
mod seeds;

const TARGETS: [&str; 8] = [
    "canonical",
    "emulator",
    "encode",
    "endpoint",
    "mask",
    "profile",
    "response",
    "verifier",
];

/// Flags that make the compiler insert coverage counters and trace comparisons for libFuzzer. All
/// of them work with a stable compiler.
const INSTRUMENTATION: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The maximum length of a fuzzing input in bytes. Longer inputs would only slow down the fuzzing.
const LONGEST: usize = 4096;

/// Runs all fuzz targets one after the other, or a single one. With `--seeds`, only writes the
/// initial inputs.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let (seconds, only) = match arguments {
        [flag] if flag == "--seeds" => {
            return match seed(&codegen::root()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(problem) => failure(&problem),
            };
        }
        [flag, seconds] if flag == "--seconds" => (seconds, None),
        [flag, seconds, target] if flag == "--seconds" => (seconds, Some(target.as_str())),
        _ => return crate::usage_error(),
    };
    let Ok(seconds) = seconds.parse::<u64>() else {
        return crate::usage_error();
    };
    match fuzz(&codegen::root(), seconds, only) {
        Ok((executions, crashes)) => {
            println!("{executions} executions, {crashes} crashes");
            ExitCode::from(u8::from(crashes > 0))
        }
        Err(problem) => failure(&problem),
    }
}

fn failure(problem: &str) -> ExitCode {
    eprintln!("fuzz: {problem}");
    ExitCode::FAILURE
}

/// Writes the initial inputs of all fuzz targets, for use with `cargo fuzz run`.
fn seed(root: &Path) -> Result<(), String> {
    TARGETS
        .iter()
        .try_for_each(|name| plant(root, name).map(drop))
}

/// Runs all fuzz targets, or only the target `only`, and returns the total numbers of executions
/// and of crashes.
fn fuzz(root: &Path, seconds: u64, only: Option<&str>) -> Result<(u64, u64), String> {
    let targets: Vec<_> = TARGETS
        .into_iter()
        .filter(|name| only.is_none_or(|only| only == *name))
        .collect();
    if targets.is_empty() {
        return Err(format!("no such target: {}", only.unwrap_or_default()));
    }
    // For libFuzzer, 0 means that there is no limit.
    let each = (seconds / targets.len() as u64).max(1);
    let binaries = build(root)?;
    let (mut executions, mut crashes) = (0, 0);
    for name in targets {
        let corpus = plant(root, name)?;
        let run = attack(root, name, &binaries.join(name), &corpus, each)?;
        println!("{name}: {} executions in {each} s", run.executions);
        executions += run.executions;
        if let Some(crash) = run.crash {
            crashes += 1;
            println!("{name}: {crash}");
        }
    }
    Ok((executions, crashes))
}

/// Builds the fuzz targets, and returns the folder that contains them.
fn build(root: &Path) -> Result<PathBuf, String> {
    let about = output(root, "rustc", &["-vV"])?;
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not report its host")?;
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("fuzz/target"), |folder| root.join(folder));
    // With `--target`, build scripts are not instrumented.
    let status = Command::new("cargo")
        .args(["build", "--locked", "--release", "--bins", "--target", host])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(root.join("fuzz"))
        .env("RUSTFLAGS", INSTRUMENTATION)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !status.success() {
        return Err(format!("cannot build the targets: {status}"));
    }
    Ok(folder.join(host).join("release"))
}

/// Writes the initial inputs of a fuzz target to its corpus, and returns the folder of the corpus.
/// Inputs from previous runs are kept.
fn plant(root: &Path, name: &str) -> Result<PathBuf, String> {
    let corpus = root.join("fuzz/corpus").join(name);
    let failed = |error| format!("{}: {error}", corpus.display());
    fs::create_dir_all(&corpus).map_err(failed)?;
    let seeds = seeds::seeds(name, &root.join("crates/bce-testing/vectors"))?;
    for (index, seed) in seeds.iter().enumerate() {
        fs::write(corpus.join(format!("seed-{index}")), seed).map_err(failed)?;
    }
    Ok(corpus)
}

/// The result of running one fuzz target.
struct Run {
    executions: u64,
    crash: Option<String>,
}

fn attack(
    root: &Path,
    name: &str,
    binary: &Path,
    corpus: &Path,
    seconds: u64,
) -> Result<Run, String> {
    let artifacts = root.join("fuzz/artifacts").join(name);
    let failed = |error| format!("{name}: {error}");
    fs::create_dir_all(&artifacts).map_err(failed)?;
    let done = Command::new(binary)
        .arg(corpus)
        .arg(root.join("fuzz/inputs").join(name))
        // Inputs that have crashed the target before are run again.
        .arg(&artifacts)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LONGEST}"))
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"])
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    let said = String::from_utf8_lossy(&done.stderr);
    judge(name, &said, done.status.success())
}

/// Parses the output that libFuzzer has written for a fuzz target.
fn judge(name: &str, said: &str, success: bool) -> Result<Run, String> {
    // Without counters, the fuzzer would choose inputs at random, which nobody would notice.
    if !said.contains("inline 8-bit counters") {
        return Err(format!("{name} was built without coverage:\n{said}"));
    }
    let executions = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|count| count.trim().parse().ok());
    let crash = (!success).then(|| {
        let told = |line: &&str| {
            [
                "panicked at",
                "ERROR:",
                "SUMMARY:",
                "Test unit written",
                "Base64:",
            ]
            .iter()
            .any(|sign| line.contains(sign))
        };
        // The message of a panic is on the line after its location.
        let lines: Vec<_> = said.lines().collect();
        let panic = lines.iter().position(|line| line.contains("panicked at"));
        let message = panic.and_then(|at| lines.get(at + 1)).copied();
        let shown = lines.iter().copied().filter(|line| told(line));
        shown.chain(message).collect::<Vec<_>>().join("\n  ")
    });
    match (executions, crash) {
        (Some(executions), crash) => Ok(Run { executions, crash }),
        // The target has crashed before it could print the number of executions.
        (None, Some(crash)) if !crash.is_empty() => Ok(Run {
            executions: 0,
            crash: Some(crash),
        }),
        (None, _) => Err(format!("{name} printed no result:\n{said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    const LOADED: &str = "INFO: Loaded 1 modules (9 inline 8-bit counters)\n";

    #[test]
    fn a_run_without_coverage_is_an_error() {
        assert!(judge("x", "stat::number_of_executed_units: 7\n", true).is_err());
    }

    #[test]
    fn a_run_that_does_not_count_is_an_error() {
        assert!(judge("x", LOADED, true).is_err());
    }

    #[test]
    fn executions_are_counted_and_a_crash_is_told() {
        let said = format!("{LOADED}stat::number_of_executed_units: 7\n");
        let run = judge("x", &said, true).unwrap();
        assert_eq!((run.executions, run.crash), (7, None));
        let said = format!("{said}thread panicked at a.rs:1\nwhy\n");
        let crash = judge("x", &said, false).unwrap().crash.unwrap();
        assert!(crash.contains("a.rs:1") && crash.contains("why"));
    }
}
