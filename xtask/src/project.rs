//! The workspace as the maintenance tasks see it: its packages and its files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// The packages and text files of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    /// The members of the workspace, sorted by name.
    pub(crate) packages: Vec<Package>,
    /// The text files that git tracks, and those that it neither tracks nor ignores. Their paths
    /// are relative to the root.
    pub(crate) files: Vec<TextFile>,
}

/// A member of the workspace, as reported by `cargo metadata`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) manifest_path: PathBuf,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) rust_version: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// The registries to which the package may be published: empty for `publish = false`, `None`
    /// for any registry.
    pub(crate) publish: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) metadata: Value,
    #[serde(default)]
    pub(crate) features: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency of a package.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The required version; `*` if none is specified.
    pub(crate) req: String,
    /// `dev` or `build`; `None` for a normal dependency.
    pub(crate) kind: Option<String>,
    /// The path of a dependency on a local package, such as one of this workspace; `None` for
    /// others.
    pub(crate) path: Option<PathBuf>,
}

/// A text file of the repository.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextFile {
    /// The path relative to the root, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Package {
    /// Returns whether the package is published to a registry.
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|to| !to.is_empty())
    }
}

impl Project {
    /// Reads the workspace at `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        Ok(Self {
            root: root.to_path_buf(),
            packages: packages(root)?,
            files: files(root)?,
        })
    }

    /// Returns the published packages in an order in which each follows its dependencies.
    pub(crate) fn published(&self) -> Vec<&Package> {
        let mut left: Vec<&Package> = self.packages.iter().filter(|p| p.is_published()).collect();
        let mut ordered: Vec<&Package> = Vec::new();
        while !left.is_empty() {
            let waits = |package: &Package| {
                left.iter().any(|other| {
                    package
                        .dependencies
                        .iter()
                        .any(|d| d.name == other.name && d.kind.as_deref() != Some("dev"))
                })
            };
            let ready = left.iter().position(|package| !waits(package)).unwrap_or(0);
            ordered.push(left.remove(ready));
        }
        ordered
    }

    /// Returns the file at a path relative to the root; `None` if there is none.
    pub(crate) fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Returns the folder of a package relative to the root, with `/` as the separator.
    pub(crate) fn folder(&self, package: &Package) -> String {
        let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
        slashes(folder.strip_prefix(&self.root).unwrap_or(folder))
    }
}

/// Runs a command in `folder`, and returns what it writes to standard output. If it fails, the
/// error is what it writes to standard error.
pub(crate) fn output(folder: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let shown = format!("{program} {}", args.join(" "));
    let output = command(folder, program)
        .args(args)
        .output()
        .map_err(|error| format!("{shown}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{shown}: {}", said.trim_end()))
    }
}

/// Runs a command in `folder`. The command uses the standard input, output and error of this
/// program.
pub(crate) fn run(folder: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let shown = format!("{program} {}", args.join(" "));
    let status = command(folder, program)
        .args(args)
        .status()
        .map_err(|error| format!("{shown}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown}: {status}"))
    }
}

/// Returns the target folder of cargo.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Returns a command that runs a program without the variables that `cargo xtask` sets. If the
/// values of these variables changed, build scripts such as that of `ring` would run again, and
/// everything that depends on them would be compiled again.
pub(crate) fn foreign(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn command(folder: &Path, program: &str) -> Command {
    let program = match program {
        "cargo" => std::env::var_os("CARGO").unwrap_or_else(|| program.into()),
        _ => program.into(),
    };
    let mut command = Command::new(program);
    // Git sets these for hooks, but the command may be for another repository, such as a clone.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.current_dir(folder);
    command
}

fn packages(root: &Path) -> Result<Vec<Package>, String> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let args = ["metadata", "--no-deps", "--format-version", "1"];
    let text = output(root, "cargo", &args)?;
    let metadata: Metadata =
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut packages = metadata.packages;
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn files(root: &Path) -> Result<Vec<TextFile>, String> {
    let args = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let names = output(root, "git", &args)?;
    let mut files = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // The target of a link would be read twice; deleted files and binary files are of no use.
        let path = root.join(name);
        if path.is_symlink() {
            continue;
        }
        if let Ok(text) = fs::read_to_string(&path) {
            files.push(TextFile {
                path: name.to_owned(),
                text,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns a project without files. It has two packages, of which `top` depends on `base`.
    pub(crate) fn small() -> Project {
        let package = |name: &str| Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            manifest_path: PathBuf::from(format!("/work/crates/{name}/Cargo.toml")),
            ..Package::default()
        };
        let mut top = package("top");
        top.dependencies.push(Dependency {
            name: "base".to_owned(),
            req: "^0.1.0".to_owned(),
            kind: None,
            path: Some(PathBuf::from("/work/crates/base")),
        });
        Project {
            root: PathBuf::from("/work"),
            packages: vec![top, package("base")],
            files: Vec::new(),
        }
    }

    /// Returns the project with an additional file.
    pub(crate) fn with(mut project: Project, path: &str, text: &str) -> Project {
        project.files.push(TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        });
        project
    }

    #[test]
    fn what_others_depend_on_is_published_first() {
        let project = small();
        let names: Vec<_> = project.published().iter().map(|p| &*p.name).collect();
        assert_eq!(names, ["base", "top"]);
    }

    #[test]
    fn what_must_not_be_published_is_left_out() {
        let mut project = small();
        project.packages[0].publish = Some(Vec::new());
        let names: Vec<_> = project.published().iter().map(|p| &*p.name).collect();
        assert_eq!(names, ["base"]);
    }

    #[test]
    fn a_command_that_fails_says_why() {
        let problem = output(Path::new("."), "git", &["no-such-command"]).unwrap_err();
        assert!(problem.starts_with("git no-such-command: "), "{problem}");
    }
}
