//! Reads rustdoc's descriptions of crates.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::{Package, Project};

/// Returns rustdoc's JSON description of a crate, including items that are hidden from its
/// documentation. The format is unstable, but every toolchain can write it. The target folder is a
/// separate one, since the option would make cargo rebuild everything.
pub(super) fn description(project: &Project, package: &Package) -> Result<Value, String> {
    let target = crate::project::target(&project.root).join("tidy");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(&project.root)
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTDOCFLAGS")
        .args([
            "rustdoc",
            "--quiet",
            "--locked",
            "--all-features",
            "--lib",
            "--package",
        ])
        .arg(&package.name)
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .arg("--document-hidden-items")
        .output()
        .map_err(|error| format!("cargo rustdoc: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let file = format!("doc/{}.json", package.name.replace('-', "_"));
    read(&target.join(file))
}

fn read(path: &Path) -> Result<Value, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}
