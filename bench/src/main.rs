//! Measures the cost of the client, the log and the command-line tool: `cargo xtask bench [NAME]`.
//!
//! `cargo xtask bench` builds this program with the profile `bench`, and passes its arguments on.
//! If the first argument is `instructions`, it builds and runs the package `bench-instructions`
//! instead.

// The command prints to a terminal.
#![allow(clippy::print_stdout)]

mod call;
mod compile;
mod decode;
mod decode_bounds;
mod footprint;
mod growth;
mod list_memory;
mod list_server;
mod load;
mod log;
mod page;
mod report;
mod rounds;
mod sign;
mod tool;
mod usage;

use std::process::ExitCode;

use report::Row;

const USAGE: &str = "\
Usage: cargo xtask bench [NAME]

  (none)             everything below; the last line is `N goals met, M missed`
  call               the processor time of a list call
  call WHO N CALLS   the calls of one contestant (ours, bare, fair, reqwest), N in flight
  compile            the time of building and checking crates from nothing; takes ten minutes
  decode             decoding a response, compared with derived code
  decode WHO TIMES   the decodings of one (ours, derived), for a profiler
  decode-bounds      16 MiB of various responses: the time to read them, and how late a call ends
  footprint          crates, build time, size and memory of a program that lists
  growth             the cost of calls and items as their numbers grow
  sign               signing, compared with its HMACs
  list-memory        the memory of a stream over 100,000 instances that are created and deleted
  log                a filtered record, and one that is written to a file
  tool               the start of the command-line tool, a list with it, and its size

  instructions       instructions, compared with saved counts: `N within 3 %, M above`

  --save             write tables and plots to docs/benchmarks.md, and counts of instructions
  --json FILE        also write the rows as JSON";

/// The benchmarks that run if no argument is given, in the order of `docs/benchmarks.md`.
const ALL: [&str; 10] = [
    "sign",
    "call",
    "decode",
    "decode-bounds",
    "growth",
    "list-memory",
    "footprint",
    "compile",
    "log",
    "tool",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (words, json) = match &words[..] {
        [words @ .., "--json", file] => (words, Some(*file)),
        words => (words, None),
    };
    let (words, save) = match words {
        [words @ .., "--save"] => (words, true),
        words => (words, false),
    };
    let rows = match *words {
        [] => everything(save)?,
        [name] if ALL.contains(&name) => measured(name, save)?,
        ["decode", who, times] => {
            decode::alone(who, times)?;
            return Ok(ExitCode::SUCCESS);
        }
        ["call", contestant, in_flight, calls] => {
            call::alone(contestant, in_flight, calls)?;
            return Ok(ExitCode::SUCCESS);
        }
        // These make this program one of the processes that are measured, or with which others are
        // measured.
        [list_memory::READER, endpoint] => {
            list_memory::read(endpoint)?;
            return Ok(ExitCode::SUCCESS);
        }
        [tool::SERVICE] => {
            tool::serve()?;
            return Ok(ExitCode::SUCCESS);
        }
        [list_server::SERVER, scheme, instances] => {
            list_server::serve(scheme, instances)?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    if let Some(file) = json {
        report::write_json(&rows, file)?;
    }
    Ok(report::exit_code(&rows))
}

/// Runs all benchmarks one after the other, and prints a table with all results.
fn everything(save: bool) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for name in ALL {
        rows.extend(measured(name, save)?);
    }
    report::print(&rows);
    Ok(rows)
}

/// Runs one benchmark. If `save` is set, also writes its table, and its plot if it has one.
fn measured(name: &str, save: bool) -> Result<Vec<Row>, String> {
    let rows = match name {
        "sign" => sign::run()?,
        "call" => call::run(save)?,
        "decode" => decode::run()?,
        "decode-bounds" => decode_bounds::run()?,
        // The tables of this benchmark are those of its series.
        "growth" => return growth::run(save),
        "list-memory" => list_memory::run()?,
        "footprint" => footprint::run()?,
        "compile" => compile::run()?,
        "log" => log::run()?,
        _ => tool::run()?,
    };
    if save {
        page::save_rows(name, &rows)?;
    }
    Ok(rows)
}
