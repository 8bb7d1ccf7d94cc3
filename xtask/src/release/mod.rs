//! `cargo xtask release`: what stands between a commit and a version on the registry.
//!
//! With `--check` nothing is changed. Without it, the same is checked, the version is written
//! wherever it stands, the packages are built from the packaged files, and the result is committed
//! and tagged. Nothing is pushed and nothing is published: the last lines say how.

mod git;
mod packages;
mod semver;
mod version;
mod write;

use std::path::Path;
use std::process::ExitCode;

use self::version::Version;
use crate::codegen;
use crate::project::{Project, run as command};
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
        ["--check", version] => Version::parse(version).and_then(|version| {
            let project = Project::read(&root)?;
            check(&project, &version)?;
            packages::build(&project)?;
            println!("ready: cargo xtask release {version}");
            Ok(())
        }),
        [version] if !version.starts_with('-') => {
            Version::parse(version).and_then(|version| release(&root, &version))
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

/// Everything that can be known before a file is changed, all problems at once.
fn check(project: &Project, version: &Version) -> Result<(), String> {
    let mut problems = Vec::new();
    let mut demand = |ok: bool, what: String| {
        println!("{} {what}", if ok { "ok     " } else { "FAILED " });
        if !ok {
            problems.push(what);
        }
    };
    let root = &project.root;
    let changed = git::changed(root)?;
    demand(
        changed.is_empty(),
        format!("everything is committed {changed}"),
    );
    let last = git::last_release(root)?;
    let tag = version.tag();
    demand(!git::exists(root, &tag)?, format!("the tag {tag} is free"));
    match &last {
        Some(last) => demand(last < version, format!("{version} comes after {last}")),
        None => println!("        nothing is tagged yet: any version is the first"),
    }
    let versions: Vec<&str> = project.published().iter().map(|p| &*p.version).collect();
    let first = versions.first().copied().unwrap_or_default();
    let same = !versions.is_empty() && versions.iter().all(|version| *version == first);
    demand(same, format!("all crates have the version {first}"));
    let current = Version::parse(first)?;
    demand(
        current <= *version,
        format!("{version} is not older than {current}"),
    );
    let pins = write::pins(project);
    for pin in &pins {
        demand(pin.fits(&current), format!("{pin} fits {current}"));
    }
    println!("        {} places in documents name a version", pins.len());
    let changelog = project.file("CHANGELOG.md").map_or("", |file| &*file.text);
    let changelog = Changelog::new(changelog);
    demand(
        changelog.has_entries(),
        "the changelog has unreleased entries".to_owned(),
    );
    demand(
        !changelog.has(&version.to_string()),
        format!("the changelog has no {version} yet"),
    );
    if !problems.is_empty() {
        return Err(format!("not ready: {}", problems.join("; ")));
    }
    match last {
        Some(last) => semver::check(root, &last, version),
        None => {
            println!("        no semver check: nothing is tagged to compare with");
            Ok(())
        }
    }
}

fn release(root: &Path, version: &Version) -> Result<(), String> {
    let project = Project::read(root)?;
    check(&project, version)?;
    let written = write::version(&project, version)?;
    // From here on, a failure leaves the files as they were.
    let finished = Project::read(root)
        .and_then(|project| packages::build(&project))
        .and_then(|()| git::commit(root, version));
    if let Err(problem) = finished {
        written.undo()?;
        return Err(format!(
            "{problem}\nnothing is released, and the files are as before"
        ));
    }
    println!("\n{version} is committed and tagged. To publish it:\n");
    println!("  git push origin HEAD {}", version.tag());
    println!("  cargo publish --workspace --locked");
    println!("\nOnce the crates trust .github/workflows/release.yml, the first does both.");
    Ok(())
}

/// Releases the next version in a clone, where it hurts nobody.
fn rehearse(root: &Path) -> Result<(), String> {
    let target = crate::project::target(root);
    let target = std::path::absolute(&target).map_err(|error| error.to_string())?;
    let clone = target.join("release-rehearsal");
    if clone.exists() {
        std::fs::remove_dir_all(&clone).map_err(|error| error.to_string())?;
    }
    let path = clone.to_str().ok_or("the path is no text")?;
    // Without tags, so that it can be rehearsed before and after a release.
    command(root, "git", &["clone", "--quiet", "--no-tags", ".", path])?;
    for (key, value) in [
        ("user.name", "rehearsal"),
        ("user.email", "rehearsal@localhost"),
    ] {
        command(&clone, "git", &["config", key, value])?;
    }
    let project = Project::read(&clone)?;
    write::something_to_release(&project)?;
    let package = project.published();
    let current = package.first().ok_or("nothing is published")?;
    let next = Version::parse(&current.version)?.next();
    release(&clone, &next)?;
    let tag = next.tag();
    let made = git::exists(&clone, &tag)? && git::changed(&clone)?.is_empty();
    std::fs::remove_dir_all(&clone).map_err(|error| error.to_string())?;
    match made {
        true => {
            println!("release rehearsed: {next}");
            Ok(())
        }
        false => Err(format!("the release left no tag {tag}, or changes")),
    }
}
