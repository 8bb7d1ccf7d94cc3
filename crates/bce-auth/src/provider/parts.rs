//! Creating credentials from parts, some of which a source may lack.

use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::secret::Secret;
use crate::stray::Stray;

/// A part of credentials, such as the secret, with the name that its source uses. A value that is
/// set is not empty, and contains no stray characters, such as white space at its end.
pub(super) struct Part<'a> {
    name: &'a str,
    pub(super) value: Option<Secret>,
}

impl<'a> Part<'a> {
    /// Creates a part of credentials. Refuses a value that is set but empty, or that contains a
    /// stray character, such as white space at its end.
    pub(super) fn new(
        source: &str,
        name: &'a str,
        value: Option<Secret>,
    ) -> Result<Self, CredentialsError> {
        if let Some(value) = &value {
            if value.is_empty() {
                return Err(invalid(source, &format!("{name} is empty")));
            }
            if let Some(stray) = Stray::find(value.expose()) {
                return Err(invalid(source, &format!("{name} {stray}")));
            }
        }
        Ok(Self { name, value })
    }

    pub(super) fn is_set(&self) -> bool {
        self.value.is_some()
    }

    /// Returns this part if it is set, and the other one otherwise.
    pub(super) fn or(self, other: Self) -> Self {
        if self.is_set() { self } else { other }
    }
}

/// The parts of credentials that one source has.
pub(super) struct Parts<'a> {
    pub(super) id: Part<'a>,
    pub(super) secret: Part<'a>,
    pub(super) token: Part<'a>,
}

impl Parts<'_> {
    /// Creates credentials from the parts. Returns `None` if no part is set. Half a key pair, or a
    /// token without keys, is refused.
    pub(super) fn into_credentials(
        self,
        source: &str,
    ) -> Result<Option<Credentials>, CredentialsError> {
        let Self { id, secret, token } = self;
        let all = [&id, &secret, &token];
        let names: Vec<&str> = all.iter().filter(|p| p.is_set()).map(|p| p.name).collect();
        let Some(present) = names.first() else {
            return Ok(None);
        };
        let credentials = match (&id.value, secret.value, token.value) {
            (Some(id), Some(secret), Some(token)) => {
                Credentials::session(id.expose(), secret, token)
            }
            (Some(id), Some(secret), None) => Credentials::new(id.expose(), secret),
            (Some(_), None, _) => return Err(half(source, present, secret.name)),
            (None, Some(_), _) => return Err(half(source, present, id.name)),
            (None, None, _) => {
                let message = format!(
                    "{present} is set, but {} and {} are not",
                    id.name, secret.name
                );
                return Err(invalid(source, &message));
            }
        };
        credentials
            .map(Some)
            .map_err(|error| invalid(source, &format!("{error} ({})", names.join(", "))))
    }
}

fn half(source: &str, present: &str, absent: &str) -> CredentialsError {
    invalid(source, &format!("{present} is set, but {absent} is not"))
}

/// Returns the error for a mistake at `source`, such as a file, that the user has to correct.
pub(super) fn invalid(source: &str, message: &str) -> CredentialsError {
    CredentialsError::new(
        CredentialsErrorKind::Invalid,
        format!("{source}: {message}"),
    )
}
