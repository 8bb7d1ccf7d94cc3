//! Errors of setting up logging.

use std::io;
use std::path::PathBuf;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting that cannot be understood or carried out.
    #[error("log setting `{setting}` {problem}")]
    #[non_exhaustive]
    Setting {
        /// The word that is wrong.
        setting: String,
        /// What is wrong with it, and what is allowed.
        problem: String,
    },
    /// A log file that cannot be written.
    #[error("cannot write the log file {}: {cause}", path.display())]
    #[non_exhaustive]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// The program has a global `tracing` subscriber already.
    #[error("this program has a global logger already")]
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
