//! Credentials from environment variables.

use std::env;
use std::ffi::OsString;

use super::{CredentialsFuture, ProvideCredentials};
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::secret::Secret;

const ACCESS_KEY_ID: &str = "BCE_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "BCE_SECRET_ACCESS_KEY";
const SECURITY_TOKEN: &str = "BCE_SECURITY_TOKEN";
const SESSION_TOKEN: &str = "BCE_SESSION_TOKEN";

/// Reads credentials from the environment of the process, anew for every request.
///
/// | variable | meaning |
/// |---|---|
/// | `BCE_ACCESS_KEY_ID` | access key id, required |
/// | `BCE_SECRET_ACCESS_KEY` | secret access key, required |
/// | `BCE_SECURITY_TOKEN` | session token, optional |
/// | `BCE_SESSION_TOKEN` | another name for the same; the first one wins |
///
/// An empty variable counts as not set.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EnvironmentProvider;

impl EnvironmentProvider {
    /// A provider for the environment of this process.
    pub fn new() -> Self {
        Self
    }

    /// Reads the variables now.
    ///
    /// # Errors
    ///
    /// [`CredentialsErrorKind::NotFound`] when neither key is set; [`CredentialsErrorKind::Invalid`]
    /// when only one is, or when a value cannot be used.
    pub fn load(&self) -> Result<Credentials, CredentialsError> {
        Self::load_from(|name| env::var_os(name))
    }

    /// As [`EnvironmentProvider::load`], from variables that `lookup` knows: for tests, and for
    /// programs that keep their settings elsewhere.
    ///
    /// # Errors
    ///
    /// As for [`EnvironmentProvider::load`].
    pub fn load_from(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Credentials, CredentialsError> {
        let access_key_id = read(&lookup, ACCESS_KEY_ID)?;
        let secret_access_key = read(&lookup, SECRET_ACCESS_KEY)?.map(Secret::new);
        let session_token = match read(&lookup, SECURITY_TOKEN)? {
            Some(token) => Some(token),
            None => read(&lookup, SESSION_TOKEN)?,
        };
        match (access_key_id, secret_access_key) {
            (Some(id), Some(secret)) => match session_token.map(Secret::new) {
                Some(token) => Credentials::session(id, secret, token),
                None => Credentials::new(id, secret),
            },
            (None, None) => Err(CredentialsError::new(
                CredentialsErrorKind::NotFound,
                format!("{ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} are not set"),
            )),
            (Some(_), None) => Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
            (None, Some(_)) => Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
        }
    }
}

impl ProvideCredentials for EnvironmentProvider {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::ready(self.load()))
    }
}

fn half(present: &str, absent: &str) -> CredentialsError {
    CredentialsError::new(
        CredentialsErrorKind::Invalid,
        format!("{present} is set, but {absent} is not"),
    )
}

fn read(
    lookup: impl Fn(&str) -> Option<OsString>,
    name: &'static str,
) -> Result<Option<String>, CredentialsError> {
    let Some(value) = lookup(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    value.into_string().map(Some).map_err(|_| {
        CredentialsError::new(
            CredentialsErrorKind::Invalid,
            format!("{name} is not valid UTF-8"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        EnvironmentProvider::load_from(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    #[test]
    fn long_term_and_session_credentials_are_read() {
        let keys = [(ACCESS_KEY_ID, "ak"), (SECRET_ACCESS_KEY, "sk")];
        let plain = load(&keys).unwrap();
        assert_eq!(plain.access_key_id(), "ak");
        assert_eq!(plain.secret_access_key().expose(), "sk");
        assert_eq!(plain.session_token(), None);

        let token = |more: &[(&str, &str)]| {
            let credentials = load(&[&keys[..], more].concat()).unwrap();
            credentials
                .session_token()
                .map(|token| token.expose().to_owned())
        };
        assert_eq!(token(&[(SESSION_TOKEN, "t2")]).as_deref(), Some("t2"));
        let both = [(SESSION_TOKEN, "t2"), (SECURITY_TOKEN, "t1")];
        assert_eq!(token(&both).as_deref(), Some("t1"));
        let empty = [(SESSION_TOKEN, "t2"), (SECURITY_TOKEN, "")];
        assert_eq!(token(&empty).as_deref(), Some("t2"));
        assert_eq!(token(&[(SECURITY_TOKEN, "")]), None);
    }

    #[test]
    fn an_incomplete_environment_names_what_is_missing_and_shows_no_value() {
        let nothing = load(&[(ACCESS_KEY_ID, "")]).unwrap_err();
        assert_eq!(nothing.kind(), CredentialsErrorKind::NotFound);
        assert_eq!(
            nothing.to_string(),
            "BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY are not set"
        );
        let half = load(&[(SECRET_ACCESS_KEY, "hidden")]).unwrap_err();
        assert_eq!(half.kind(), CredentialsErrorKind::Invalid);
        assert_eq!(
            half.to_string(),
            "BCE_SECRET_ACCESS_KEY is set, but BCE_ACCESS_KEY_ID is not"
        );
        let half = load(&[(ACCESS_KEY_ID, "hidden")]).unwrap_err();
        assert_eq!(
            half.to_string(),
            "BCE_ACCESS_KEY_ID is set, but BCE_SECRET_ACCESS_KEY is not"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_text_is_refused_by_the_name_of_its_variable() {
        use std::os::unix::ffi::OsStringExt;
        let error = EnvironmentProvider::load_from(|_| Some(OsString::from_vec(vec![0xFF, b'x'])))
            .unwrap_err();
        assert_eq!(error.to_string(), "BCE_ACCESS_KEY_ID is not valid UTF-8");
    }
}
