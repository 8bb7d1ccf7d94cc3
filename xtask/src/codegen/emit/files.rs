//! The output of the emitters.

use crate::codegen::api::{Api, Home};
use crate::codegen::source::Source;

/// A generated file.
#[derive(Debug)]
pub(crate) struct File {
    /// The path below the folder of the generated code, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// Creates the file of a type or an operation at this location.
    pub(super) fn of_item(api: &Api, home: &Home, module: &str, source: Source) -> Self {
        Self::rust(api, &format!("{}/{module}.rs", home.folder()), source)
    }

    /// Creates a Rust file; all files are formatted together at the end.
    pub(super) fn rust(api: &Api, path: &str, mut source: Source) -> Self {
        source.place_items(|name| api.home_of(name).path());
        Self {
            path: path.to_owned(),
            text: source.finish(&api.source),
        }
    }
}
