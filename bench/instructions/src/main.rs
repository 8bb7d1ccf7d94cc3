//! Counts the instructions per operation, and compares the counts with saved ones:
//! `cargo xtask bench instructions [--save]`.
//!
//! The operations are in `benches/instructions/`. Each is counted in a run of its own, by valgrind,
//! which must be installed. The counts depend on the compiler and on the features of the processor.
//! They are saved together with the version of the compiler; with another version, the check fails
//! and asks for new counts (`--save`).
//!
//! One of the operations is an HMAC, whose code is assembler. If its count differs from the saved
//! one by more than 1 %, the processor is assumed to be of another kind, and the check passes even
//! if other counts have increased. A smaller difference is ignored, since two runs on the same
//! processor may differ by a few instructions.

// The command prints to a terminal.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

const SAVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.json");
/// The function of the program within which callgrind counts.
const COUNTED: &str = "instructions::counted*";
const HMAC: &str = "hmac";
const MOST_PERCENT: u64 = 3;
/// The maximum difference in percent between the instruction counts of the HMAC on the same kind of
/// processor. On another kind, the difference is assumed to be larger.
const SAME_PROCESSOR_PERCENT: u64 = 1;

#[derive(Debug, Deserialize, Serialize)]
struct Counts {
    /// The version of the compiler.
    rustc: String,
    instructions: BTreeMap<String, u64>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let save = match &arguments[..] {
        [] => false,
        [save] if save == "--save" => true,
        _ => {
            eprintln!("Usage: cargo xtask bench instructions [--save]");
            return ExitCode::from(2);
        }
    };
    run(save).unwrap_or_else(|problem| {
        eprintln!("bench: {problem}");
        ExitCode::FAILURE
    })
}

/// Counts the instructions of all benchmarks. If `save` is set, saves the counts; otherwise
/// compares them with the saved ones, and prints `N within 3 %, M above` as the last line.
fn run(save: bool) -> Result<ExitCode, String> {
    let now = count()?;
    if save {
        let text = serde_json::to_string_pretty(&now).map_err(|error| error.to_string())?;
        std::fs::write(SAVED, text + "\n").map_err(|error| format!("{SAVED}: {error}"))?;
        println!("{} counts saved", now.instructions.len());
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(SAVED).map_err(|error| format!("{SAVED}: {error}"))?;
    let saved: Counts = serde_json::from_str(&text).map_err(|error| format!("{SAVED}: {error}"))?;
    compare(&saved, &now)
}

fn compare(saved: &Counts, now: &Counts) -> Result<ExitCode, String> {
    if saved.rustc != now.rustc {
        return Err(format!(
            "the counts are of rustc {}, this is {}: `cargo xtask bench instructions --save` with \
             a version that is known to be good",
            saved.rustc, now.rustc
        ));
    }
    let hmac = |counts: &Counts| counts.instructions.get(HMAC).copied();
    let (Some(hmac_before), Some(hmac_now)) = (hmac(saved), hmac(now)) else {
        return Err(format!("{HMAC} was not counted"));
    };
    let same_processor =
        hmac_now.abs_diff(hmac_before) * 100 <= hmac_before * SAME_PROCESSOR_PERCENT;
    let (mut within, mut above) = (0, 0);
    println!("{:<48}{:>10}{:>10}{:>9}", "", "now", "saved", "change");
    for (name, &count) in &now.instructions {
        let Some(&before) = saved.instructions.get(name) else {
            return Err(format!("{name} has no saved count: --save"));
        };
        let percent = (count as f64 / before as f64 - 1.0) * 100.0;
        println!("{name:<48}{count:>10}{before:>10}{percent:>+8.2}%");
        match count * 100 <= before * (100 + MOST_PERCENT) {
            true => within += 1,
            false => above += 1,
        }
    }
    if let Some(gone) = saved
        .instructions
        .keys()
        .find(|name| !now.instructions.contains_key(*name))
    {
        return Err(format!("{gone} was not counted"));
    }
    if !same_processor {
        println!("another kind of processor, by the count of its HMAC: nothing can be said");
    }
    println!("{within} within 3 %, {above} above");
    match above == 0 || !same_processor {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// Builds the program, and counts the instructions of each of its operations.
fn count() -> Result<Counts, String> {
    let program = built()?;
    let names = output(&mut Command::new(&program))?;
    let mut instructions = BTreeMap::new();
    for name in names.lines() {
        instructions.insert(name.to_owned(), count_of(&program, name)?);
    }
    Ok(Counts {
        rustc: rustc_version()?,
        instructions,
    })
}

/// Builds the program with the operations, and returns its path.
fn built() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = "bench --quiet --no-run --profile instructions --package bench-instructions \
                     --bench instructions --message-format json-render-diagnostics";
    let messages = output(Command::new(cargo).args(arguments.split(' ')))?;
    let messages = messages.lines().rev();
    messages
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .ok_or_else(|| "cargo does not name the program".to_owned())
}

/// Counts the instructions of one operation. What callgrind writes stays in a file beside the
/// program, from which `callgrind_annotate` tells where the instructions are.
fn count_of(program: &Path, name: &str) -> Result<u64, String> {
    let profile = program.with_file_name(format!("{}.callgrind", name.replace([',', ' '], "-")));
    let mut out = std::ffi::OsString::from("--callgrind-out-file=");
    out.push(&profile);
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind"])
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(out)
        .arg(program)
        .arg(name)
        // Variables lie in memory, where their lengths move everything that follows.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    output(&mut valgrind)?;
    let text = std::fs::read_to_string(&profile)
        .map_err(|error| format!("{}: {error}", profile.display()))?;
    total(&text).ok_or_else(|| format!("{name}: nothing was counted"))
}

/// Parses the line `totals: N` of a file that callgrind has written. Returns `None` if N is 0: the
/// function within which it counts was not found.
fn total(text: &str) -> Option<u64> {
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total?.trim().parse().ok().filter(|total| *total > 0)
}

/// Runs a program, which may write to our standard error, and returns what it prints.
fn output(command: &mut Command) -> Result<String, String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {shown}: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{shown}: {}", output.status)),
    }
}

fn rustc_version() -> Result<String, String> {
    let text = output(Command::new("rustc").arg("--version"))?;
    let version = text.split(' ').nth(1).ok_or("rustc has no version")?;
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_that_of_the_whole_run_and_never_none() {
        let file = |total| format!("# callgrind format\nevents: Ir\nfn=(1) f\n1 17\n\n{total}\n");
        assert_eq!(total(&file("totals: 12345")), Some(12345));
        assert_eq!(total(&file("totals: 0")), None);
        assert_eq!(total(&file("")), None);
    }

    #[test]
    fn only_a_growth_of_more_than_three_percent_on_the_same_processor_fails() {
        let counts = |hmac, work| Counts {
            rustc: "1".to_owned(),
            instructions: [(HMAC.to_owned(), hmac), ("work".to_owned(), work)].into(),
        };
        let saved = counts(10_000, 1000);
        let fails = |now| compare(&saved, &now).unwrap() == ExitCode::FAILURE;
        assert!(!fails(counts(10_000, 1030)));
        assert!(fails(counts(10_000, 1031)));
        assert!(fails(counts(10_004, 1031)), "runs differ by a few");
        assert!(!fails(counts(11_000, 2000)), "another processor");
        assert!(!fails(counts(10_000, 1)));
    }
}
