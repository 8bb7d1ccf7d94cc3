//! The documented states of a dev machine.

use serde::{Deserialize, Serialize};

/// State of a dev machine, with the documented code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub(crate) enum Status {
    Creating = 0,
    Queued = 1,
    Deploying = 2,
    Running = 3,
    Stopping = 4,
    Stopped = 5,
    Starting = 6,
    /// What it means next to running is not documented; nothing here leads to it.
    Opened = 7,
    ImagePacking = 10,
    Deleting = 11,
    Failed = 18,
    Abnormal = 19,
    Deleted = 20,
}

impl Status {
    pub(crate) const ALL: [Self; 13] = [
        Self::Creating,
        Self::Queued,
        Self::Deploying,
        Self::Running,
        Self::Stopping,
        Self::Stopped,
        Self::Starting,
        Self::Opened,
        Self::ImagePacking,
        Self::Deleting,
        Self::Failed,
        Self::Abnormal,
        Self::Deleted,
    ];

    /// The documented code.
    pub(crate) const fn code(self) -> i64 {
        self as i64
    }

    /// The state of a documented code.
    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether a container is there: it has addresses, and stopping it kills it.
    pub(crate) const fn has_container(self) -> bool {
        matches!(
            self,
            Self::Deploying | Self::Running | Self::Opened | Self::ImagePacking
        )
    }
}

impl From<Status> for i64 {
    fn from(status: Status) -> Self {
        status.code()
    }
}

impl TryFrom<i64> for Status {
    type Error = String;

    fn try_from(code: i64) -> Result<Self, String> {
        Self::from_code(code).ok_or_else(|| format!("{code} is not the code of a state"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_states_belong_together() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
        assert_eq!(Status::from_code(8), None);
        assert_eq!(Status::from_code(-1), None);
    }
}
