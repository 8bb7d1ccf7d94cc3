//! The files that the modules of the code generator return.

use crate::codegen::api::{Api, Home};
use crate::codegen::source::Source;

/// A generated file.
#[derive(Debug)]
pub(crate) struct File {
    /// The path relative to the folder of the generated code, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// Creates the file for a type or an operation at this location.
    pub(super) fn of_item(api: &Api, home: &Home, module: &str, source: Source) -> Self {
        Self::rust(api, &format!("{}/{module}.rs", home.folder()), source)
    }

    /// Creates a Rust file. It is formatted later, together with all others.
    pub(super) fn rust(api: &Api, path: &str, mut source: Source) -> Self {
        source.place_items(|name| api.home_of(name).path());
        Self {
            path: path.to_owned(),
            text: source.finish(&api.source),
        }
    }
}
