//! Writing a version wherever it stands: manifests, lock file, changelog, documents.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::version::Version;
use crate::project::{Project, TextFile, output};
use crate::tidy::Changelog;

/// A line of a document that asks for one of our crates.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Pin {
    path: String,
    line: usize,
    asks: String,
}

impl Pin {
    /// Whether users who copy the line get this version.
    pub(super) fn fits(&self, version: &Version) -> bool {
        self.asks == version.requirement() || self.asks == version.to_string()
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in {}:{}", self.asks, self.path, self.line)
    }
}

/// What was written, with what stood there before.
#[derive(Debug, Default)]
pub(super) struct Written {
    before: Vec<(PathBuf, String)>,
}

impl Written {
    fn put(&mut self, path: PathBuf, text: &str) -> Result<(), String> {
        let failed = |error| format!("{}: {error}", path.display());
        let before = fs::read_to_string(&path).map_err(failed)?;
        if before != text {
            fs::write(&path, text).map_err(failed)?;
            self.before.push((path, before));
        }
        Ok(())
    }

    /// Puts everything back.
    pub(super) fn undo(self) -> Result<(), String> {
        for (path, text) in self.before {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }
}

/// The places in documents that name a version of ours.
pub(super) fn pins(project: &Project) -> Vec<Pin> {
    let mut pins = Vec::new();
    for file in documents(project) {
        for (index, line) in file.text.lines().enumerate() {
            if let Some((_, asks, _)) = pin(project, line) {
                pins.push(Pin {
                    path: file.path.clone(),
                    line: index + 1,
                    asks: asks.to_owned(),
                });
            }
        }
    }
    pins
}

/// Writes the version; when that fails, everything is as before.
pub(super) fn version(project: &Project, version: &Version) -> Result<Written, String> {
    let mut written = Written::default();
    match write(project, version, &mut written) {
        Ok(()) => Ok(written),
        Err(problem) => {
            written.undo()?;
            Err(problem)
        }
    }
}

fn write(project: &Project, version: &Version, written: &mut Written) -> Result<(), String> {
    let root = &project.root;
    let read = |name: &str| fs::read_to_string(root.join(name)).map_err(|e| format!("{name}: {e}"));
    let lock = read("Cargo.lock")?;
    let manifest = manifest(project, &read("Cargo.toml")?, version);
    written.put(root.join("Cargo.toml"), &manifest)?;
    for file in documents(project) {
        let text: String = file
            .text
            .split_inclusive('\n')
            .map(|line| match pin(project, line) {
                Some((before, _, after)) => format!("{before}{}{after}", version.requirement()),
                None => line.to_owned(),
            })
            .collect();
        written.put(root.join(&file.path), &text)?;
    }
    let changelog = read("CHANGELOG.md")?;
    let changelog = Changelog::new(&changelog).released(&version.to_string(), &today());
    written.put(root.join("CHANGELOG.md"), &changelog)?;
    // Cargo writes the new versions of members to the lock file, and changes nothing else there.
    written.before.push((root.join("Cargo.lock"), lock));
    output(
        root,
        "cargo",
        &["update", "--workspace", "--quiet", "--offline"],
    )?;
    for package in &Project::read(root)?.packages {
        if package.is_published() && package.version != version.to_string() {
            return Err(format!(
                "{} still has the version {}",
                package.name, package.version
            ));
        }
    }
    Ok(())
}

/// The manifest of the workspace with this version for the workspace and for each of our crates.
fn manifest(project: &Project, text: &str, version: &Version) -> String {
    let mut section = "";
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            section = line.trim();
        }
        let names_ours = project.packages.iter().any(|package| {
            let rest = line.strip_prefix(&*package.name);
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        });
        let replaces = match section {
            "[workspace.package]" => line.starts_with("version"),
            "[workspace.dependencies]" => names_ours && line.contains("path ="),
            _ => false,
        };
        lines.push(match (replaces, quoted(line, "version = \"")) {
            (true, Some((before, _, after))) => format!("{before}{version}{after}"),
            _ => line.to_owned(),
        });
    }
    lines.concat()
}

/// A line `name = "1.2"` or `name = { version = "1.2", … }` for one of our crates, cut around its
/// version.
fn pin<'a>(project: &Project, line: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    let (name, value) = line.split_once(" = ")?;
    let ours = project
        .packages
        .iter()
        .any(|p| p.is_published() && p.name == name.trim());
    match value.trim_start().chars().next()? {
        '"' if ours => quoted(line, " = \""),
        '{' if ours => quoted(line, "version = \""),
        _ => None,
    }
}

/// A line cut around the text between `open` and the next quotation mark.
fn quoted<'a>(line: &'a str, open: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let start = line.find(open)? + open.len();
    let end = start + line.get(start..)?.find('"')?;
    Some((line.get(..start)?, line.get(start..end)?, line.get(end..)?))
}

/// Documents, but for the one that tells of older versions.
fn documents(project: &Project) -> impl Iterator<Item = &TextFile> {
    let files = project.files.iter();
    files.filter(|file| file.path.ends_with(".md") && file.path != "CHANGELOG.md")
}

/// Gives a rehearsal something to release, where the changelog has nothing new.
pub(super) fn something_to_release(project: &Project) -> Result<(), String> {
    let file = project
        .file("CHANGELOG.md")
        .ok_or("there is no CHANGELOG.md")?;
    if Changelog::new(&file.text).has_entries() {
        return Ok(());
    }
    let entry = "## [Unreleased]\n\n### Changed\n\n- A rehearsal.";
    let text = file.text.replacen("## [Unreleased]", entry, 1);
    let path: &Path = Path::new(&file.path);
    fs::write(project.root.join(path), text).map_err(|error| error.to_string())?;
    let args = [
        "commit",
        "--quiet",
        "--all",
        "--message",
        "Something to release",
    ];
    output(&project.root, "git", &args).map(|_| ())
}

/// The date in UTC.
fn today() -> String {
    let date = time::OffsetDateTime::from(SystemTime::now()).date();
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    fn next() -> Version {
        Version::parse("0.2.0").unwrap()
    }

    #[test]
    fn the_manifest_changes_only_where_our_version_stands() {
        let text = "[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                    base = { path = \"crates/base\", version = \"0.1.0\" }\n\
                    based = { version = \"0.1.0\" }\nother = \"0.1.0\"\n\n[lints]\nversion = \"0.1.0\"\n";
        let expected = text.replacen("version = \"0.1.0\"", "version = \"0.2.0\"", 2);
        assert_eq!(manifest(&small(), text, &next()), expected);
    }

    #[test]
    fn pins_are_found_in_both_forms_and_only_for_our_crates() {
        let text =
            "base = \"0.1\"\ntop = { version = \"0.1\", features = [\"x\"] }\nserde = \"1\"\n";
        let project = with(small(), "README.md", text);
        let found = pins(&with(project, "CHANGELOG.md", "base = \"0.0\"\n"));
        let lines: Vec<_> = found.iter().map(|pin| (pin.line, &*pin.asks)).collect();
        assert_eq!(lines, [(1, "0.1"), (2, "0.1")]);
        assert!(found[0].fits(&Version::parse("0.1.7").unwrap()) && !found[0].fits(&next()));
    }

    #[test]
    fn today_is_a_date() {
        let text = today();
        let parts: Vec<u32> = text
            .split('-')
            .filter_map(|part| part.parse().ok())
            .collect();
        assert!(
            text.len() == 10 && parts.len() == 3 && parts[0] > 2024,
            "{text}"
        );
    }
}
