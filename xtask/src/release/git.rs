//! What a release asks of git. Nothing here leaves this machine.

use std::path::Path;

use super::version::Version;
use crate::project::output;

/// What is not committed, as git lists it; empty when everything is.
pub(super) fn changed(root: &Path) -> Result<String, String> {
    let changed = output(root, "git", &["status", "--porcelain"])?;
    Ok(changed.trim_end().to_owned())
}

/// The newest version that is tagged.
pub(super) fn last_release(root: &Path) -> Result<Option<Version>, String> {
    let tags = output(root, "git", &["tag", "--list", "v*"])?;
    let versions = tags.lines().filter_map(|tag| {
        let version = tag.strip_prefix('v')?;
        Version::parse(version).ok()
    });
    Ok(versions.max())
}

/// Whether a tag is there.
pub(super) fn exists(root: &Path, tag: &str) -> Result<bool, String> {
    Ok(!output(root, "git", &["tag", "--list", tag])?
        .trim()
        .is_empty())
}

/// Commits what a release changed, and tags it.
pub(super) fn commit(root: &Path, version: &Version) -> Result<(), String> {
    let message = format!("Release {version}");
    output(root, "git", &["add", "--update"])?;
    let committed = output(root, "git", &["commit", "--quiet", "--message", &message]);
    if committed.is_err() {
        output(root, "git", &["reset", "--quiet"])?;
        return committed.map(|_| ());
    }
    let tag = version.tag();
    let tagged = output(
        root,
        "git",
        &["tag", "--annotate", "--message", &message, &tag],
    );
    if tagged.is_err() {
        // The commit alone would be a release that nobody can find.
        output(root, "git", &["reset", "--quiet", "--mixed", "HEAD~1"])?;
    }
    tagged.map(|_| ())
}
