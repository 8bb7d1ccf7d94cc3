//! The profiles of the official `bce` tool, which contain credentials and a region.

use std::path::{Path, PathBuf};

use super::document::{Document, Entry};
use super::stored::{self, broken, parse, quoted};
use super::{HOME, file, variable};
use crate::exit::Failure;
use crate::language::{text, tr};

/// The JSON member of the configuration file that contains the profiles.
const LIST: &str = "profiles";
/// The JSON members of a profile, in the order in which the official `bce` tool writes them.
const MEMBERS: [&str; 8] = [
    "name",
    "mode",
    "access_key_id",
    "secret_access_key",
    "security_token",
    "region",
    "endpoint",
    "language",
];
/// The name of the profile that is used if none is selected.
const DEFAULT_NAME: &str = "default";

/// The file `~/.bce/config.json`, which contains the profiles.
#[derive(Debug)]
pub(crate) struct ProfileFile {
    path: PathBuf,
    document: Document,
}

/// A profile without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) mode: Option<String>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) has_secret: bool,
    pub(crate) has_token: bool,
}

impl ProfileFile {
    /// Returns the path of the file of profiles, whether or not it exists.
    pub(crate) fn path_of_user() -> Result<PathBuf, Failure> {
        let home = variable(HOME).ok_or_else(|| {
            Failure::usage(text!(
                "there is no place for profiles: {variable} is not set",
                variable = HOME
            ))
        })?;
        Ok(Path::new(&home).join(".bce").join("config.json"))
    }

    /// Reads the user's file of profiles; returns `None` if the file does not exist.
    pub(crate) fn of_user() -> Result<Option<Self>, Failure> {
        let path = Self::path_of_user()?;
        let Some(text) = file::read(&path)? else {
            return Ok(None);
        };
        let document = parse(&text, &path, LIST)?;
        Ok(Some(Self { path, document }))
    }

    /// Returns the name of the current profile; `None` if the file designates none, or if the name
    /// is not a string.
    pub(crate) fn current(&self) -> Option<String> {
        self.document.current().ok().flatten()
    }

    /// Returns the profiles, in the order of the file. If several profiles have the same name, only
    /// the first is returned.
    pub(crate) fn profiles(&self) -> Result<Vec<Listed>, Failure> {
        let mut listed: Vec<Listed> = Vec::new();
        for (name, entry) in self.document.entries() {
            if listed.iter().all(|known| known.name != name) {
                listed.push(self.listed(name, entry)?);
            }
        }
        Ok(listed)
    }

    /// Returns the profile with this name; `None` if it does not exist.
    pub(crate) fn find(&self, name: &str) -> Result<Option<Listed>, Failure> {
        let entry = self.document.entry(name);
        entry
            .map(|entry| self.listed(name.to_owned(), entry))
            .transpose()
    }

    fn listed(&self, name: String, entry: &Entry) -> Result<Listed, Failure> {
        let text = |key| {
            let text = entry.text(key).map_err(|what| {
                let name = name.escape_debug();
                broken(&self.path, &format!("profile `{name}`: {what}"))
            })?;
            Ok::<_, Failure>(text.filter(|text| !text.is_empty()))
        };
        Ok(Listed {
            mode: text("mode")?,
            access_key_id: text("access_key_id")?,
            region: text("region")?,
            endpoint: text("endpoint")?,
            language: text("language")?,
            has_secret: text("secret_access_key")?.is_some(),
            has_token: text("security_token")?.is_some(),
            name: name.clone(),
        })
    }

    /// Returns the name of the profile that is used if no option selects one.
    pub(crate) fn chosen(file: Option<&Self>) -> String {
        let of_variable = variable("BCE_PROFILE").and_then(|name| name.into_string().ok());
        of_variable
            .or_else(|| file.and_then(Self::current))
            .unwrap_or_else(|| DEFAULT_NAME.to_owned())
    }

    /// Returns the language of the profile with this name or, without a name, of the one that is
    /// used if no option selects one. Returns `None` if the profile does not exist, sets no
    /// language, or cannot be read.
    pub(super) fn language(&self, name: Option<&str>) -> Option<String> {
        let chosen;
        let name = match name {
            Some(name) => name,
            None => {
                chosen = Self::chosen(Some(self));
                &chosen
            }
        };
        let language = self.document.entry(name)?.text("language").ok().flatten();
        language.filter(|language| !language.is_empty())
    }

    /// Sets members of a profile, and creates it if necessary; `None` removes a member. Makes the
    /// profile the current one if the file designates no current profile, or one that does not
    /// exist. Returns the path of the file.
    pub(crate) fn save(name: &str, changes: &[(&str, Option<&str>)]) -> Result<PathBuf, Failure> {
        Self::update(|document, path| {
            let current = document.current().map_err(|what| broken(path, &what))?;
            let entry = document.entry_or_new(name);
            for (key, value) in changes {
                match value {
                    Some(value) => entry.set(key, value, &MEMBERS),
                    None => entry.remove(key),
                }
            }
            // The official tool does the same.
            let points_nowhere = match &current {
                None => true,
                Some(current) => document.entry(current).is_none(),
            };
            if points_nowhere {
                document.set_current(Some(name));
            }
            Ok(())
        })
    }

    /// Makes the profile with this name the current one. Returns the path of the file of profiles.
    pub(crate) fn make_current(name: &str) -> Result<PathBuf, Failure> {
        Self::update(|document, path| {
            if document.entry(name).is_none() {
                return Err(missing(document, name, path));
            }
            document.set_current(Some(name));
            Ok(())
        })
    }

    /// Removes a profile. If it was the current one, returns the name of the new current profile,
    /// which is empty if no profiles remain; otherwise returns `None`.
    pub(crate) fn remove(name: &str) -> Result<Option<String>, Failure> {
        let mut now = None;
        Self::update(|document, path| {
            if !document.remove(name) {
                return Err(missing(document, name, path));
            }
            now = None;
            if document.current().ok().flatten().as_deref() == Some(name) {
                // The official tool does the same.
                let first = document.entries().next().map(|(name, _)| name);
                document.set_current(first.as_deref());
                now = Some(first.unwrap_or_default());
            }
            Ok(())
        })?;
        Ok(now)
    }

    fn update(
        edit: impl FnMut(&mut Document, &Path) -> Result<(), Failure>,
    ) -> Result<PathBuf, Failure> {
        let path = Self::path_of_user()?;
        stored::update(&path, LIST, edit)?;
        Ok(path)
    }
}

fn missing(document: &Document, name: &str, path: &Path) -> Failure {
    let names: Vec<_> = document.entries().map(|(name, _)| quoted(&name)).collect();
    let (path, name) = (path.display(), quoted(name));
    Failure::usage(match names.is_empty() {
        true => tr!(
            "{path}: no profile {name}; there are no profiles",
            path = path,
            name = name
        ),
        false => tr!(
            "{path}: no profile {name}; the file has {names}",
            path = path,
            name = name,
            names = names.join(", ")
        ),
    })
}
