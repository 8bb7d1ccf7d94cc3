//! Credentials from the INI files of older tools.

mod parse;

use std::path::PathBuf;

use self::parse::{Entry, Section, parse};

use super::parts::{Part, Parts, invalid};
use super::{CredentialsFuture, ProvideCredentials, file};
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::secret::Secret;

/// Reads credentials from an INI file of an older tool.
///
/// Examples are `~/.bce/credentials`, bcecmd's `~/.go-bcecli/credentials`, and `~/.aihc/config`,
/// which the Python package aihc uses. This provider does not search for any of them: the path must
/// be given, and `~` is not expanded.
///
/// | part | keys |
/// |---|---|
/// | access key id | `access_key_id`, `bce_access_key_id`, `access_id`, `ak`, `access_key` |
/// | secret access key | `secret_access_key`, `bce_secret_access_key`, `secret_key`, `sk`; also `access_key` if there is an `access_id`, as aihc writes it |
/// | session token | `security_token`, `bce_security_token`, `session_token`, `bce_session_token`, `sts` |
///
/// A value is everything after the first `=` of its line, without surrounding spaces and tabs.
/// Quotes, escapes and trailing comments have no meaning, so a secret may contain any of `#;:=%\"`.
/// Sections and keys are case-insensitive.
///
/// The section that is read is the one chosen by [`section`](Self::section). If none was chosen, it
/// is `default`; if there is no such section, `defaults`; and if there is none of that name either,
/// the part of the file before the first section.
///
/// The file is refused if a section occurs twice. It is also refused if, in the section that is
/// read, a part of the credentials is empty or is set twice, whether by the same key or by
/// different ones. As an exception, an empty `sts` means that there is no token, because bcecmd
/// writes `Sts =` for long-term keys.
///
/// As with [`ProfileProvider`](crate::ProfileProvider), the file is read again each time
/// credentials are needed, a file larger than 1 MiB is refused, and a file that other users may
/// read causes a warning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IniProvider {
    path: PathBuf,
    section: Option<String>,
}

impl IniProvider {
    /// Creates a provider that reads the INI file at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            section: None,
        }
    }

    /// Sets the section to read. No other section is read.
    #[must_use]
    pub fn section(mut self, name: impl Into<String>) -> Self {
        self.section = Some(name.into());
        self
    }

    /// Reads the file now.
    ///
    /// # Errors
    ///
    /// [`CredentialsErrorKind::NotFound`], if there is no file, or if no section was chosen and the
    /// section that is read by default has no keys.
    ///
    /// [`CredentialsErrorKind::Invalid`], if the file cannot be read, if the chosen section does
    /// not exist or has no keys, or if the credentials in the section cannot be used.
    pub fn load(&self) -> Result<Credentials, CredentialsError> {
        let bytes = file::read(&self.path)?;
        let source = file::source(&self.path);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| invalid(&source, "the file is not valid UTF-8"))?;
        let sections = parse(text).map_err(|what| invalid(&source, &what))?;
        let credentials = match self.choose(&sections) {
            Some(section) => {
                let source = match section.name {
                    Some(name) => format!("section `{}` of {source}", name.escape_debug()),
                    None => source.clone(),
                };
                parts(&section.entries, &source)?.into_credentials(&source)?
            }
            None => None,
        };
        credentials.ok_or_else(|| {
            let (kind, place) = match &self.section {
                Some(name) => {
                    let place = format!("no keys in section `{}`", name.escape_debug());
                    (CredentialsErrorKind::Invalid, place)
                }
                None => (CredentialsErrorKind::NotFound, "no keys".to_owned()),
            };
            CredentialsError::new(kind, format!("{source}: {place}"))
        })
    }

    fn choose<'a>(&self, sections: &'a [Section<'a>]) -> Option<&'a Section<'a>> {
        let named = |wanted: &str| {
            sections.iter().find(|section| {
                (section.name).is_some_and(|name| name.eq_ignore_ascii_case(wanted))
            })
        };
        match &self.section {
            Some(name) => named(name),
            None => named("default")
                .or_else(|| named("defaults"))
                .or_else(|| sections.first()),
        }
    }
}

impl ProvideCredentials for IniProvider {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::ready(self.load()))
    }
}

const ID: [&str; 4] = ["access_key_id", "bce_access_key_id", "access_id", "ak"];
const SECRET: [&str; 4] = [
    "secret_access_key",
    "bce_secret_access_key",
    "secret_key",
    "sk",
];
const TOKEN: [&str; 5] = [
    "security_token",
    "bce_security_token",
    "session_token",
    "bce_session_token",
    "sts",
];

fn parts(entries: &[Entry<'_>], source: &str) -> Result<Parts<'static>, CredentialsError> {
    let is = |entry: &Entry<'_>, key: &str| entry.key.eq_ignore_ascii_case(key);
    let beside_id = entries.iter().any(|entry| is(entry, "access_id"));
    let part = |name: &'static str, keys: &[&str], with_access_key: bool| {
        let mut found = entries.iter().filter(|&entry| {
            let unset = is(entry, "sts") && entry.value.is_empty();
            let known = keys.iter().any(|key| is(entry, key));
            (known && !unset) || (with_access_key && is(entry, "access_key"))
        });
        let value = found.next().map(|entry| Secret::new(entry.value));
        if let Some(second) = found.next() {
            let message = format!("line {} sets the {name} again", second.line);
            return Err(invalid(source, &message));
        }
        Part::new(source, name, value)
    };
    Ok(Parts {
        id: part("access key id", &ID, !beside_id)?,
        secret: part("secret access key", &SECRET, beside_id)?,
        token: part("session token", &TOKEN, false)?,
    })
}
