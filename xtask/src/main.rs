//! Development tasks: `cargo xtask TASK`.

// The tasks print to the terminal.
#![allow(clippy::print_stdout)]

mod codegen;
mod deps;
mod forward;
mod fresh;
mod fuzz;
mod msrv;
mod products;
mod project;
mod release;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask TASK

  codegen [--check]                    write the generated modules, or compare them
  codegen --spec FILE --out DIR        generate a client crate for any service
  codegen --meta DIR --all --out DIR   a crate for every product of the official metadata
  products --meta DIR                  compare those crates with a second reading of the metadata
  conformance signing FILE...          compare the signer with golden signatures
  conformance wire FILE...             compare our requests with captured ones
  conformance responses FILE...        compare our results with expected ones
  conformance calls FILE...            compare the calls of `aihc` with what its description expects
  faults                               every fault on the wire against every operation
  gateways [--keep]                    our clients through real gateways and proxies, which it
                                       installs from Debian packages and removes, as root
  bench [NAME] [--json FILE]           the cost of the clients, compared with that of the work itself
  credentials                          credentials that expire, fail or are refused, counted
  storm                                many clients, a service that is down, slow, healthy
  interop                              the official SDKs against the emulator, and our requests
                                       signed again by them; needs Python and Node
  interop --differential N [--seed S]  N random requests, signed by us and by the Python SDK
  logging                              every level, output, rotation and format of bce-log
  tidy                                 automated parts of a review
  deps                                 dependencies of the published crates: tree, count, licences
  msrv                                 the published crates with the oldest supported compiler
  release --check X.Y.Z                obstacles to a release
  release X.Y.Z                        a release up to its tag; --rehearse: in a scratch clone
  fuzz --seconds N [TARGET]            hostile input for the parsers: N seconds in all, in turn;
                                       --seeds writes initial inputs for `cargo fuzz run`
  fresh                                README's first two commands in an empty folder, timed

The conformance tasks, faults, gateways, credentials, interop and logging end with the line
`N passed, M failed` and fail if M is not 0.";

/// Tasks that run the test suite of the same name in the package `proofs`, and take no options.
const PROOFS: [&str; 4] = ["credentials", "faults", "logging", "storm"];

fn main() -> ExitCode {
    if let Some(end) = tidy::stand_in_for_rustdoc() {
        return end;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "codegen" => codegen::run(rest),
        Some((task, rest)) if task == "bench" => forward::bench(rest),
        Some((task, rest)) if task == "conformance" && rest.len() > 1 => forward::conformance(rest),
        Some((suite, [])) if PROOFS.contains(&suite.as_str()) => forward::proof(suite, &[]),
        Some((suite, rest)) if takes(suite, rest) => forward::proof(suite, rest),
        Some((task, [])) if task == "deps" => deps::run(),
        Some((task, [])) if task == "fresh" => fresh::run(),
        Some((task, rest)) if task == "fuzz" => fuzz::run(rest),
        Some((task, [])) if task == "msrv" => msrv::run(),
        Some((task, rest)) if task == "products" => products::run(rest),
        Some((task, rest)) if task == "release" => release::run(rest),
        Some((task, [])) if task == "tidy" => tidy::run(),
        Some((help, _)) if help == "--help" || help == "help" => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => usage_error(),
    }
}

/// Returns whether a test suite accepts these options.
fn takes(suite: &str, arguments: &[String]) -> bool {
    let first = arguments.first().map(String::as_str);
    match suite {
        "gateways" => matches!((first, arguments.len()), (None | Some("--keep"), 0 | 1)),
        "interop" => matches!(first, None | Some("--differential")),
        _ => false,
    }
}

/// Prints the usage after an invalid command line.
fn usage_error() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
