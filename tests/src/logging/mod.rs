//! Every level by output, rotation and format of `bce-log`, generated and run: `cargo xtask logging`.
//!
//! A case with a standard stream writes to that stream and to files at the same time, so that it
//! shows that rotation does not concern the stream. All cases of a stream run in one child process.

mod case;
mod emit;
mod expect;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use case::{Case, FORMATS, LEVELS, OUTPUTS, Output, ROTATIONS};

use crate::outcome::Outcome;

/// The argument that makes this program write the cases of a stream.
const CHILD: &str = "play-stream";
/// Begins a line between two cases on a stream.
const MARK: &str = "== case ";

const USAGE: &str = "cargo xtask logging";

/// Runs the table, or the cases of one stream in a child process.
pub fn run(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        [] => table(),
        [CHILD, output, root] => play_stream(output, Path::new(root)).map(|()| ExitCode::SUCCESS),
        _ => return crate::usage_error(USAGE),
    };
    result.unwrap_or_else(|problem| {
        eprintln!("logging: {problem}");
        ExitCode::FAILURE
    })
}

fn table() -> Result<ExitCode, String> {
    let root = std::env::temp_dir().join(format!("bce-log-table-{}", std::process::id()));
    let mut outcome = Outcome::default();
    print!("{:<18}", "passed of formats");
    for (name, _) in ROTATIONS {
        print!("{name:>8}");
    }
    println!();
    for output in OUTPUTS {
        let streams = match output {
            Output::File => Vec::new(),
            stream => stream_of_child(stream, &root)?,
        };
        for level in LEVELS {
            print!("{:<18}", format!("{level} {}", output.name()));
            for (rotation, _) in ROTATIONS {
                let of_cell = |case: &Case| case.level == level && case.rotation == rotation;
                let mut passed = 0;
                for case in case::all(output).into_iter().filter(of_cell) {
                    if output == Output::File {
                        emit::play(&case, &root)?;
                    }
                    // A stream that ends early has nothing of the cases after that.
                    let stream = (output != Output::File)
                        .then(|| streams.get(case.number).map_or("", String::as_str));
                    let result = expect::check(&case, &case.dir(&root), stream);
                    passed += usize::from(result.is_ok());
                    outcome.count(&case.name(), result);
                }
                print!("{:>8}", format!("{passed}/{}", FORMATS.len()));
            }
            println!();
        }
    }
    std::fs::remove_dir_all(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(outcome.finish())
}

/// What a child writes to a stream, case by case.
fn stream_of_child(output: Output, root: &PathBuf) -> Result<Vec<String>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .args(["logging", CHILD, output.name()])
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

fn play_stream(output: &str, root: &Path) -> Result<(), String> {
    let named = OUTPUTS.into_iter().find(|known| known.name() == output);
    let output = named.ok_or_else(|| format!("no output {output}"))?;
    for case in case::all(output) {
        match output {
            Output::Stderr => eprintln!("{MARK}{}", case.number),
            _ => println!("{MARK}{}", case.number),
        }
        emit::play(&case, root)?;
    }
    Ok(())
}
