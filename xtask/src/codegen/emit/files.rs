//! What the emitters give back.

use crate::codegen::api::Api;
use crate::codegen::source::Source;

/// A generated file.
#[derive(Debug)]
pub(crate) struct File {
    /// Below the folder of the generated code, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// A Rust file; its layout comes last, for all files at once.
    pub(super) fn rust(api: &Api, path: &str, source: Source) -> Self {
        Self {
            path: path.to_owned(),
            text: source.finish(&api.source),
        }
    }
}
