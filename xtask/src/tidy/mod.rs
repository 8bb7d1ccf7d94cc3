//! `cargo xtask tidy`: the automated part of a review.
//!
//! A check is a function that takes the project and returns a list of problems. The checks of files
//! and metadata have tests in which they find a problem.

mod changelog;
mod dependencies;
mod examples;
mod features;
mod licences;
mod manifests;
mod rustdoc;
mod secrets;

pub(crate) use self::changelog::Changelog;
pub(crate) use self::dependencies::{BUDGETS, below};
pub(crate) use self::rustdoc::stand_in as stand_in_for_rustdoc;

use std::process::ExitCode;

use crate::codegen;
use crate::project::Project;

/// A check, with its name.
type Check = (&'static str, fn(&Project) -> Vec<String>);

const CHECKS: &[Check] = &[
    ("generated code is fresh", generated),
    ("metadata is complete", manifests::check),
    ("licences travel with each crate", licences::check),
    ("features are documented", features::check),
    (
        "dev-dependencies of our own have no version",
        manifests::dev_dependencies,
    ),
    ("crate budgets are kept", dependencies::budgets),
    ("public items have examples", examples::check),
    ("no secret-looking strings", secrets::check),
    ("changelog is well formed", changelog::check),
];

/// Runs all checks. The last line of the output counts them.
pub(crate) fn run() -> ExitCode {
    let project = match Project::read(&codegen::root()) {
        Ok(project) => project,
        Err(problem) => {
            eprintln!("tidy: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for (name, check) in CHECKS {
        let problems = check(&project);
        if problems.is_empty() {
            println!("ok      {name}");
            continue;
        }
        failed += 1;
        println!("FAILED  {name}");
        for problem in problems {
            println!("        {problem}");
        }
    }
    println!("{} checks passed, {failed} failed", CHECKS.len() - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn generated(_: &Project) -> Vec<String> {
    codegen::check().err().into_iter().collect()
}
