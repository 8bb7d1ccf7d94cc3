//! Errors that occur while logging is set up.

use std::io;
use std::path::PathBuf;

/// The error for logging that could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be parsed or applied.
    #[error("log setting `{setting}` {problem}")]
    #[non_exhaustive]
    Setting {
        /// The setting as it was given, for example a word of `BCE_LOG` or the name of log files.
        setting: String,
        /// What is wrong with the setting, often with the allowed words.
        problem: String,
    },
    /// A log file cannot be written.
    #[error("cannot write the log file {}: {cause}", path.display())]
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The program already has a global `tracing` subscriber.
    #[error("this program already has a global logger")]
    AlreadySet,
}

impl Error {
    pub(crate) fn setting(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Setting {
            setting: setting.into(),
            problem: problem.into(),
        }
    }
}
