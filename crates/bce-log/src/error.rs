//! Errors of setting up logging.

use std::io;
use std::path::PathBuf;

/// An error about logging that could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting that cannot be parsed or applied.
    #[error("log setting `{setting}` {problem}")]
    #[non_exhaustive]
    Setting {
        /// The wrong word.
        setting: String,
        /// The problem with it, and the allowed words.
        problem: String,
    },
    /// A log file that cannot be written.
    #[error("cannot write the log file {}: {cause}", path.display())]
    #[non_exhaustive]
    File {
        /// The file.
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
