//! `cargo xtask msrv`: a check of the published crates with the oldest supported compiler.

use std::path::Path;
use std::process::ExitCode;

use crate::codegen;
use crate::project::{Project, output, run as command, target};

/// Checks every published crate with the oldest supported compiler.
pub(crate) fn run() -> ExitCode {
    match check(&codegen::root()) {
        Ok(version) => {
            println!("msrv ok: Rust {version}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("msrv: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn check(root: &Path) -> Result<String, String> {
    let project = Project::read(root)?;
    let published = project.published();
    let version = published
        .first()
        .and_then(|package| package.rust_version.clone());
    let version = version.ok_or("the workspace has no rust-version")?;
    let toolchains = output(root, "rustup", &["toolchain", "list"])?;
    let toolchain = find(&toolchains, &version).ok_or_else(|| {
        format!(
            "Rust {version} is not installed: \
             `rustup toolchain install {version} --profile minimal`"
        )
    })?;
    // The folder is a separate one, since a compiler rebuilds everything that another one has
    // built.
    let folder = target(root).join("msrv");
    let folder = folder.to_str().ok_or("the path is not UTF-8")?;
    let mut args = vec![
        "run",
        toolchain,
        "cargo",
        "check",
        "--locked",
        "--all-features",
    ];
    args.extend(["--target-dir", folder]);
    for package in &published {
        args.extend(["--package", &package.name]);
    }
    command(root, "rustup", &args)?;
    Ok(version)
}

/// Returns the installed toolchain that has this version, with any patch number; `None` if there is
/// none.
fn find<'a>(toolchains: &'a str, version: &str) -> Option<&'a str> {
    let names = toolchains
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.into_iter().find(|name| {
        let rest = name.strip_prefix(version);
        rest.is_some_and(|rest| rest.starts_with(['-', '.']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_that_version_will_do() {
        let list =
            "stable-x86_64-unknown-linux-gnu (active, default)\n1.95.0-x86_64-unknown-linux-gnu\n";
        assert_eq!(find(list, "1.88"), None);
        assert_eq!(find(list, "1.9"), None);
        assert_eq!(find(list, "1.95"), Some("1.95.0-x86_64-unknown-linux-gnu"));
    }
}
