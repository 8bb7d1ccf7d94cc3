//! An official SDK that is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An SDK, and how programs that use it are run.
#[derive(Debug)]
pub(super) struct Sdk {
    name: String,
    interpreter: PathBuf,
    flags: &'static [&'static str],
    /// The folder that contains the SDK's modules; `None` if the interpreter finds them by itself.
    modules: Option<PathBuf>,
    programs: PathBuf,
    extension: &'static str,
}

impl Sdk {
    /// Returns a Python SDK that is installed in a virtual environment. `programs` is the folder
    /// with our programs that use it.
    pub(super) fn python(name: String, environment: &Path, programs: PathBuf) -> Self {
        Self {
            name,
            interpreter: environment.join("bin").join("python"),
            // Python must not write byte code next to the sources; and the SDK uses features that
            // are deprecated in newer versions.
            flags: &["-B", "-W", "ignore::DeprecationWarning"],
            modules: None,
            programs,
            extension: "py",
        }
    }

    /// Returns a JavaScript SDK that is installed in a separate directory. `programs` is the folder
    /// with our programs that use it.
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

    /// Returns the name and the version of the package.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns a command that runs one of our programs, which use the SDK.
    pub(super) fn program(&self, name: &str) -> Command {
        let mut command = self.interpreter();
        command.arg(self.programs.join(name).with_extension(self.extension));
        command
    }

    /// Returns a command that runs this Python code, which may use the SDK.
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
