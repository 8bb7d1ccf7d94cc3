//! Tests every combination of level, output, rotation and format of `bce-log`:
//! `cargo xtask logging`.
//!
//! A test whose output is standard output or standard error also writes files, to show that
//! rotation does not affect the stream. The records are written by child processes, one for each
//! output, because writing them causes panics, and replaces the panic hook of the whole process. A
//! child writes its test cases one after another.

mod case;
mod emit;
mod expect;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, OnceLock};

use self::case::{OUTPUTS, Output};
use crate::rows::{Outcome, Rows};

/// The argument with which this program, as a child process, writes the records of all test cases
/// with one output.
const CHILD: &str = "play-output";
/// The beginning of the line that separates two test cases on a standard stream.
const MARK: &str = "== case ";

/// Runs all tests, or, in a child process, writes the records of the test cases with one output.
/// The last line of the tests' output is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        [CHILD, output, root] => play_output(output, Path::new(root)).map(|()| ExitCode::SUCCESS),
        _ => table(arguments).map(Outcome::finish),
    };
    result.unwrap_or_else(|problem| {
        eprintln!("logging: {problem}");
        ExitCode::FAILURE
    })
}

fn table(arguments: &[String]) -> Result<Outcome, String> {
    let root = std::env::temp_dir().join(format!("bce-log-table-{}", std::process::id()));
    std::fs::create_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut rows = Rows::default();
    for output in OUTPUTS {
        let played = Arc::new(Played::new(output, root.clone()));
        for case in case::all(output) {
            let (played, root) = (Arc::clone(&played), root.clone());
            rows.add(case.name(), move || {
                let streams = played.streams()?;
                // If the child has ended early, the stream lacks the remaining cases.
                let stream = (output != Output::File)
                    .then(|| streams.get(case.number).map_or("", String::as_str));
                expect::check(&case, &case.dir(&root), stream)
            });
        }
    }
    let outcome = rows.run(arguments, None);
    std::fs::remove_dir_all(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(outcome)
}

/// The test cases with one output. A single child process writes the records of all of them; it is
/// started by the first test that needs any of these records.
struct Played {
    output: Output,
    root: PathBuf,
    streams: OnceLock<Result<Vec<String>, String>>,
}

impl Played {
    fn new(output: Output, root: PathBuf) -> Self {
        Self {
            output,
            root,
            streams: OnceLock::new(),
        }
    }

    /// Returns what the child process has written to its standard stream, for each test case.
    fn streams(&self) -> Result<&[String], String> {
        let play = || streams_of_child(self.output, &self.root);
        let streams = self.streams.get_or_init(play).as_ref();
        streams.map(Vec::as_slice).map_err(Clone::clone)
    }
}

fn streams_of_child(output: Output, root: &Path) -> Result<Vec<String>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .args([CHILD, output.name()])
        .arg(root)
        .output()
        .map_err(|error| error.to_string())?;
    let (stream, other) = match output {
        Output::Stderr => (child.stderr, child.stdout),
        _ => (child.stdout, child.stderr),
    };
    let stream = String::from_utf8_lossy(&stream).into_owned();
    if !child.status.success() || !other.is_empty() {
        let other = String::from_utf8_lossy(&other).into_owned();
        return Err(format!(
            "the child for {} failed: {stream}{other}",
            output.name()
        ));
    }
    let cases = stream.split(MARK).skip(1);
    let records = cases.map(|case| case.split_once('\n').map_or("", |(_, records)| records));
    Ok(records.map(str::to_owned).collect())
}

fn play_output(output: &str, root: &Path) -> Result<(), String> {
    let named = OUTPUTS.into_iter().find(|known| known.name() == output);
    let output = named.ok_or_else(|| format!("no output {output}"))?;
    for case in case::all(output) {
        match output {
            Output::Stderr => eprintln!("{MARK}{}", case.number),
            Output::Stdout => println!("{MARK}{}", case.number),
            Output::File => {}
        }
        emit::play(&case, root)?;
    }
    Ok(())
}
