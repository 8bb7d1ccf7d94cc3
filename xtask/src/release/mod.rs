//! `cargo xtask release`: from a commit to a tagged version.
//!
//! Cargo creates the packages, which are checked from the files that would be uploaded, and
//! `cargo-semver-checks`, if installed, compares the API with that of the last release. This task
//! adds what they do not do: it writes the version in every place, and creates the tag. Nothing is
//! pushed or published; the last lines of the output tell how to do that.
//!
//! `cargo-release` could write the versions and the tag, with patterns for each file. But four
//! things would still have to be implemented here: the format of the changelog, the lock files of
//! separate workspaces, a rehearsal of the release in a clone, and restoring the files after a
//! failure. Besides, `.ci/run` would have to build the 124 crates of that tool.

mod packages;
mod version;

use std::path::Path;
use std::process::ExitCode;

use semver::Version;

use crate::codegen;
use crate::project::{Project, output, run as command, target};
use crate::tidy::Changelog;

const USAGE: &str = "\
usage: cargo xtask release --check X.Y.Z   what would stop this release; changes nothing
       cargo xtask release X.Y.Z           the release, up to commit and tag; publishes nothing
       cargo xtask release --rehearse      the next release, whole, in a scratch clone";

/// Runs the command with the arguments after `release`.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = codegen::root();
    let outcome = match *args {
        ["--rehearse"] => rehearse(&root),
        ["--check", version] => parse(version).and_then(|version| {
            check(&root, &version)?;
            package(&root)?;
            println!("ready: cargo xtask release {version}");
            Ok(())
        }),
        [version] if !version.starts_with('-') => {
            parse(version).and_then(|version| release(&root, &version))
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn parse(text: &str) -> Result<Version, String> {
    let version = Version::parse(text).ok();
    let plain = version.filter(|version| version.pre.is_empty() && version.build.is_empty());
    plain.ok_or_else(|| format!("`{text}` is not a version of the form X.Y.Z"))
}

/// Returns an error with the problems that can be found before the release changes any file.
fn check(root: &Path, version: &Version) -> Result<(), String> {
    let mut problems = Vec::new();
    let changed = output(root, "git", &["status", "--porcelain"])?;
    if !changed.is_empty() {
        problems.push(format!("there are uncommitted changes: {}", changed.trim()));
    }
    let tags = output(root, "git", &["tag", "--list", "v*"])?;
    let tags = tags.lines().filter_map(|tag| tag.strip_prefix('v'));
    let last = tags.filter_map(|tag| Version::parse(tag).ok()).max();
    if let Some(last) = last.as_ref().filter(|last| *last >= version) {
        problems.push(format!("{version} is not later than {last}"));
    }
    let project = Project::read(root)?;
    for package in project.published() {
        let current = parse(&package.version)?;
        if current > *version {
            problems.push(format!(
                "{version} is older than {} {current}",
                package.name
            ));
        }
    }
    let changelog = project.file("CHANGELOG.md").map_or("", |file| &*file.text);
    let changelog = Changelog::new(changelog);
    if !changelog.has_entries() {
        problems.push("the changelog has no unreleased entries".to_owned());
    }
    if changelog.has(&version.to_string()) {
        problems.push(format!("the changelog already has {version}"));
    }
    if !problems.is_empty() {
        return Err(format!("not ready: {}", problems.join("; ")));
    }
    match last {
        Some(last) => semver_checks(root, &last, version),
        None => Ok(()),
    }
}

/// Compares the public API with that of the last release. If `cargo-semver-checks` is not
/// installed, prints a hint and succeeds, because CI makes the comparison in a separate job.
fn semver_checks(root: &Path, last: &Version, version: &Version) -> Result<(), String> {
    if output(root, "cargo", &["semver-checks", "--version"]).is_err() {
        println!(
            "no semver check; to install the tool: \
            `cargo install cargo-semver-checks --locked`"
        );
        return Ok(());
    }
    let baseline = format!("v{last}");
    let kind = match version {
        _ if version.major > last.major => "major",
        _ if version.minor > last.minor => "minor",
        _ => "patch",
    };
    let args = ["semver-checks", "--workspace", "--baseline-rev", &baseline];
    command(
        root,
        "cargo",
        &[&args[..], &["--release-type", kind]].concat(),
    )
}

/// Packages every published crate, and checks it from the files of its package alone.
///
/// Uncommitted changes are allowed, since a release is only committed after this. The folder is
/// removed first, so that nothing is left of a previous package of the same version. It always has
/// the same name, so that what cargo compiles from it replaces what it compiled before.
fn package(root: &Path) -> Result<(), String> {
    let folder = absolute_target(root)?.join("packages");
    remove(&folder)?;
    let project = Project::read(root)?;
    let done =
        pack(root, &project, &folder).and_then(|()| packages::check(root, &project, &folder));
    remove(&folder)?;
    done
}

fn pack(root: &Path, project: &Project, folder: &Path) -> Result<(), String> {
    let path = folder.to_str().ok_or("the path is not UTF-8")?;
    let mut args = vec!["package", "--quiet", "--locked", "--allow-dirty"];
    args.extend(["--no-verify", "--target-dir", path]);
    for package in project.published() {
        args.extend(["--package", &package.name]);
    }
    command(root, "cargo", &args)
}

fn release(root: &Path, version: &Version) -> Result<(), String> {
    check(root, version)?;
    let tag = format!("v{version}");
    let message = format!("Release {version}");
    let made = version::write(root, version)
        .and_then(|()| package(root))
        .and_then(|()| command(root, "git", &["commit", "--quiet", "--all", "-m", &message]));
    if let Err(problem) = made {
        // Everything had been committed before.
        output(root, "git", &["reset", "--quiet", "--hard", "HEAD"])?;
        return Err(format!(
            "{problem}\nnothing was released, and the files are unchanged"
        ));
    }
    command(root, "git", &["tag", "--annotate", "-m", &message, &tag])?;
    println!("\n{version} is committed and tagged. To publish it:\n");
    println!("  git push origin HEAD {tag}");
    println!("  cargo publish --workspace --locked");
    println!("\nOnce the crates trust .github/workflows/release.yml, the first does both.");
    Ok(())
}

/// Makes a release of the next version in a clone.
fn rehearse(root: &Path) -> Result<(), String> {
    let clone = absolute_target(root)?.join("release-rehearsal");
    remove(&clone)?;
    let path = clone.to_str().ok_or("the path is not UTF-8")?;
    // The clone has no tags, so that the rehearsal works both before and after a release.
    command(root, "git", &["clone", "--quiet", "--no-tags", ".", path])?;
    command(&clone, "git", &["config", "user.name", "rehearsal"])?;
    command(
        &clone,
        "git",
        &["config", "user.email", "rehearsal@localhost"],
    )?;
    let project = Project::read(&clone)?;
    version::something_to_release(&project)?;
    let first = project
        .published()
        .first()
        .map(|package| parse(&package.version));
    let current = first.ok_or("no package is published")??;
    let next = Version::new(current.major, current.minor + 1, 0);
    release(&clone, &next)?;
    let tagged = output(&clone, "git", &["describe", "--exact-match", "--dirty"])?;
    remove(&clone)?;
    if tagged.trim_end() != format!("v{next}") {
        return Err(format!("the release of {next} left {tagged}"));
    }
    println!("release rehearsed: {next}");
    Ok(())
}

fn absolute_target(root: &Path) -> Result<std::path::PathBuf, String> {
    std::path::absolute(target(root)).map_err(|error| error.to_string())
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
