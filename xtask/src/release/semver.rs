//! Whether the version says honestly what it does to users.

use std::path::Path;

use super::version::Version;
use crate::project::run;

/// The program that compares two versions of an API; the variable names another one.
const VARIABLE: &str = "CARGO_SEMVER_CHECKS";
const PROGRAM: &str = "cargo-semver-checks";

const MISSING: &str = "\
cargo-semver-checks cannot be run: install it with
  cargo install cargo-semver-checks --locked
since a release without that comparison would be a guess";

/// Compares the published crates with those of the last release.
pub(super) fn check(root: &Path, last: &Version, version: &Version) -> Result<(), String> {
    if version.may_break(last) {
        println!("        no semver check: {version} may break what {last} promised");
        return Ok(());
    }
    let program = std::env::var(VARIABLE).unwrap_or_else(|_| PROGRAM.to_owned());
    if run(root, &program, &["semver-checks", "--version"]).is_err() {
        return Err(MISSING.to_owned());
    }
    let tag = last.tag();
    let kind = version.kind(last);
    let args = [
        "semver-checks",
        "--workspace",
        "--baseline-rev",
        &tag,
        "--release-type",
        kind,
    ];
    run(root, &program, &args).map_err(|problem| format!("against {tag}: {problem}"))?;
    println!("ok      nothing breaks that {last} promised");
    Ok(())
}
