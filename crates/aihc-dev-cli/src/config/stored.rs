//! A document and its file.

use std::path::Path;

use super::document::Document;
use super::file;
use crate::exit::Failure;

/// Parses the text of a file.
pub(super) fn parse(text: &str, path: &Path, list: &'static str) -> Result<Document, Failure> {
    Document::parse(text, list).map_err(|what| broken(path, &what))
}

/// Replaces a file by the result of `edit` on its document.
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

/// Returns a failure that asks the user to correct the file, since it may hold unique data.
pub(super) fn broken(path: &Path, what: &str) -> Failure {
    Failure::usage(format!("{}: {what}", path.display()))
}

/// Returns a name from a file on one line.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}
