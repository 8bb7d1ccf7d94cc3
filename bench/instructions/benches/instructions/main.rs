//! The operations whose instructions are counted: `cargo xtask bench instructions`. There is one
//! file per group of operations.
//!
//! Without an argument, the program prints the names of the operations; with a name, it runs that
//! operation once.

// The names are printed for the program that counts.
#![allow(clippy::print_stdout)]

mod call;
mod floor;
#[path = "../../../src/sign/requests.rs"]
mod requests;
mod sign;

use std::hint::black_box;
use std::process::ExitCode;

/// An operation: its name, and a function that prepares it and runs it within [`counted`].
type Operation = (&'static str, fn());

const GROUPS: [&[Operation]; 3] = [call::OPERATIONS, floor::OPERATIONS, sign::OPERATIONS];

fn main() -> ExitCode {
    let operations = || GROUPS.into_iter().flatten();
    let Some(wanted) = std::env::args().nth(1) else {
        for (name, _) in operations() {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let Some((_, run)) = operations().find(|(name, _)| *name == wanted) else {
        eprintln!("there is no operation `{wanted}`");
        return ExitCode::from(2);
    };
    run();
    ExitCode::SUCCESS
}

/// Calls a function with a value that has been prepared. Callgrind counts only while this function
/// runs, which it finds by its name. What the function returns is dropped by the caller, since
/// dropping is not counted.
#[inline(never)]
fn counted<I, O>(work: impl FnOnce(I) -> O, prepared: I) -> O {
    black_box(work(black_box(prepared)))
}
