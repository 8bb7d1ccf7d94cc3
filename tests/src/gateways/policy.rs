//! Prevents packages from starting services when they are installed.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The contents of the `policy-rc.d` script. Its exit code 101 means that the action is not
/// allowed.
const TEXT: &str = "#!/bin/sh\nexit 101\n";

/// A `policy-rc.d` script that prevents the installation scripts of packages from starting
/// services. Dropping the value removes the script.
#[derive(Debug)]
pub(super) struct Policy {
    /// The path of the script; `None` if another script was already there, as in container images.
    /// That script is kept.
    ours: Option<PathBuf>,
}

impl Policy {
    pub(super) fn set(path: &Path) -> Result<Self, String> {
        let failed = |error| format!("{}: {error}", path.display());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(path);
        let mut file = match file {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Ok(Self { ours: None });
            }
            file => file.map_err(failed)?,
        };
        let policy = Self {
            ours: Some(path.to_owned()),
        };
        file.write_all(TEXT.as_bytes()).map_err(failed)?;
        Ok(policy)
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if let Some(path) = &self.ours
            && let Err(error) = fs::remove_file(path)
        {
            eprintln!("gateways: cannot remove {}: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::folder::Folder;
    use super::*;

    #[test]
    fn a_policy_forbids_services_and_is_gone_afterwards() {
        let folder = Folder::new().unwrap();
        let path = folder.path().join("policy-rc.d");
        let policy = Policy::set(&path).unwrap();
        let answer = Command::new(&path).args(["nginx", "start"]).status();
        assert_eq!(answer.unwrap().code(), Some(101));
        drop(policy);
        assert!(!path.exists());
    }

    #[test]
    fn a_policy_that_was_there_stays() {
        let folder = Folder::new().unwrap();
        let path = folder.write("policy-rc.d", "theirs").unwrap();
        drop(Policy::set(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn whoever_may_not_write_it_is_told_where() {
        let folder = Folder::new().unwrap();
        let path = folder.path().join("missing").join("policy-rc.d");
        let problem = Policy::set(&path).unwrap_err();
        assert!(problem.contains("policy-rc.d"), "{problem}");
    }
}
