//! Checks the log files and the standard stream of a test case.

use std::path::Path;

use bce_log::{Level, Part, Rotation};

use super::case::{Case, LEVELS, SIZE};
use super::emit::ROUNDS;

const PERIODS: [(Rotation, [&str; ROUNDS]); 3] = [
    (Rotation::Day, ["t.2026-11-23.log", "t.2026-11-24.log"]),
    (
        Rotation::Hour,
        ["t.2026-11-23_10.log", "t.2026-11-23_11.log"],
    ),
    (
        Rotation::Minute,
        ["t.2026-11-23_10-20.log", "t.2026-11-23_10-21.log"],
    ),
];

/// Compares the log files in `dir`, and the standard stream if there is one, with what is expected.
pub(super) fn check(case: &Case, dir: &Path, stream: Option<&str>) -> Result<(), String> {
    let files = read(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let written: String = files.iter().map(|(_, text)| text.as_str()).collect();
    if let Some(stream) = stream.filter(|stream| *stream != written) {
        return Err(format!("the stream has {stream:?}, the files {written:?}"));
    }
    let shown: Vec<Level> = LEVELS
        .into_iter()
        .filter(|level| *level >= case.level)
        .collect();
    let lines: Vec<&str> = written.lines().collect();
    if lines.len() != ROUNDS * shown.len() {
        return Err(format!(
            "{} records instead of {}",
            lines.len(),
            ROUNDS * shown.len()
        ));
    }
    for (at, line) in lines.iter().enumerate() {
        let (round, level) = (at / shown.len(), shown[at % shown.len()]);
        check_line(case, round, level, line)?;
    }
    check_files(case, &files, &lines, shown.len())
}

/// Returns the names and the contents of the files in a folder, sorted by name.
fn read(dir: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(entry.path())?));
    }
    files.sort();
    Ok(files)
}

fn check_line(case: &Case, round: usize, level: Level, line: &str) -> Result<(), String> {
    let message = format!("message {round}");
    let fields = match level {
        Level::Panic => "thread=\"main\"".to_owned(),
        _ => format!("round={round}"),
    };
    let time = match (case.when, round) {
        (_, 0) => "2026-11-23 10:20:30",
        (Rotation::Day, _) => "2026-11-24 10:20:30",
        (Rotation::Hour, _) => "2026-11-23 11:20:30",
        _ => "2026-11-23 10:21:30",
    };
    let good = match case.part {
        Some(Part::Level) => line == format!("[{level}]"),
        Some(Part::Time) => line == time,
        Some(Part::LongTime) => line == format!("{time}.123456"),
        Some(Part::Location) => is_location(level, line),
        Some(Part::Message) => line == message,
        Some(Part::Fields) => line == fields,
        _ => is_json(level, &message, time, line),
    };
    if good {
        Ok(())
    } else {
        Err(format!("the {level} of round {round} is {line:?}"))
    }
}

fn is_location(level: Level, line: &str) -> bool {
    let end = match level {
        Level::Panic => ":",
        _ => ":proofs::logging::emit:",
    };
    let number = line
        .strip_prefix("emit.rs:")
        .and_then(|rest| rest.strip_suffix(end));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn is_json(level: Level, message: &str, time: &str, line: &str) -> bool {
    let Ok(record) = serde_json::from_str::<serde_json::Value>(line) else {
        return false;
    };
    record["level"] == level.label()
        && record["message"] == message
        && record["time"] == format!("{}.123456+00:00", time.replace(' ', "T"))
        && record["line"].is_u64()
        && record["fields"].is_object()
}

/// Checks the names and the contents of the log files. In each round, the test has written
/// `per_round` records.
fn check_files(
    case: &Case,
    files: &[(String, String)],
    lines: &[&str],
    per_round: usize,
) -> Result<(), String> {
    let text = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    let periods = PERIODS.iter().find(|(rotation, _)| *rotation == case.when);
    let expected: Vec<(String, String)> = match (case.when, periods) {
        (_, Some((_, names))) => {
            let rounds = lines.chunks(per_round).map(text);
            names
                .iter()
                .map(|name| (*name).to_owned())
                .zip(rounds)
                .collect()
        }
        (Rotation::Size(_), None) => {
            let files = packed(lines).into_iter().enumerate();
            files
                .map(|(at, text)| (format!("t.{:08}.log", at + 1), text))
                .collect()
        }
        _ => vec![("t.log".to_owned(), text(lines))],
    };
    if files == expected {
        Ok(())
    } else {
        Err(format!("the files are {files:?} instead of {expected:?}"))
    }
}

/// Returns the expected contents of the files with rotation by size. Each file has as many records
/// as fit in [`SIZE`] bytes, but at least one.
fn packed(lines: &[&str]) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for line in lines {
        match files.last_mut() {
            Some(file) if (file.len() + line.len() + 1) as u64 <= SIZE => {
                *file += &format!("{line}\n");
            }
            _ => files.push(format!("{line}\n")),
        }
    }
    files
}
