//! Contexts, which are named settings for creating instances and logging in.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::document::{Document, Entry};
use super::stored::{self, broken, parse, quoted};
use super::{HOME, file, variable};
use crate::exit::Failure;
use crate::language::{text, tr};

/// The JSON member that holds the list of contexts in the file of contexts.
const LIST: &str = "contexts";
/// The JSON members of a context, in the order in which they are written.
pub(crate) const MEMBERS: [&str; 10] = [
    "name",
    "region",
    "profile",
    "pool",
    "queue",
    "creator",
    "creatorId",
    "host",
    "internal",
    "language",
];
/// The environment variable that sets another path for the file of contexts.
const PATH: &str = "AIHC_CONTEXTS_FILE";
/// The environment variable that selects a context, even if the file of contexts designates another
/// one as current.
const CHOICE: &str = "AIHC_CONTEXT";

/// The user's file of contexts, which are named settings for creating instances and logging in.
#[derive(Debug)]
pub(crate) struct ContextFile {
    path: PathBuf,
    document: Document,
}

/// A context: named settings for creating instances and logging in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContextSettings {
    pub(crate) name: String,
    /// The region to which the context is limited, since a pool exists in only one region; `None`
    /// if the context can be used in any.
    pub(crate) region: Option<String>,
    /// The profile to which the context is limited; `None` if the context can be used with any.
    pub(crate) profile: Option<String>,
    pub(crate) pool: Option<String>,
    pub(crate) queue: Option<String>,
    pub(crate) creator: Option<String>,
    pub(crate) creator_id: Option<String>,
    /// The host to log in to, such as the address of a load balancer; `None` for an address of the
    /// instance itself.
    pub(crate) host: Option<String>,
    /// Whether to log in at the internal address of the instance. If `host` is set, it takes
    /// precedence.
    pub(crate) internal: bool,
    pub(crate) language: Option<String>,
}

impl ContextFile {
    /// Reads the user's file of contexts. If the file does not exist, returns a value without
    /// contexts.
    pub(crate) fn of_user() -> Result<Self, Failure> {
        let path = path_of_user()?;
        let document = match file::read(&path)? {
            Some(text) => parse(&text, &path, LIST)?,
            None => Document::new("contexts"),
        };
        Ok(Self { path, document })
    }

    /// Returns whether the path of the file of contexts cannot be determined, for example because
    /// there is no home directory.
    pub(crate) fn is_nowhere() -> bool {
        path_of_user().is_err()
    }

    /// Returns the name of the selected context, and what has selected it: `--context`, whose value
    /// is `option`, or else the variable `AIHC_CONTEXT`, or else the command `context use`. Returns
    /// `None` if none of these has selected a context.
    pub(crate) fn chosen(&self, option: Option<&str>) -> Option<(String, &'static str)> {
        if let Some(name) = option {
            return Some((name.to_owned(), "--context"));
        }
        if let Some(name) = variable(CHOICE) {
            return Some((name.to_string_lossy().into_owned(), CHOICE));
        }
        let current = self.document.current().ok().flatten()?;
        Some((current, "context use"))
    }

    /// Returns the contexts, in the order of the file.
    pub(crate) fn contexts(&self) -> Result<Vec<ContextSettings>, Failure> {
        let entries = self.document.entries();
        entries
            .map(|(name, entry)| self.settings(name, entry))
            .collect()
    }

    /// Returns the context with this name; `None` if it does not exist.
    pub(crate) fn find(&self, name: &str) -> Result<Option<ContextSettings>, Failure> {
        let entry = self.document.entry(name);
        entry
            .map(|entry| self.settings(name.to_owned(), entry))
            .transpose()
    }

    /// Returns the context with this name; fails if it does not exist.
    pub(crate) fn get(&self, name: &str) -> Result<ContextSettings, Failure> {
        self.find(name)?
            .ok_or_else(|| missing(&self.document, name, &self.path))
    }

    fn settings(&self, name: String, entry: &Entry) -> Result<ContextSettings, Failure> {
        let wrong = |what| {
            let name = name.escape_debug();
            broken(&self.path, &format!("context `{name}`: {what}"))
        };
        let text = |key| {
            let text = entry.text(key).map_err(wrong)?;
            Ok::<_, Failure>(text.filter(|text| !text.is_empty()))
        };
        Ok(ContextSettings {
            region: text("region")?,
            profile: text("profile")?,
            pool: text("pool")?,
            queue: text("queue")?,
            creator: text("creator")?,
            creator_id: text("creatorId")?,
            host: text("host")?,
            internal: entry.flag("internal").map_err(wrong)?.unwrap_or_default(),
            language: text("language")?,
            name: name.clone(),
        })
    }

    /// Sets members of a context, and creates it if necessary; an empty value removes the member.
    /// If `internal` is `true`, sets the member of that name; if `false`, removes it; if `None`,
    /// leaves it unchanged. If this is the first context and none is designated as current, makes
    /// it the current one. Returns whether it has become the current one.
    pub(crate) fn save(
        name: &str,
        texts: &[(&str, &str)],
        internal: Option<bool>,
    ) -> Result<bool, Failure> {
        let mut became = false;
        update(|document, path| {
            let first = document.entries().next().is_none();
            let entry = document.entry_or_new(name);
            for (key, value) in texts {
                match value.is_empty() {
                    true => entry.remove(key),
                    false => entry.set(key, value, &MEMBERS),
                }
            }
            match internal {
                Some(true) => entry.set("internal", &true, &MEMBERS),
                Some(false) => entry.remove("internal"),
                None => {}
            }
            if entry.is_empty() {
                return Err(Failure::usage(text!(
                    "nothing to save in context {name}",
                    name = quoted(name)
                )));
            }
            let current = document.current().map_err(|what| broken(path, &what))?;
            became = first && current.is_none();
            if became {
                document.set_current(Some(name));
            }
            Ok(())
        })?;
        Ok(became)
    }

    /// Makes the context with this name the current one; with `None`, no context is current.
    pub(crate) fn make_current(name: Option<&str>) -> Result<(), Failure> {
        update(|document, path| {
            if let Some(name) = name
                && document.entry(name).is_none()
            {
                return Err(missing(document, name, path));
            }
            document.set_current(name);
            Ok(())
        })
    }

    /// Removes a context. Returns whether it was the current one; if so, no context is current
    /// afterwards.
    pub(crate) fn remove(name: &str) -> Result<bool, Failure> {
        let mut was_current = false;
        update(|document, path| {
            if !document.remove(name) {
                return Err(missing(document, name, path));
            }
            was_current = document.current().ok().flatten().as_deref() == Some(name);
            if was_current {
                document.set_current(None);
            }
            Ok(())
        })?;
        Ok(was_current)
    }
}

/// Returns the path of the file of contexts, whether or not it exists.
fn path_of_user() -> Result<PathBuf, Failure> {
    if let Some(path) = variable(PATH) {
        return Ok(path.into());
    }
    let folder = match cfg!(windows) {
        true => variable("APPDATA").map(PathBuf::from),
        false => variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            // The XDG specification ignores relative paths.
            .filter(|path| path.is_absolute())
            .or_else(|| Some(Path::new(&variable(HOME)?).join(".config"))),
    };
    let folder = folder.ok_or_else(|| {
        Failure::usage(text!(
            "there is no place for contexts: neither {path} nor {home} is set",
            path = PATH,
            home = HOME
        ))
    })?;
    Ok(folder.join("aihc-dev").join("contexts.json"))
}

fn update(edit: impl FnMut(&mut Document, &Path) -> Result<(), Failure>) -> Result<(), Failure> {
    stored::update(&path_of_user()?, LIST, edit)
}

fn missing(document: &Document, name: &str, path: &Path) -> Failure {
    let names: Vec<_> = document.entries().map(|(name, _)| quoted(&name)).collect();
    let (path, name) = (path.display(), quoted(name));
    Failure::usage(match names.is_empty() {
        true => tr!(
            "{path}: no context {name}; there are no contexts",
            path = path,
            name = name
        ),
        false => tr!(
            "{path}: no context {name}; the file has {names}",
            path = path,
            name = name,
            names = names.join(", ")
        ),
    })
}
