//! Parses and changes configuration files; reports those that cannot be parsed.

use std::path::Path;

use super::document::Document;
use super::file;
use crate::exit::Failure;

/// Parses the text of the configuration file at `path`. `list` is the name of the member that
/// contains the entries.
pub(super) fn parse(text: &str, path: &Path, list: &'static str) -> Result<Document, Failure> {
    Document::parse(text, list).map_err(|what| broken(path, &what))
}

/// Changes a configuration file: parses it, calls `edit` with the document, and writes the result.
pub(super) fn update(
    path: &Path,
    list: &'static str,
    mut edit: impl FnMut(&mut Document, &Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    file::update(path, |text| {
        let mut document = match text {
            Some(text) => parse(text, path, list)?,
            None => Document::new(list),
        };
        edit(&mut document, path)?;
        Ok(document.to_text()?)
    })
}

/// Returns the failure for a file that cannot be parsed. Such a file is never overwritten, since it
/// may contain data that exists nowhere else.
pub(super) fn broken(path: &Path, what: &str) -> Failure {
    Failure::usage(format!("{}: {what}", path.display()))
}

/// Formats a name for a message: in backquotes, and escaped so that it fits on one line.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}
