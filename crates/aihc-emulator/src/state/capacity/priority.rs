//! The priorities of workloads.

/// The documented priorities, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    Low,
    Normal,
    High,
}

impl Priority {
    /// Parses `scheduleConf.priority`; the documented default is `high`.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "low" => Self::Low,
            "normal" => Self::Normal,
            _ => Self::High,
        }
    }
}
