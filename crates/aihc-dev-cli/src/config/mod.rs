//! Configuration files: the profiles of the official tool, and our own contexts.
//!
//! | file | owner | contents |
//! |---|---|---|
//! | `~/.bce/config.json` | the official `bce` tool | profiles: credentials, region |
//! | `contexts.json` in the folder of the user's settings | this tool | contexts: pool, queue, owner |
//!
//! Both are replaced atomically, and keep unknown members.

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

/// Returns the language of the profile, or else of the context, that is in use; `None` if neither
/// sets one. The profile is `profile` or, if that is `None`, the one that `BCE_PROFILE` or the file
/// of profiles selects. The context is the one that `AIHC_CONTEXT` or the file of contexts selects.
/// Files that cannot be read are ignored.
pub(crate) fn language_of_profile(profile: Option<&str>) -> Option<String> {
    let file = ProfileFile::of_user().ok().flatten();
    let of_profile = file.and_then(|file| file.language(profile));
    of_profile.or_else(|| {
        let file = ContextFile::of_user().ok()?;
        let name = file.chosen(None)?.0;
        file.find(&name).ok().flatten()?.language
    })
}

/// Returns the value of an environment variable; `None` if it is empty or not set.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
