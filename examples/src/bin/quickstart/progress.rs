//! One line for each event: elapsed time, step, id, state.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Instant;

/// Prints progress and records which operations have succeeded.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    operations: BTreeSet<&'static str>,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            operations: BTreeSet::new(),
        }
    }

    /// Records and prints that an operation of the dev instance API has succeeded.
    pub(crate) fn operation(&mut self, name: &'static str, id: &str, note: impl fmt::Display) {
        self.operations.insert(name);
        self.line(name, id, note);
    }

    /// Prints a state or another event.
    pub(crate) fn line(&self, step: &str, id: &str, note: impl fmt::Display) {
        let elapsed = self.started.elapsed().as_secs_f64();
        println!("{elapsed:7.2} s  {step:<31}  {id:<12}  {note}");
    }

    /// Returns the number of different operations that have succeeded.
    pub(crate) fn operations(&self) -> usize {
        self.operations.len()
    }
}
