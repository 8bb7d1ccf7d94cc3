//! Writes a version in all places: the manifest, the lock files, the changelog and the documents.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use semver::Version;

use crate::project::{Project, output};
use crate::tidy::Changelog;

/// Writes the version of all crates to the manifest, the lock files, the changelog and the
/// documents.
pub(super) fn write(root: &Path, version: &Version) -> Result<(), String> {
    let project = Project::read(root)?;
    for file in &project.files {
        let text = match &*file.path {
            "Cargo.toml" => manifest(&project, &file.text, version),
            "CHANGELOG.md" => Changelog::new(&file.text).released(&version.to_string(), &today()),
            path if path.ends_with(".md") => document(&project, &file.text, version),
            _ => continue,
        };
        if text != file.text {
            fs::write(root.join(&file.path), text)
                .map_err(|error| format!("{}: {error}", file.path))?;
        }
    }
    // Cargo writes the new versions to the lock files, including those of separate workspaces, and
    // changes nothing else in them.
    let locks = project.files.iter().map(|file| &*file.path);
    for folder in locks.filter_map(|path| path.strip_suffix("Cargo.lock")) {
        output(
            &root.join(folder),
            "cargo",
            &["update", "--workspace", "--quiet"],
        )?;
    }
    for package in Project::read(root)?.published() {
        if package.version != version.to_string() {
            return Err(format!("{} still has {}", package.name, package.version));
        }
    }
    Ok(())
}

/// Returns the manifest of the workspace with this version for the workspace and for each of our
/// crates.
fn manifest(project: &Project, text: &str, version: &Version) -> String {
    let mut section = "";
    let mut lines = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            section = line.trim();
        }
        let is_ours = match section {
            "[workspace.package]" => line.starts_with("version = "),
            "[workspace.dependencies]" => is_ours(project, line) && line.contains("path = "),
            _ => false,
        };
        match is_ours {
            true => lines += &with_version(line, &version.to_string()),
            false => lines += line,
        }
    }
    lines
}

/// Returns a document in which dependencies on our crates require this version: its major number,
/// or `0.` and its minor number.
fn document(project: &Project, text: &str, version: &Version) -> String {
    let asks = match version.major {
        0 => format!("0.{}", version.minor),
        major => major.to_string(),
    };
    let lines = text.split_inclusive('\n');
    let lines = lines.map(|line| match is_ours(project, line) {
        true => with_version(line, &asks),
        false => line.to_owned(),
    });
    lines.collect()
}

/// Returns whether this is a line such as `NAME = "1.2"` or `NAME = { version = "1.2", … }` for one
/// of our crates.
fn is_ours(project: &Project, line: &str) -> bool {
    let name = line.split_once(" = ").map(|(name, _)| name.trim());
    let mut packages = project.published().into_iter();
    packages.any(|package| name == Some(&package.name))
}

/// Returns the line with another version, which replaces the text after `version = "` or, if the
/// line does not contain that, after ` = "`.
fn with_version(line: &str, version: &str) -> String {
    let opened = ["version = \"", " = \""];
    let start = opened
        .iter()
        .find_map(|open| Some(line.find(open)? + open.len()));
    let parts = start.and_then(|start| {
        let (before, rest) = line.split_at_checked(start)?;
        let (_, after) = rest.split_once('"')?;
        Some(format!("{before}{version}\"{after}"))
    });
    parts.unwrap_or_else(|| line.to_owned())
}

/// For a rehearsal, adds an entry to the changelog and commits it, if there are no entries for the
/// next release.
pub(super) fn something_to_release(project: &Project) -> Result<(), String> {
    let file = project
        .file("CHANGELOG.md")
        .ok_or("there is no CHANGELOG.md")?;
    if Changelog::new(&file.text).has_entries() {
        return Ok(());
    }
    let entry = "## [Unreleased]\n\n### Changed\n\n- A rehearsal.";
    let text = file.text.replacen("## [Unreleased]", entry, 1);
    fs::write(project.root.join(&file.path), text).map_err(|error| error.to_string())?;
    output(
        &project.root,
        "git",
        &["commit", "--quiet", "--all", "-m", "Something to release"],
    )?;
    Ok(())
}

/// Returns the current date in UTC.
fn today() -> String {
    let date = time::OffsetDateTime::from(SystemTime::now()).date();
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::small;

    #[test]
    fn the_manifest_changes_only_where_our_version_stands() {
        let text = "[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                    base = { path = \"crates/base\", version = \"0.1.0\" }\n\
                    based = { version = \"0.1.0\" }\nother = \"0.1.0\"\n\n[lints]\nversion = \"0.1.0\"\n";
        let expected = text.replacen("version = \"0.1.0\"", "version = \"0.2.0\"", 2);
        let version = Version::new(0, 2, 0);
        assert_eq!(manifest(&small(), text, &version), expected);
    }

    #[test]
    fn documents_change_in_both_forms_and_only_for_our_crates() {
        let text =
            "base = \"0.1\"\ntop = { version = \"0.1\", features = [\"x\"] }\nserde = \"0.1\"\n";
        let expected = text.replacen("\"0.1\"", "\"0.2\"", 2);
        assert_eq!(document(&small(), text, &Version::new(0, 2, 5)), expected);
        let expected = text.replacen("\"0.1\"", "\"3\"", 2);
        assert_eq!(document(&small(), text, &Version::new(3, 2, 5)), expected);
    }
}
