//! Counts the instructions per operation, and compares the counts with saved ones:
//! `cargo xtask bench instructions [--save]`.
//!
//! The operations are in `benches/instructions/`. The counts depend on the compiler and on the
//! features of the processor. They are saved together with the version of the compiler; with
//! another version, the check fails and asks for new counts (`--save`).
//!
//! One of the operations is an HMAC, whose code is assembler. If its count differs from the saved
//! one by more than 1 %, the processor is assumed to be of another kind, and the check passes even
//! if other counts have increased. A smaller difference is ignored, since two runs on the same
//! processor may differ by a few instructions.

// The command prints to a terminal.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde::{Deserialize, Serialize};

const SAVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.json");
/// The program that runs the benchmarks under valgrind. Its version must be that of the library
/// `gungraun`.
const RUNNER: &str = "gungraun-runner@0.20.0";
const HMAC: &str = "floor_group::hmac over_213_bytes";
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

fn count() -> Result<Counts, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments =
        "bench --quiet --package bench-instructions --bench instructions -- --nosummary=true";
    let output = Command::new(cargo)
        .args(arguments.split(' '))
        .env("GUNGRAUN_RUNNER", runner()?)
        .env("GUNGRAUN_COLOR", "never")
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let instructions = parse(&text);
    if !output.status.success() || instructions.is_empty() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("counting failed\n{text}\n{errors}"));
    }
    Ok(Counts {
        rustc: rustc_version()?,
        instructions,
    })
}

/// Parses the output of the benchmarks, and returns the current count of each operation. A count is
/// in a line `Instructions: now|before ...` below a heading such as
/// `instructions::group::function id:arguments`.
fn parse(text: &str) -> BTreeMap<String, u64> {
    let mut name = None;
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("instructions::") {
            let (group, rest) = heading.split_once(' ').unwrap_or((heading, ""));
            let id = rest.split(':').next().unwrap_or_default();
            name = Some(format!("{group} {id}"));
        } else if let Some(figures) = line.trim().strip_prefix("Instructions:")
            && let Some(name) = name.take()
            && let Some(count) = figures.split('|').next()
            && let Ok(count) = count.trim().parse()
        {
            counts.insert(name, count);
        }
    }
    counts
}

fn rustc_version() -> Result<String, String> {
    let output = Command::new("rustc")
        .arg("--version")
        .output()
        .map_err(|error| format!("cannot start rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split(' ').nth(1).ok_or("rustc has no version")?;
    Ok(version.to_owned())
}

/// Returns the path of the program that runs valgrind. Installs it into the target folder if it is
/// missing.
fn runner() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = program.ancestors().nth(2).ok_or("no target directory")?;
    let root = target.join("tools");
    let runner = root.join("bin/gungraun-runner");
    if !runner.exists() {
        install(&root)?;
    }
    Ok(runner)
}

fn install(root: &Path) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        // The program only starts others and reads their output, so its speed does not matter.
        .args([
            "install", "--quiet", "--locked", "--debug", RUNNER, "--root",
        ])
        .arg(root)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("cannot install {RUNNER}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_counts_are_read_from_the_output() {
        let text = "instructions::a_group::f over_x:(list())\n  Instructions:   12345|N/A   (***)\n\
                    \x20 L1 Hits:  1|N/A\n\
                    instructions::b_group::g get:\"a:b\"\n  Instructions:   7|8   (-1%)\n";
        let counts = parse(text);
        assert_eq!(counts["a_group::f over_x"], 12345);
        assert_eq!(counts["b_group::g get"], 7);
        assert_eq!(counts.len(), 2);
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
