//! An official SDK, installed and ready to run.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An SDK and the way to run its programs.
#[derive(Debug)]
pub(super) struct Sdk {
    name: String,
    interpreter: PathBuf,
    flags: &'static [&'static str],
    /// The folder of the modules, if the interpreter must be told.
    modules: Option<PathBuf>,
    programs: PathBuf,
    extension: &'static str,
}

impl Sdk {
    /// Returns Python with its packages in a virtual environment.
    pub(super) fn python(name: String, environment: &Path, programs: PathBuf) -> Self {
        Self {
            name,
            interpreter: environment.join("bin").join("python"),
            // No byte code next to the sources; the SDK uses features that newer versions
            // deprecate.
            flags: &["-B", "-W", "ignore::DeprecationWarning"],
            modules: None,
            programs,
            extension: "py",
        }
    }

    /// Returns Node with its packages in a separate directory.
    pub(super) fn node(name: String, environment: &Path, programs: PathBuf) -> Self {
        Self {
            name,
            interpreter: PathBuf::from("node"),
            flags: &["--no-deprecation"],
            modules: Some(environment.join("node_modules")),
            programs,
            extension: "js",
        }
    }

    /// Returns package and version.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the command that runs one of our programs on the SDK.
    pub(super) fn program(&self, name: &str) -> Command {
        let mut command = self.interpreter();
        command.arg(self.programs.join(name).with_extension(self.extension));
        command
    }

    /// Returns the command that runs this Python code on the SDK.
    pub(super) fn code(&self, python: &str) -> Command {
        let mut command = self.interpreter();
        command.args(["-c", python]);
        command
    }

    fn interpreter(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.args(self.flags);
        command.env("PYTHONIOENCODING", "utf-8");
        if let Some(modules) = &self.modules {
            command.env("NODE_PATH", modules);
        }
        command
    }
}
