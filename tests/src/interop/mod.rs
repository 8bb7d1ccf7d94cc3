//! Compares our clients and our signer with the official SDKs: `cargo xtask interop`.
//!
//! The SDKs call the emulator, which verifies their signatures and refuses altered requests. They
//! also sign the requests of our clients again, and the signatures are compared. The programs that
//! use the SDKs are in `tests/interop`. The code in the emulator's documentation is run as well.

mod differential;
mod emulator;
mod expected;
mod install;
mod ours;
mod pages;
mod products;
mod recompute;
mod relay;
mod reports;
mod sdk;
mod signer;
mod table;

use std::net::SocketAddr;
use std::process::ExitCode;

use serde_json::json;

use self::emulator::{Emulator, FAST, STEADY};
use self::expected::Program;
use self::sdk::Sdk;
use self::table::Table;
use crate::rows::{Outcome, Rows};

/// The default seed of a differential test, so that every run has the same requests.
const SEED: u64 = 1;

/// The id of an invented access key. Its secret contains characters that are difficult to sign.
const ACCESS_KEY_ID: &str = "interop-access-key";
const SECRET_ACCESS_KEY: &str = "interop secret+key/测";

const USAGE: &str = "cargo xtask interop [--differential N [--seed S]]";

/// Runs the programs that use the SDKs, or the differential test. The last line of the output is
/// `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().ok();
    let differential = match words[..] {
        ["--differential", count] => (number(count), Some(SEED)),
        ["--differential", count, "--seed", seed] => (number(count), number(seed)),
        ["--differential", ..] => (None, None),
        _ => return witnesses(arguments).finish(),
    };
    let (Some(count @ 1..), Some(seed)) = differential else {
        return crate::usage_error(USAGE);
    };
    let outcome = differential::run(count, seed).unwrap_or_else(|problem| {
        let mut outcome = Outcome::default();
        outcome.count("interop", Err(problem));
        outcome
    });
    outcome.finish()
}

/// Runs all programs that use an SDK, and makes tests of the results that they report. All programs
/// run even if the arguments select only some tests, since the tests are not known before.
fn witnesses(arguments: &[String]) -> Outcome {
    let mut rows = Rows::default();
    if let Err(problem) = ask(&mut rows) {
        rows.checked("interop", Err(problem));
    }
    rows.run(arguments, None)
}

fn ask(rows: &mut Rows) -> Result<(), String> {
    let sdks = [install::python()?, install::node()?];
    let [python, _] = &sdks;
    let operations = expected::operations()?;
    let emulator = Emulator::start(ACCESS_KEY_ID, SECRET_ACCESS_KEY, FAST)?;
    let mut table = Table::default();
    for sdk in &sdks {
        for program in [Program::Operations, Program::Refusals] {
            if let Err(problem) = call(sdk, program, &emulator, &mut table) {
                rows.checked(format!("{} {}", sdk.name(), program.name()), Err(problem));
            }
        }
    }
    let steady = Emulator::start(ACCESS_KEY_ID, SECRET_ACCESS_KEY, STEADY)?;
    if let Err(problem) = call(python, Program::Aihc, &steady, &mut table) {
        rows.checked(format!("{} aihc", python.name()), Err(problem));
    }
    let sent = ours::send(emulator.address(), ACCESS_KEY_ID, SECRET_ACCESS_KEY)?;
    for sdk in &sdks {
        recompute::check(sdk, &operations, &sent, &mut table)?;
    }
    table.add_to(rows);
    for (row, result) in expected::compare(&table.results()) {
        rows.checked(row, result);
    }
    pages::check(python, rows)?;
    products::check(python, rows)
}

/// Runs one program that uses an official SDK against the emulator, and puts a verdict on each of
/// its reports into `table`. Fails if the program itself fails.
fn call(sdk: &Sdk, program: Program, emulator: &Emulator, table: &mut Table) -> Result<(), String> {
    let address: SocketAddr = emulator.address();
    let settings = json!({
        "endpoint": format!("http://{address}"),
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
    });
    let (reports, end) = reports::of(sdk.program(program.name()), &settings)?;
    for report in reports {
        let verdict = program.judge(&report);
        table.put(
            sdk.name(),
            &report.case,
            &report.through,
            report.credentials,
            verdict,
        );
    }
    end
}
