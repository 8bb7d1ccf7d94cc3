//! Credentials from environment variables.

use std::env;
use std::ffi::OsString;

use super::parts::{Part, Parts, invalid};
use super::{CredentialsFuture, ProvideCredentials};
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};
use crate::secret::Secret;

const SOURCE: &str = "environment";

/// The names of the environment variables that form a set: access key id, secret and session token.
struct Names {
    id: &'static str,
    secret: &'static str,
    token: &'static str,
    other_token: Option<&'static str>,
}

const BCE: Names = Names {
    id: "BCE_ACCESS_KEY_ID",
    secret: "BCE_SECRET_ACCESS_KEY",
    token: "BCE_SECURITY_TOKEN",
    other_token: Some("BCE_SESSION_TOKEN"),
};

const TERRAFORM: Names = Names {
    id: "BAIDUCLOUD_ACCESS_KEY",
    secret: "BAIDUCLOUD_SECRET_KEY",
    token: "BAIDUCLOUD_SESSION_TOKEN",
    other_token: None,
};

/// Reads credentials from the environment of the process. The variables are read again each time
/// credentials are needed.
///
/// | variable | variable of the Terraform provider | meaning |
/// |---|---|---|
/// | `BCE_ACCESS_KEY_ID` | `BAIDUCLOUD_ACCESS_KEY` | access key id, required |
/// | `BCE_SECRET_ACCESS_KEY` | `BAIDUCLOUD_SECRET_KEY` | secret access key, required |
/// | `BCE_SECURITY_TOKEN` | `BAIDUCLOUD_SESSION_TOKEN` | session token, optional |
/// | `BCE_SESSION_TOKEN` | | another name for the session token; `BCE_SECURITY_TOKEN` takes precedence |
///
/// The variables of the Terraform provider are used only if none of the variables in the first
/// column is set; the two sets are never mixed. An empty variable of the set that is used is
/// refused, because this is usually a mistake, for example of a script that found no value. White
/// space around a value, invisible characters in it, half a key pair, and a token without keys are
/// refused as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EnvironmentProvider;

impl EnvironmentProvider {
    /// Creates a provider that reads the environment of this process.
    pub fn new() -> Self {
        Self
    }

    /// Reads the variables now.
    ///
    /// # Errors
    ///
    /// If none of the variables is set ([`CredentialsErrorKind::NotFound`]); or if a required
    /// variable of a set is missing or a value cannot be used ([`CredentialsErrorKind::Invalid`]).
    pub fn load(&self) -> Result<Credentials, CredentialsError> {
        Self::load_from(|name| env::var_os(name))
    }

    /// Does the same as [`EnvironmentProvider::load`], but gets the variables from `lookup`: for
    /// tests, and for programs that keep their settings elsewhere.
    ///
    /// # Errors
    ///
    /// If [`EnvironmentProvider::load`] would fail with these variables.
    pub fn load_from(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Credentials, CredentialsError> {
        for names in [BCE, TERRAFORM] {
            if let Some(credentials) = names.read(&lookup)?.into_credentials(SOURCE)? {
                return Ok(credentials);
            }
        }
        Err(CredentialsError::new(
            CredentialsErrorKind::NotFound,
            format!(
                "{SOURCE}: neither {} and {} nor {} and {} are set",
                BCE.id, BCE.secret, TERRAFORM.id, TERRAFORM.secret
            ),
        ))
    }
}

impl ProvideCredentials for EnvironmentProvider {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::ready(self.load()))
    }
}

impl Names {
    fn read(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Parts<'static>, CredentialsError> {
        let part = |name| Part::new(SOURCE, name, text(&lookup, name)?);
        let mut token = part(self.token)?;
        if let Some(other) = self.other_token {
            token = token.or(part(other)?);
        }
        Ok(Parts {
            id: part(self.id)?,
            secret: part(self.secret)?,
            token,
        })
    }
}

fn text(
    lookup: impl Fn(&str) -> Option<OsString>,
    name: &'static str,
) -> Result<Option<Secret>, CredentialsError> {
    let text = lookup(name).map(OsString::into_string).transpose();
    match text {
        Ok(text) => Ok(text.map(Secret::new)),
        Err(_) => Err(invalid(SOURCE, &format!("{name} is not valid UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: (&str, &str) = ("BCE_ACCESS_KEY_ID", "ak");
    const SECRET: (&str, &str) = ("BCE_SECRET_ACCESS_KEY", "hidden-sk");
    const THEIRS: [(&str, &str); 3] = [
        ("BAIDUCLOUD_ACCESS_KEY", "ak2"),
        ("BAIDUCLOUD_SECRET_KEY", "hidden-sk2"),
        ("BAIDUCLOUD_SESSION_TOKEN", "hidden-token2"),
    ];

    fn load(variables: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        EnvironmentProvider::load_from(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    fn token(credentials: &Credentials) -> Option<&str> {
        credentials.session_token().map(Secret::expose)
    }

    fn refusal(variables: &[(&str, &str)]) -> String {
        let error = load(variables).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::Invalid, "{error}");
        assert!(!error.to_string().contains("hidden"), "{error}");
        error.to_string()
    }

    #[test]
    fn long_term_and_session_credentials_are_read() {
        let plain = load(&[ID, SECRET]).unwrap();
        assert_eq!(plain.access_key_id(), "ak");
        assert_eq!(plain.secret_access_key().expose(), "hidden-sk");
        assert_eq!(plain.session_token(), None);

        let second = ("BCE_SESSION_TOKEN", "t2");
        let session = load(&[ID, SECRET, second]).unwrap();
        assert_eq!(token(&session), Some("t2"));
        let both = load(&[ID, SECRET, second, ("BCE_SECURITY_TOKEN", "t1")]).unwrap();
        assert_eq!(token(&both), Some("t1"));
    }

    #[test]
    fn the_variables_of_terraform_count_when_no_other_is_set() {
        let theirs = load(&THEIRS).unwrap();
        assert_eq!(theirs.access_key_id(), "ak2");
        assert_eq!(theirs.secret_access_key().expose(), "hidden-sk2");
        assert_eq!(token(&theirs), Some("hidden-token2"));

        let ours = load(&[&[ID, SECRET], &THEIRS[..]].concat()).unwrap();
        assert_eq!((ours.access_key_id(), token(&ours)), ("ak", None));
    }

    #[test]
    fn the_two_sets_are_never_mixed() {
        for stray in [ID, SECRET, ("BCE_SESSION_TOKEN", "hidden")] {
            let text = refusal(&[&[stray], &THEIRS[..]].concat());
            assert!(
                text.contains(&format!("{} is set, but BCE_", stray.0)),
                "{text}"
            );
        }
        refusal(&[ID, THEIRS[1]]);
        refusal(&[THEIRS[0], SECRET]);
    }

    #[test]
    fn half_a_pair_names_what_is_missing() {
        assert_eq!(
            refusal(&[SECRET]),
            "environment: BCE_SECRET_ACCESS_KEY is set, but BCE_ACCESS_KEY_ID is not"
        );
        assert_eq!(
            refusal(&[ID, ("BCE_SESSION_TOKEN", "hidden")]),
            "environment: BCE_ACCESS_KEY_ID is set, but BCE_SECRET_ACCESS_KEY is not"
        );
        assert_eq!(
            refusal(&[("BCE_SESSION_TOKEN", "hidden")]),
            "environment: BCE_SESSION_TOKEN is set, \
             but BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY are not"
        );
        assert_eq!(
            refusal(&THEIRS[..1]),
            "environment: BAIDUCLOUD_ACCESS_KEY is set, but BAIDUCLOUD_SECRET_KEY is not"
        );
    }

    #[test]
    fn an_empty_variable_is_refused_by_name() {
        let names = [
            "BCE_ACCESS_KEY_ID",
            "BCE_SECRET_ACCESS_KEY",
            "BCE_SECURITY_TOKEN",
            "BCE_SESSION_TOKEN",
        ];
        let token = ("BCE_SECURITY_TOKEN", "hidden-token");
        for empty in names {
            let expected = format!("environment: {empty} is empty");
            // Whatever else is set: the other name of the token, the keys, or the other set.
            assert_eq!(refusal(&[(empty, ""), ID, SECRET, token]), expected);
            assert_eq!(refusal(&[&[(empty, "")], &THEIRS[..]].concat()), expected);
        }
        for (empty, _) in THEIRS {
            let variables = [&[(empty, "")], &THEIRS[..]].concat();
            assert_eq!(
                refusal(&variables),
                format!("environment: {empty} is empty")
            );
        }
    }

    #[test]
    fn without_any_variable_both_sets_are_named() {
        let nothing = load(&[]).unwrap_err();
        assert_eq!(nothing.kind(), CredentialsErrorKind::NotFound);
        assert_eq!(
            nothing.to_string(),
            "environment: neither BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY \
             nor BAIDUCLOUD_ACCESS_KEY and BAIDUCLOUD_SECRET_KEY are set"
        );
    }

    #[test]
    fn a_value_that_cannot_be_sent_is_refused_with_its_variables() {
        assert_eq!(
            refusal(&[("BCE_ACCESS_KEY_ID", "hid/den"), SECRET]),
            "environment: the access key id contains a character that is not visible ASCII, \
             or a `/` (BCE_ACCESS_KEY_ID, BCE_SECRET_ACCESS_KEY)"
        );
    }

    #[test]
    fn what_copying_leaves_is_refused_by_the_name_of_the_variable() {
        for (bad, problem) in [
            ("hidden\n", "begins or ends with a line end (U+000A)"),
            ("hidden\r", "begins or ends with a line end (U+000D)"),
            (" hidden", "begins or ends with white space (U+0020)"),
            (
                "\u{feff}hidden",
                "begins or ends with a byte order mark (U+FEFF)",
            ),
            ("hid\u{200b}den", "contains an invisible character (U+200B)"),
        ] {
            let token = ("BCE_SESSION_TOKEN", "t");
            for name in [ID.0, SECRET.0, token.0, "BCE_SECURITY_TOKEN"] {
                let others = [ID, SECRET, token].into_iter();
                let others = others.filter(|(other, _)| *other != name);
                let variables: Vec<_> = others.chain([(name, bad)]).collect();
                assert_eq!(
                    refusal(&variables),
                    format!("environment: {name} {problem}")
                );
            }
            for (name, _) in THEIRS {
                let variables = [&[(name, bad)], &THEIRS[..]].concat();
                assert_eq!(
                    refusal(&variables),
                    format!("environment: {name} {problem}")
                );
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_text_is_refused_by_the_name_of_its_variable() {
        use std::os::unix::ffi::OsStringExt;
        let error = EnvironmentProvider::load_from(|name| {
            (name == ID.0).then(|| OsString::from_vec(vec![0xFF, b'x']))
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "environment: BCE_ACCESS_KEY_ID is not valid UTF-8"
        );
    }
}
