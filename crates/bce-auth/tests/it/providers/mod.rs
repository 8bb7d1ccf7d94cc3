//! Tests of credentials from files: which settings apply, which are refused, and that no error
//! shows the contents of a file.

#[cfg(feature = "ini")]
mod ini;
mod profile;
mod profile_refusals;
mod setting;
#[cfg(unix)]
mod warnings;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use bce_auth::{Credentials, CredentialsError, Secret};

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// Returns an empty home directory for the test with this name.
fn home(test: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("providers")
        .join(test);
    // Remains of an earlier run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    home
}

/// Writes a file that only its owner may read.
fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn token(credentials: &Credentials) -> Option<&str> {
    credentials.session_token().map(Secret::expose)
}

/// Returns everything that a program may print of an error; none of it may be secret.
fn texts(error: &CredentialsError) -> String {
    let mut texts = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        texts += &format!(" {error} {error:?}");
        cause = error.source();
    }
    assert!(!texts.contains("hidden"), "{texts}");
    assert!(!error.to_string().contains('\n'), "{error}");
    texts
}
