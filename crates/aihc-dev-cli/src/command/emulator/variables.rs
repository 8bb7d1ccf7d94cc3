//! The environment variables that make commands use the local emulator, and no other service.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;

use aihc_emulator::Emulator as Server;

use crate::command::ssh_command::quoted;
use crate::exit::Failure;
use crate::language::tr;

/// The prefixes of environment variables that select an account or a service.
const OTHERS: [&str; 2] = ["BCE_", "BAIDUCLOUD_"];
/// A variable that has one of the prefixes in [`OTHERS`], but selects neither an account nor a
/// service.
const LANGUAGE: &str = "BCE_LANGUAGE";
/// The environment variables that [`LocalVariables::script`] unsets, because they would conflict
/// with those that it sets.
const IN_THE_WAY: &str = "BCE_SECURITY_TOKEN BCE_SESSION_TOKEN BCE_PROFILE BCE_REGION \
                          BAIDUCLOUD_ACCESS_KEY BAIDUCLOUD_SECRET_KEY BAIDUCLOUD_SESSION_TOKEN";

/// The environment variables that make commands use the emulator: their names and values.
pub(super) struct LocalVariables([(&'static str, String); 4]);

impl LocalVariables {
    pub(super) fn of(server: &Server) -> Self {
        let credentials = server.credentials();
        let secret = credentials.secret_access_key().expose();
        Self([
            ("AIHC_ENDPOINT", server.endpoint().to_owned()),
            ("BCE_STS_ENDPOINT", server.endpoint().to_owned()),
            ("BCE_ACCESS_KEY_ID", credentials.access_key_id().to_owned()),
            ("BCE_SECRET_ACCESS_KEY", secret.to_owned()),
        ])
    }

    /// Returns a shell script that sets the variables, and unsets those that would conflict with
    /// them.
    pub(super) fn script(&self) -> String {
        let exports = self.0.iter();
        let exports: Vec<_> = exports
            .map(|(name, value)| format!("export {name}={}\n", quoted(value)))
            .collect();
        format!("unset {IN_THE_WAY}\n{}", exports.concat())
    }

    /// Writes a shell script that sets the variables to a file, completely or not at all. On Unix,
    /// only the owner of the file may read it. Fails if `path` exists and is not a regular file.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed =
            |what: String| Failure::usage(format!("--settings {}: {what}", path.display()));
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(failed(tr!("already exists, and is not a file")));
        }
        let folder = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let written = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).and_then(
            |mut file| {
                file.write_all(self.script().as_bytes())?;
                file.persist(path).map_err(|error| error.error)
            },
        );
        written.map(drop).map_err(|error| failed(error.to_string()))
    }

    /// Returns the environment for a command: the environment of this process, without the
    /// variables that select another account or service, and with the variables in `self`.
    pub(super) fn environment(&self) -> Vec<(OsString, OsString)> {
        let ours = self.0.iter();
        let ours = ours.map(|(name, value)| ((*name).into(), value.into()));
        let callers = std::env::vars_os().filter(|(name, _)| !leads_elsewhere(name));
        callers.chain(ours).collect()
    }
}

fn leads_elsewhere(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    name != LANGUAGE && OTHERS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chooses_an_account_leads_elsewhere() {
        for name in IN_THE_WAY
            .split_whitespace()
            .chain(["BCE_STS_ENDPOINT", "bce_region"])
        {
            assert!(leads_elsewhere(OsStr::new(name)), "{name}");
        }
        for name in [
            "PATH",
            "AIHC_CREATOR",
            "HTTPS_PROXY",
            "MY_BCE_KEY",
            LANGUAGE,
        ] {
            assert!(!leads_elsewhere(OsStr::new(name)), "{name}");
        }
    }
}
