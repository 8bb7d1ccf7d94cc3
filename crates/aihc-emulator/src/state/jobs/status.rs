//! The states of jobs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::scenario::SettingError;

/// The state of a training job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum JobStatus {
    /// Queued; the job has no pods.
    Created,
    /// The pods of the job are starting.
    Starting,
    /// Running.
    Running,
    /// Being stopped.
    Stopping,
    /// Stopped.
    Stopped,
    /// Failed.
    Failed,
    /// Succeeded.
    Succeeded,
    /// A pod failed, and the job will restart.
    Abnormal,
    /// Restarting.
    Restarting,
}

impl JobStatus {
    const ALL: [Self; 9] = [
        Self::Created,
        Self::Starting,
        Self::Running,
        Self::Stopping,
        Self::Stopped,
        Self::Failed,
        Self::Succeeded,
        Self::Abnormal,
        Self::Restarting,
    ];

    /// Returns the word that responses use for the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Starting => "Starting",
            Self::Running => "Running",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Failed => "Failed",
            Self::Succeeded => "Succeeded",
            Self::Abnormal => "Abnormal",
            Self::Restarting => "Restarting",
        }
    }

    /// Returns whether a job in this state has ended.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Stopped | Self::Failed | Self::Succeeded)
    }

    /// Returns whether a job in this state has pods, and thus holds its resources.
    pub(crate) const fn has_pods(self) -> bool {
        matches!(
            self,
            Self::Starting | Self::Running | Self::Abnormal | Self::Restarting
        )
    }
}

/// Writes the word that responses use for the state.
impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for JobStatus {
    type Err = SettingError;

    /// Parses the word that responses use for the state.
    fn from_str(word: &str) -> Result<Self, SettingError> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == word)
            .ok_or_else(|| SettingError(format!("unknown job status {word:?}")))
    }
}
