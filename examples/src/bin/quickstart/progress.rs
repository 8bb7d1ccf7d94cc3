//! Prints a line for each event: the elapsed time, the step, the id and a note, such as the state.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Instant;

/// Prints the progress, and records which operations have succeeded.
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

    /// Records that an operation on dev instances has succeeded, and prints it.
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
