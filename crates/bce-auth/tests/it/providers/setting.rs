//! The setting of a test: a profile file, and environment variables that refer to it.

use std::ffi::OsString;
use std::path::PathBuf;

use bce_auth::{CredentialsError, CredentialsErrorKind, Profile, ProfileProvider};

use super::{HOME, home, texts, write};

pub(crate) const FILE: &str = r#"{
  "current": "default",
  "profiles": [
    {
      "name": "default",
      "mode": "AK",
      "access_key_id": "ak-default",
      "secret_access_key": "hidden-sk",
      "region": "bj"
    },
    {
      "name": "sts",
      "mode": "StsToken",
      "access_key_id": "ak-sts",
      "secret_access_key": "hidden-sk",
      "security_token": "hidden-token",
      "region": "su",
      "endpoint": "bcc.su.baidubce.com",
      "language": "en-US"
    }
  ]
}"#;

/// A home directory, which may contain a profile file, and the variables of the environment.
pub(crate) struct Setting {
    pub(crate) home: PathBuf,
    pub(crate) variables: Vec<(&'static str, OsString)>,
}

impl Setting {
    pub(crate) fn new(test: &str, file: impl AsRef<[u8]>) -> Self {
        let setting = Self::without_file(test);
        setting.write(file);
        setting
    }

    pub(crate) fn without_file(test: &str) -> Self {
        let home = home(test);
        let variables = vec![(HOME, home.clone().into())];
        Self { home, variables }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.home.join(".bce").join("config.json")
    }

    pub(crate) fn write(&self, file: impl AsRef<[u8]>) {
        write(&self.path(), file);
    }

    pub(crate) fn load(&self, provider: ProfileProvider) -> Result<Profile, CredentialsError> {
        provider.load_from(|name| {
            let found = self.variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        })
    }

    /// Returns the kind and the text of the error that the provider returns. In the text, `FILE`
    /// stands for the path.
    pub(crate) fn refusal(&self, provider: ProfileProvider) -> (CredentialsErrorKind, String) {
        let error = self.load(provider).unwrap_err();
        assert!(texts(&error).contains(&self.path().display().to_string()));
        let text = error.to_string();
        (
            error.kind(),
            text.replace(&*self.path().to_string_lossy(), "FILE"),
        )
    }
}

/// Returns the text of a profile file with a single profile that has these members.
pub(crate) fn one(members: &str) -> String {
    let members = members.replace('\'', "\"");
    format!(r#"{{"current": "p", "profiles": [{{"name": "p", {members}}}]}}"#)
}

pub(crate) const KEYS: &str = "'access_key_id': 'ak', 'secret_access_key': 'hidden-sk'";
pub(crate) const TOKEN: &str = "'security_token': 'hidden-token'";
