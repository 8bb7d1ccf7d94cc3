//! Settings in files: the profiles of the official tool, and contexts of our own.
//!
//! | file | whose | holds |
//! |---|---|---|
//! | `~/.bce/config.json` | the official `bce` tool's | profiles: credentials, region |
//! | `contexts.json` in the folder of the user's settings | ours | contexts: pool, queue, owner |
//!
//! Both are replaced as a whole or not at all, and keep what is not known here.

mod contexts;
mod document;
mod file;
mod profiles;
mod stored;

use std::ffi::OsString;

pub(crate) use self::contexts::{ContextFile, ContextSettings, MEMBERS as CONTEXT_MEMBERS};
pub(crate) use self::profiles::{Listed, ProfileFile};

/// The variable that names the home directory.
const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// The language that the files name: that of the profile of this name, or else of the one that
/// `BCE_PROFILE` or the file says; or else that of the current context. What cannot be read names none.
pub(crate) fn language_of_profile(profile: Option<&str>) -> Option<String> {
    let file = ProfileFile::of_user().ok().flatten();
    let of_profile = file.and_then(|file| file.language(profile));
    of_profile.or_else(|| {
        let file = ContextFile::of_user().ok()?;
        let name = file.chosen(None)?.0;
        file.find(&name).ok().flatten()?.language
    })
}

/// A variable that says something.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
