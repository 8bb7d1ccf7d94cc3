//! Assembles a complete generated crate: its name, its dependencies, and which of its files are
//! overwritten.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::api::Api;
use super::emit;
use super::emit::package::Dependencies;
use super::root;
use super::tree::{Tree, is_generated};

/// The options for the names and the dependencies of generated crates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The name of the crate.
    pub(crate) name: Option<String>,
    /// The prefix of the crate's name, which precedes the code of the service.
    pub(crate) prefix: Option<String>,
    /// The version that the crates of this SDK have in a registry; `None` if they come from
    /// elsewhere.
    pub(crate) version: Option<String>,
    /// The address of the git repository that contains the crates of this SDK; `None` if they come
    /// from elsewhere.
    pub(crate) git: Option<String>,
}

impl Options {
    /// Returns the name that the options give to the crate of a service; `None` if the name is left
    /// to the API description.
    pub(crate) fn crate_name(&self, code: &str) -> Option<String> {
        let prefixed = |prefix: &String| format!("{prefix}{}", word(code));
        self.name.clone().or(self.prefix.as_ref().map(prefixed))
    }

    /// Returns whether no option is set.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    fn dependencies(&self, out: &Path) -> Dependencies {
        match (&self.version, &self.git) {
            (Some(version), _) => Dependencies::Version(version.clone()),
            (None, Some(address)) => Dependencies::Git(address.clone()),
            (None, None) => {
                Dependencies::Folder(relative(&real(out), &real(&root()).join("crates")))
            }
        }
    }
}

/// Returns the files of a crate that are to be written to the folder `out`. Files below
/// `src/generated` are always overwritten. So is the smoke test, unless an existing manifest lacks
/// the dependencies of the test. All other files are only written once: from then on they belong to
/// the authors of the crate, who add modules and dependencies.
///
/// # Errors
///
/// If the folder contains another crate, if a file that was not generated would be overwritten, or
/// if the crate cannot be generated.
pub(crate) fn package(api: &mut Api, options: &Options, out: &Path) -> Result<Tree, String> {
    if let Some(name) = options.crate_name(&api.service.code) {
        api.service.crate_name = name;
    }
    let out = std::path::absolute(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let generated = out.join("src/generated");
    let manifest = out.join("Cargo.toml");
    if manifest.exists() && !generated.exists() {
        return Err(format!(
            "{} contains a crate that was not generated; choose another folder",
            out.display()
        ));
    }
    let dependencies = options.dependencies(&out);
    if let Some(there) = written_once(&manifest) {
        let name = &api.service.crate_name;
        if there.name != *name {
            return Err(format!(
                "{} contains the crate `{}`, not `{name}`; choose another folder, or set --name",
                out.display(),
                there.name
            ));
        }
        let is_chosen = options.version.is_some() || options.git.is_some();
        if is_chosen && !there.has(&emit::package::ours(&dependencies)?) {
            eprintln!(
                "{} already exists and is not overwritten: --dep-version and --dep-git have no \
                 effect on it",
                manifest.display()
            );
        }
    }
    let smoke = out.join(emit::smoke::PATH);
    // The test needs dependencies that an existing manifest may lack.
    let tested = fs::read_to_string(&manifest).map_or(true, |text| text.contains("tokio"));
    let mut tree = Tree::default();
    for file in emit::package::emit(api, &dependencies)? {
        let path = out.join(file.path);
        let anew = path.starts_with(&generated) || path == smoke && tested;
        if anew && is_of_others(&path)? {
            return Err(format!(
                "{} was not generated and would be overwritten; move it elsewhere",
                path.display()
            ));
        }
        if anew || path != smoke && !path.exists() {
            tree.add(path, file.text);
        }
    }
    tree.own(generated);
    tree.format()?;
    Ok(tree)
}

/// The relevant parts of an existing `Cargo.toml`, which belongs to the authors of the crate.
struct Manifest {
    name: String,
    text: String,
}

impl Manifest {
    /// Returns whether the manifest contains these lines.
    fn has(&self, lines: &str) -> bool {
        lines
            .lines()
            .all(|line| self.text.lines().any(|it| it == line))
    }
}

/// Reads an existing manifest; returns `None` if there is none that names a crate.
fn written_once(path: &Path) -> Option<Manifest> {
    let text = fs::read_to_string(path).ok()?;
    let (_, package) = text.split_once("[package]")?;
    let name = package.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "name").then(|| value.trim().trim_matches('"').to_owned())
    });
    Some(Manifest { name: name?, text })
}

/// Returns whether there is a file at this path that was not generated. Empty files do not count.
fn is_of_others(path: &Path) -> Result<bool, String> {
    let there = fs::metadata(path).is_ok_and(|file| file.len() > 0);
    let ours = is_generated(path).map_err(|error| error.to_string())?;
    Ok(there && !ours)
}

/// Returns the code of a service in the form in which crate names contain it.
pub(super) fn word(code: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    code.to_ascii_lowercase()
        .replace(|c: char| !legal(c), "-")
        .trim_matches(|c: char| "-_".contains(c))
        .to_owned()
}

/// Resolves the symbolic links in the part of a path that exists.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), ..) => path,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_path_buf(),
    }
}

/// Returns the path from one folder to another. If they are on different drives, returns `to`.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return to.iter().collect();
    }
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    up.chain(to.iter().skip(common).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_folders_is_relative() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b/c", "/a/d"), Path::new("../../d"));
        assert_eq!(way("/a", "/a/crates"), Path::new("crates"));
    }

    #[test]
    fn a_name_goes_before_a_prefix() {
        let mut options = Options::default();
        assert_eq!(options.crate_name("BCC"), None);
        options.prefix = Some("cloud-".to_owned());
        assert_eq!(options.crate_name("BCC").as_deref(), Some("cloud-bcc"));
        options.name = Some("servers".to_owned());
        assert_eq!(options.crate_name("BCC").as_deref(), Some("servers"));
    }
}
