//! What the clients cost, measured beside what the work itself costs: `cargo xtask bench [NAME]`.
//!
//! `cargo xtask bench` builds this program in the profile `bench` and passes its arguments on.

// A command talks to its terminal.
#![allow(clippy::print_stdout)]

mod call;
mod compile;
mod decode;
mod decode_bounds;
mod footprint;
mod growth;
mod instructions;
mod list_memory;
mod list_server;
mod log;
mod report;
mod rounds;
mod sign;
mod usage;

use std::process::ExitCode;

use report::Row;

const USAGE: &str = "\
Usage: cargo xtask bench [NAME]

  (none)             everything below; the last line is `N goals met, M missed`
  call               the processor time of a list call
  call WHO N CALLS   the calls of one contestant (ours, bare, signed), N in flight, for a profiler
  compile            the time to build and to check crates, from nothing; takes ten minutes
  decode             the bytes of an answer read, beside derived code
  decode WHO TIMES   the decodings of one (ours, derived), for a profiler
  decode-bounds      16 MiB of whatever may come: the time to read it, and how late a call ends
  footprint          crates, build time, size and memory of a program that lists
  growth [--save]    calls and items as there are more of them; writes docs/growth.md and .svg
  sign               signing, beside the HMACs in it
  list-memory        the memory of a stream over 100,000 instances that come and go meanwhile
  log                a record that nobody wants, and one that is written to a file

  instructions [--save]   instructions, held against instructions.json: `N within 3 %, M above`

  --json FILE        write the rows as JSON, too";

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
    let (words, json) = match words[..] {
        [ref words @ .., "--json", file] => (words, Some(file)),
        ref words => (words, None),
    };
    let rows: Vec<Row> = match *words {
        [] => everything()?,
        ["call"] => call::run()?,
        ["compile"] => compile::run()?,
        ["decode"] => decode::run()?,
        ["decode", who, times] => {
            decode::alone(who, times)?;
            return Ok(ExitCode::SUCCESS);
        }
        ["decode-bounds"] => decode_bounds::run()?,
        ["footprint"] => footprint::run()?,
        ["growth"] => growth::run(false)?,
        ["growth", "--save"] => growth::run(true)?,
        ["sign"] => sign::run()?,
        ["list-memory"] => list_memory::run()?,
        ["log"] => log::run()?,
        ["instructions"] => return instructions::run(false),
        ["instructions", "--save"] => return instructions::run(true),
        // The programs that are measured from outside.
        [list_memory::READER, endpoint] => {
            list_memory::read(endpoint)?;
            return Ok(ExitCode::SUCCESS);
        }
        [list_server::SERVER, scheme, instances] => {
            list_server::serve(scheme, instances)?;
            return Ok(ExitCode::SUCCESS);
        }
        ["call", contestant, in_flight, calls] => {
            call::alone(contestant, in_flight, calls)?;
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

/// Each benchmark in turn, then the table of all.
fn everything() -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    rows.extend(sign::run()?);
    rows.extend(call::run()?);
    rows.extend(decode::run()?);
    rows.extend(decode_bounds::run()?);
    rows.extend(growth::run(false)?);
    rows.extend(list_memory::run()?);
    rows.extend(footprint::run()?);
    rows.extend(compile::run()?);
    rows.extend(log::run()?);
    report::print(&rows);
    Ok(rows)
}
