//! Credentials from the profile file of the official command-line tool.

mod document;

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use self::document::{Document, Entry, Member};

use super::parts::{Part, Parts, invalid};
use super::{CredentialsFuture, ProvideCredentials, file};
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::secret::Secret;

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
const NAME: &str = "BCE_PROFILE";
const DEFAULT_NAME: &str = "default";

/// Reads credentials from `~/.bce/config.json`, the file that
/// [`bce configure set`](https://cloud.baidu.com/doc/OpenAPI-Explorer/s/vmq6cs4ku) writes.
///
/// The profile is the one that [`name`](Self::name) selects. Without a name, it is the one named by
/// the variable `BCE_PROFILE`; without that variable, the one named by `current` in the file; and
/// without that, `default`.
///
/// | member of the profile | meaning |
/// |---|---|
/// | `name` | name |
/// | `mode` | `AK`: long-term keys; a `security_token` is ignored, as the official tool does. `StsToken`: session credentials, which need a `security_token`. Without a mode, a token makes them session credentials. Other modes are refused |
/// | `access_key_id`, `secret_access_key`, `security_token` | the credentials; none may be empty |
/// | `region`, `endpoint` | see [`Profile::region`] and [`Profile::endpoint`] |
///
/// Other members are ignored, and `null` means the same as an absent member. If two profiles have
/// the same name, the first one is used. Files larger than 1 MiB are refused. On Unix, a file that
/// its group or others may read is used, but each time it is read, a warning is emitted through
/// `tracing`.
///
/// The file is read again, with blocking calls, each time credentials are needed. With a
/// [`CachedCredentials`](crate::CachedCredentials) around this provider, it is read once, and again
/// after a service has refused the credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProfileProvider {
    path: Option<PathBuf>,
    name: Option<String>,
}

impl ProfileProvider {
    /// Creates a provider that reads the file in the home directory (the variable `HOME`, or
    /// `USERPROFILE` on Windows), and the profile that `BCE_PROFILE` or the file selects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the path of the file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Selects the profile with this name, regardless of `BCE_PROFILE` and of `current` in the
    /// file.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Reads the file now.
    ///
    /// # Errors
    ///
    /// [`CredentialsErrorKind::NotFound`], if there is no file, or if neither [`path`](Self::path)
    /// nor a home directory is set. Also if neither [`name`](Self::name) nor `BCE_PROFILE` selects
    /// a profile, and the file has no profiles, has neither `current` nor a profile `default`, or
    /// has no keys in the profile that it selects.
    ///
    /// [`CredentialsErrorKind::Invalid`], if the file cannot be read, or if the credentials of the
    /// profile cannot be used. Also if `name`, `BCE_PROFILE` or `current` names a profile that the
    /// file does not have; however, `current` is ignored in a file without profiles.
    pub fn load(&self) -> Result<Profile, CredentialsError> {
        self.load_from(|name| env::var_os(name))
    }

    /// Does the same as [`ProfileProvider::load`], but gets the variables from `lookup`: for tests,
    /// and for programs that keep their settings elsewhere. The home directory is looked up only if
    /// no [`path`](Self::path) is set, and `BCE_PROFILE` only if no [`name`](Self::name) is set.
    ///
    /// # Errors
    ///
    /// If [`ProfileProvider::load`] would fail with these variables.
    pub fn load_from(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Profile, CredentialsError> {
        let wanted = self.wanted(&lookup)?;
        let path = match &self.path {
            Some(path) => path.clone(),
            None => default_path(&lookup)?,
        };
        let bytes = file::read(&path)?;
        let document =
            Document::parse(&bytes).map_err(|what| invalid(&file::source(&path), &what))?;
        let choice = Choice::among(document, wanted, &path)?;
        choice.into_profile(path)
    }

    /// Returns the name by which a profile is selected, or `None` if the file decides.
    fn wanted(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<String>, CredentialsError> {
        let (source, name) = match &self.name {
            Some(name) => ("profile", name.clone()),
            None => match lookup(NAME).map(OsString::into_string) {
                None => return Ok(None),
                Some(Ok(name)) => (NAME, name),
                Some(Err(_)) => {
                    return Err(invalid("environment", "BCE_PROFILE is not valid UTF-8"));
                }
            },
        };
        // With an empty name, using the current profile might mean using somebody else's account.
        if name.is_empty() {
            return Err(invalid(source, "the name is empty"));
        }
        Ok(Some(name))
    }
}

impl ProvideCredentials for ProfileProvider {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let answer = self.load().map(|profile| profile.credentials);
        Box::pin(std::future::ready(answer))
    }
}

/// A profile that [`ProfileProvider`] has found.
#[derive(Clone)]
pub struct Profile {
    path: PathBuf,
    name: String,
    credentials: Credentials,
    region: Option<String>,
    endpoint: Option<String>,
}

impl Profile {
    /// Returns the path of the file that the profile was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name of the profile.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the credentials of the profile.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the region that the commands of the official tool use, such as `bj`; `None` if the
    /// profile has none or an empty one.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Returns the host to which the official tool sends every command, for any service; `None` if
    /// the profile has none or an empty one. A host usually belongs to a single service, but the
    /// profile does not say to which one.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }
}

// The endpoint is left out, because it may be a URL with a password.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("path", &self.path)
            .field("name", &self.name)
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

fn default_path(lookup: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, CredentialsError> {
    match lookup(HOME).filter(|home| !home.is_empty()) {
        Some(home) => Ok(Path::new(&home).join(".bce").join("config.json")),
        None => Err(CredentialsError::new(
            CredentialsErrorKind::NotFound,
            format!("profile file: {HOME} is not set"),
        )),
    }
}

/// The profile that was selected.
struct Choice {
    /// How error messages name the profile.
    source: String,
    name: String,
    entry: Entry,
    by_name: bool,
}

impl Choice {
    fn among(
        document: Document,
        wanted: Option<String>,
        path: &Path,
    ) -> Result<Self, CredentialsError> {
        let file = file::source(path);
        let by_name = wanted.is_some();
        let current = document.current.text(&file, "current")?;
        let current = current.filter(|name| !name.is_empty());
        let named = wanted.or_else(|| current.map(|name| name.expose().to_owned()));
        let is_named = named.is_some();
        let name = named.unwrap_or_else(|| DEFAULT_NAME.to_owned());

        let mut entries = document.profiles.0;
        if let Some(at) = entries.iter().position(|entry| entry.has_name(&name)) {
            return Ok(Self {
                source: format!("profile {} of {file}", quoted(&name)),
                name,
                entry: entries.swap_remove(at),
                by_name,
            });
        }
        let there: Vec<_> = entries.iter().filter_map(Entry::name).map(quoted).collect();
        let there = if there.is_empty() {
            "the file has no profiles".to_owned()
        } else {
            format!("the file has {}", there.join(", "))
        };
        // A file that names a missing profile as the current one is broken, unless it has no
        // profiles.
        let kind = if by_name || (is_named && !entries.is_empty()) {
            CredentialsErrorKind::Invalid
        } else {
            CredentialsErrorKind::NotFound
        };
        let message = format!("{file}: no profile {}; {there}", quoted(&name));
        Err(CredentialsError::new(kind, message))
    }

    fn into_profile(self, path: PathBuf) -> Result<Profile, CredentialsError> {
        let source = self.source;
        let mode = Mode::of(self.entry.mode.text(&source, "mode")?, &source)?;
        let part = |member: Member, name: &'static str| {
            Part::new(&source, name, member.text(&source, name)?)
        };
        let mut parts = Parts {
            id: part(self.entry.access_key_id, "access_key_id")?,
            secret: part(self.entry.secret_access_key, "secret_access_key")?,
            token: part(self.entry.security_token, "security_token")?,
        };
        let has_keys = parts.id.is_set() || parts.secret.is_set();
        match mode {
            // `bce configure set --mode AK` leaves the token of earlier session credentials behind.
            Some(Mode::Ak) if has_keys => parts.token.value = None,
            Some(Mode::StsToken) if has_keys && !parts.token.is_set() => {
                return Err(invalid(
                    &source,
                    "mode StsToken, but security_token is not set",
                ));
            }
            _ => {}
        }
        let Some(credentials) = parts.into_credentials(&source)? else {
            let kind = if self.by_name {
                CredentialsErrorKind::Invalid
            } else {
                CredentialsErrorKind::NotFound
            };
            let message = format!("{source}: access_key_id and secret_access_key are not set");
            return Err(CredentialsError::new(kind, message));
        };
        let setting = |member: Member, name| -> Result<Option<String>, CredentialsError> {
            let text = member.text(&source, name)?.filter(|text| !text.is_empty());
            Ok(text.map(|text| text.expose().to_owned()))
        };
        Ok(Profile {
            region: setting(self.entry.region, "region")?,
            endpoint: setting(self.entry.endpoint, "endpoint")?,
            path,
            name: self.name,
            credentials,
        })
    }
}

impl Entry {
    fn name(&self) -> Option<&str> {
        match &self.name {
            Member::Text(name) => Some(name.expose()),
            _ => None,
        }
    }

    fn has_name(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
}

impl Member {
    fn text(self, source: &str, name: &str) -> Result<Option<Secret>, CredentialsError> {
        match self {
            Self::Absent => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::NotText => Err(invalid(source, &format!("{name} is not text"))),
        }
    }
}

/// How the official tool gets the credentials of a profile.
#[derive(Clone, Copy)]
enum Mode {
    Ak,
    StsToken,
}

impl Mode {
    fn of(text: Option<Secret>, source: &str) -> Result<Option<Self>, CredentialsError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let text = text.expose();
        if text.eq_ignore_ascii_case("AK") {
            return Ok(Some(Self::Ak));
        }
        if text.eq_ignore_ascii_case("StsToken") {
            return Ok(Some(Self::StsToken));
        }
        // A value that does not look like a mode may be a secret in the wrong place.
        let is_word = text.len() <= 24 && text.bytes().all(|b| b.is_ascii_alphabetic());
        let shown = if is_word { text } else { "(not a word)" };
        Err(invalid(
            source,
            &format!("mode {shown} is not supported, only AK and StsToken are"),
        ))
    }
}

/// Returns the name of a profile in quotes and on one line, for error messages.
fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}
