//! Tests of the statements in the documentation.

#![allow(clippy::unwrap_used, clippy::panic)]

mod another_service;
mod go_headers;
mod links;
mod promises;
mod translations;

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &Path) -> String {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}
