//! When waiting for a state ends. For generated waiter tables.

/// The states that end a wait, as the API's description lists them.
#[derive(Debug)]
pub struct WaiterTable {
    /// Name of the waiter, such as `DevInstanceRunning`.
    pub name: &'static str,
    /// The operation that reads the state.
    pub operation: &'static str,
    /// The member of its response that holds the state, such as `devInstance.status`.
    pub field: &'static str,
    /// Codes of the states that were waited for.
    pub success: &'static [i64],
    /// Codes of the states from which the wanted one is not reached any more.
    pub failure: &'static [i64],
    /// Codes of the states on the way.
    pub pending: &'static [i64],
    /// Error codes that mean success, such as `NotFound` after a deletion.
    pub success_errors: &'static [&'static str],
}

/// What a state means for a wait.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The state was reached.
    Done,
    /// It cannot be reached any more.
    Failed,
    /// Go on waiting; also the verdict on codes that no table knows.
    Pending,
}

impl WaiterTable {
    /// Judges the code of a state.
    pub fn judge(&self, status: i64) -> Verdict {
        if self.success.contains(&status) {
            Verdict::Done
        } else if self.failure.contains(&status) {
            Verdict::Failed
        } else {
            Verdict::Pending
        }
    }

    /// Whether an error code of the reading operation means that the wait has succeeded.
    pub fn is_success_error(&self, code: &str) -> bool {
        self.success_errors.contains(&code)
    }
}
