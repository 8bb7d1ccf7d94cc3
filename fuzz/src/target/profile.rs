//! Checks that profile files and INI files are parsed or refused without a panic, and that the
//! `Debug` output of the parsed credentials does not contain the secret key.

use std::path::PathBuf;
use std::sync::LazyLock;

use bce_auth::{IniProvider, ProfileProvider};

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("fuzz-profile-{}", std::process::id())));

/// Runs the checks of the fuzz target `profile` with one input.
pub fn run(data: &[u8]) {
    std::fs::write(&*FILE, data).unwrap();
    let nothing = |_: &str| None;
    let profile = ProfileProvider::new().path(&*FILE).load_from(nothing);
    if let Ok(profile) = &profile {
        check(&format!("{profile:?}"), profile.credentials());
    }
    let ini = IniProvider::new(&*FILE).load();
    if let Ok(credentials) = &ini {
        check(&format!("{credentials:?}"), credentials);
    }
    for error in [profile.err(), ini.err()].into_iter().flatten() {
        let _ = (error.to_string(), format!("{error:?}"));
    }
}

/// Checks that `shown` does not contain the secret key. Ignores a key that is short or a part of
/// the access key id or of the file's path, since `shown` may contain it by chance.
fn check(shown: &str, credentials: &bce_auth::Credentials) {
    let secret = credentials.secret_access_key().expose();
    let known = credentials.access_key_id();
    if secret.len() > 15 && !known.contains(secret) && !FILE.to_string_lossy().contains(secret) {
        assert!(!shown.contains(secret), "a secret is shown");
    }
}
