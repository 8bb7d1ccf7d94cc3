//! Limits the number of tests that run at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(super) struct Turns {
    left: Mutex<usize>,
    one_ends: Condvar,
}

/// The permission to run one test. Dropping the value ends the permission, so that another test may
/// begin.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            left: Mutex::new(at_once),
            one_ends: Condvar::new(),
        }
    }

    /// Waits until another test may begin, and returns the permission for it.
    pub(super) fn wait(&self) -> Turn<'_> {
        let waits = self.one_ends.wait_while(self.left(), |left| *left == 0);
        *waits.unwrap_or_else(PoisonError::into_inner) -= 1;
        Turn(self)
    }

    fn left(&self) -> MutexGuard<'_, usize> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.left() += 1;
        self.0.one_ends.notify_one();
    }
}
