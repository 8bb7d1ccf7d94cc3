//! The priorities of workloads.

/// The documented priorities of workloads, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    Low,
    Normal,
    High,
}

impl Priority {
    /// Parses a priority. Returns `High`, the documented default for dev instances, for anything
    /// but `low` and `normal`.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "low" => Self::Low,
            "normal" => Self::Normal,
            _ => Self::High,
        }
    }
}
