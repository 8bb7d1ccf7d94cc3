//! Counting cases: what every task with a `N passed, M failed` line has in common.

use std::process::ExitCode;

/// How many cases agree. A case counts once.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    passed: usize,
    failures: Vec<String>,
}

impl Outcome {
    /// Counts a case.
    pub(crate) fn count(&mut self, case: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(problem) => self.failures.push(format!("{case}: {problem}")),
        }
    }

    /// Prints the failures and, as the last line, the counts.
    pub(crate) fn finish(self) -> ExitCode {
        for failure in &self.failures {
            println!("FAILED {failure}");
        }
        println!("{} passed, {} failed", self.passed, self.failures.len());
        if self.failures.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
