//! The test suites of the SDK, which use golden data, faults on the wire, gateways, the official
//! SDKs, and the documentation. Each suite is a separate test; the files in `suites/` start them.

// A suite prints the results of its comparisons.
#![allow(clippy::print_stdout)]

pub mod calls;
pub mod conformance;
pub mod credentials;
pub mod faults;
pub mod fixtures;
#[cfg(unix)]
pub mod gateways;
pub mod interop;
pub mod logging;
mod rows;
pub mod secrets;
pub mod stage;
pub mod storm;

use std::process::ExitCode;

/// Prints the usage of a suite after an invalid command line.
fn usage_error(usage: &str) -> ExitCode {
    eprintln!("Usage: {usage}");
    ExitCode::from(2)
}

/// Tests that compile the programs in the documentation, and run those that can be run.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    mod readme {}

    #[doc = include_str!("../../README.zh-CN.md")]
    mod readme_zh_cn {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/credentials.md"))]
    mod credentials {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/retries-and-ambiguous-writes.md"))]
    mod retries_and_ambiguous_writes {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/proxies-and-tls.md"))]
    mod proxies_and_tls {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/testing-with-the-emulator.md"))]
    mod testing_with_the_emulator {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/logging.md"))]
    mod logging {}

    #[doc = include_str!(concat!(env!("OUT_DIR"), "/migrating-from-go.md"))]
    mod migrating_from_go {}
}
