//! What the clients cost, measured: `cargo xtask bench NAME`.

mod list_memory;

use std::process::ExitCode;

/// Runs one benchmark.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["list-memory"] => list_memory::run(),
        [list_memory::READER, endpoint] => list_memory::read(endpoint),
        _ => return crate::usage_error(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}
