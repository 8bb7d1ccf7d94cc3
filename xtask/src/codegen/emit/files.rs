//! What the emitters give back.

use crate::codegen::api::{Api, Home};
use crate::codegen::source::Source;

/// A generated file.
#[derive(Debug)]
pub(crate) struct File {
    /// Below the folder of the generated code, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The file of a type or an operation that stands there.
    pub(super) fn of_item(api: &Api, home: &Home, module: &str, source: Source) -> Self {
        Self::rust(api, &format!("{}/{module}.rs", home.folder()), source)
    }

    /// A Rust file; its layout comes last, for all files at once.
    pub(super) fn rust(api: &Api, path: &str, mut source: Source) -> Self {
        source.place_items(|name| api.home_of(name).path());
        Self {
            path: path.to_owned(),
            text: source.finish(&api.source),
        }
    }
}
