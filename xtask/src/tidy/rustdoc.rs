//! Reads the JSON in which rustdoc describes the items of a crate.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use serde_json::Value;

use crate::project::{Project, foreign};

/// The environment variable that contains the path of the real rustdoc. It is set if this program
/// is started in place of rustdoc.
const REAL: &str = "XTASK_RUSTDOC";

/// The options of rustdoc for a JSON description that includes the items that are hidden from the
/// documentation.
const OPTIONS: &str =
    "-Z unstable-options --output-format json --document-hidden-items --cap-lints allow";

/// The folder with rustdoc's JSON output for all libraries of the workspace.
#[derive(Debug)]
pub(super) struct Descriptions {
    folder: PathBuf,
}

impl Descriptions {
    /// Lets rustdoc write JSON about all libraries of the workspace.
    ///
    /// The format is unstable, but every toolchain writes it if `RUSTC_BOOTSTRAP` is set. Only
    /// rustdoc may see that variable, since build scripts of dependencies run again when it
    /// changes. cargo therefore starts this program in place of rustdoc; see [`stand_in`].
    ///
    /// What `cargo doc --workspace --all-features` has compiled is not compiled again. But the JSON
    /// files replace the HTML pages which that command has written.
    pub(super) fn write(project: &Project) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let variable = |name: &str| std::env::var_os(name);
        let cargo = variable("CARGO").unwrap_or_else(|| "cargo".into());
        let real = variable("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
        let target = crate::project::target(&project.root);
        let output = foreign(cargo)
            .current_dir(&project.root)
            // It would take precedence over RUSTDOCFLAGS.
            .env_remove("CARGO_ENCODED_RUSTDOCFLAGS")
            .env("RUSTDOC", program)
            .env(REAL, real)
            .env("RUSTDOCFLAGS", OPTIONS)
            .args(["doc", "--quiet", "--locked", "--workspace"])
            .args(["--all-features", "--no-deps", "--lib", "--target-dir"])
            .arg(&target)
            .output()
            .map_err(|error| format!("cargo doc: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let folder = target.join("doc");
        Ok(Self { folder })
    }

    /// Reads rustdoc's JSON output for one crate.
    pub(super) fn of(&self, package: &str) -> Result<Value, String> {
        let name = format!("{}.json", package.replace('-', "_"));
        read(&self.folder.join(name))
    }
}

fn read(path: &Path) -> Result<Value, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Runs the real rustdoc with unstable options enabled, if cargo has started this program in place
/// of rustdoc. Returns `None` otherwise.
pub(crate) fn stand_in() -> Option<ExitCode> {
    let rustdoc: OsString = std::env::var_os(REAL)?;
    let status = Command::new(rustdoc)
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove(REAL)
        .status();
    Some(match status.as_ref().map(ExitStatus::success) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot start rustdoc: {error}");
            ExitCode::FAILURE
        }
    })
}
