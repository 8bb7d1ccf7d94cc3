//! Runs the rows of a suite as tests. A row is a test that is created at run time, with a name that
//! describes it. `--list` lists the names, and a filter selects some of them.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

/// The tests of a suite, in the order in which they are started.
#[derive(Default)]
pub(crate) struct Rows {
    rows: Vec<Trial>,
    notes: Notes,
}

/// Lines that a suite prints besides the numbers of passed and failed tests. They are printed after
/// all tests have ended, since the tests run concurrently.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    pub(crate) fn add(&self, note: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(note.into());
    }
}

impl Rows {
    /// Adds a test that runs `check`. If `check` fails, its error describes what is wrong.
    pub(crate) fn add<C>(&mut self, name: impl Into<String>, check: C)
    where
        C: FnOnce() -> Result<(), String> + Send + 'static,
    {
        let check = || check().map_err(Failed::from);
        self.rows.push(Trial::test(name, check));
    }

    /// Adds a test whose result is already known.
    pub(crate) fn checked(&mut self, name: impl Into<String>, result: Result<(), String>) {
        self.add(name, || result);
    }

    pub(crate) fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Runs the selected tests, `at_once` of them at a time unless the arguments set another
    /// number. The arguments are those of any test binary; if one is invalid, the process ends with
    /// exit code 2.
    pub(crate) fn run(self, arguments: &[String], at_once: Option<usize>) -> Outcome {
        let program = ["rows".to_owned()];
        let mut arguments = Arguments::from_iter(program.iter().chain(arguments));
        arguments.test_threads = arguments.test_threads.or(at_once);
        let conclusion = libtest_mimic::run(&arguments, self.rows);
        let notes = self.notes.0.lock().unwrap_or_else(PoisonError::into_inner);
        // With `--list`, only the list is printed.
        for note in notes.iter().filter(|_| !arguments.list) {
            println!("{note}");
        }
        Outcome {
            passed: conclusion.num_passed,
            failed: conclusion.num_failed,
            is_list: arguments.list,
        }
    }
}

/// The number of tests that have passed, and of those that have failed. A test that was not run is
/// not counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    passed: u64,
    failed: u64,
    is_list: bool,
}

impl Outcome {
    /// Counts a result that does not come from a test, such as that of a clean-up, and prints it if
    /// it is a failure.
    pub(crate) fn count(&mut self, case: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(problem) => {
                println!("FAILED {case}: {problem}");
                self.failed += 1;
            }
        }
    }

    /// Prints the counts as the last line, except after `--list`, and returns the exit code.
    pub(crate) fn finish(self) -> ExitCode {
        if !self.is_list {
            println!("{} passed, {} failed", self.passed, self.failed);
        }
        match self.failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

/// Runs the future of a test, on a runtime of its own and in real time.
pub(crate) fn block_on<T>(row: impl Future<Output = T>) -> Result<T, String> {
    block_on_clock(row, false)
}

/// Runs the future of a test, on a runtime of its own and in simulated time: if nothing else is
/// left to do, a minute passes immediately.
pub(crate) fn block_on_simulated<T>(row: impl Future<Output = T>) -> Result<T, String> {
    block_on_clock(row, true)
}

fn block_on_clock<T>(row: impl Future<Output = T>, simulated: bool) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(simulated)
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    Ok(runtime.block_on(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Outcome {
        let mut rows = Rows::default();
        rows.add("one", || Ok(()));
        rows.add("another one", || Ok(()));
        rows.checked("two", Err("differs".to_owned()));
        let quiet = arguments.iter().chain(&["--quiet"]);
        let arguments: Vec<String> = quiet.map(|argument| (*argument).to_owned()).collect();
        rows.run(&arguments, None)
    }

    #[test]
    fn a_row_counts_once_and_a_failure_fails_the_suite() {
        let mut outcome = run(&[]);
        assert_eq!((outcome.passed, outcome.failed), (2, 1));
        outcome.count("what comes behind them", Ok(()));
        assert_eq!((outcome.passed, outcome.failed), (3, 1));
        assert_eq!(outcome.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn what_a_filter_leaves_out_does_not_count() {
        let outcome = run(&["another"]);
        assert_eq!((outcome.passed, outcome.failed), (1, 0));
        assert_eq!(outcome.finish(), ExitCode::SUCCESS);
    }

    #[test]
    fn a_list_counts_nothing() {
        let listed = Outcome {
            is_list: true,
            ..Outcome::default()
        };
        assert_eq!(run(&["--list"]), listed);
    }
}
