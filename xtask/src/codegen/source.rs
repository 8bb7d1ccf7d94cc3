//! A generated Rust file that is being assembled: its imports and its text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// A Rust file that is being generated. Its lines are written without regard to layout.
#[derive(Debug, Default)]
pub(crate) struct Source {
    module_docs: String,
    imports: BTreeMap<String, BTreeSet<String>>,
    /// The types and the operations of the API that the file imports, by name.
    items: BTreeSet<String>,
    text: String,
    /// The name of a type that the file defines and therefore must not import.
    own: Option<String>,
    /// Whether the file refers to the API's types by path, because their names may conflict with
    /// its imports.
    by_path: bool,
}

impl Source {
    /// Creates a file that defines the type `own`.
    pub(crate) fn defining(own: &str) -> Self {
        Self {
            own: Some(own.to_owned()),
            ..Self::default()
        }
    }

    /// Creates a file that refers to the API's types by path instead of importing them.
    pub(crate) fn by_path() -> Self {
        Self {
            by_path: true,
            ..Self::default()
        }
    }

    /// Sets the `//!` lines of the file.
    pub(crate) fn module_docs(&mut self, paragraphs: &[&str]) {
        self.module_docs = super::docs::module(paragraphs);
    }

    /// Adds `//!` lines without formatting them.
    pub(crate) fn module_text(&mut self, text: &str) {
        self.module_docs.push_str(text);
    }

    /// Imports `path::name`, and returns the name to use in the code.
    pub(crate) fn import<'n>(&mut self, path: &str, name: &'n str) -> &'n str {
        // A model could have the same name, and only one of them could be imported.
        let ours = ["crate", "self", "super"]
            .iter()
            .any(|own| path.starts_with(own));
        let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
        debug_assert!(
            self.by_path || ours || !is_type || super::names::is_taken_type(name),
            "{path}::{name} is missing in TAKEN_TYPES"
        );
        if self.own.as_deref() != Some(name) {
            self.imports
                .entry(path.to_owned())
                .or_default()
                .insert(name.to_owned());
        }
        name
    }

    /// Imports a type or an operation of the API, in whatever module it is.
    pub(crate) fn import_item<'n>(&mut self, name: &'n str) -> &'n str {
        if self.own.as_deref() != Some(name) {
            self.items.insert(name.to_owned());
        }
        name
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: impl Display) {
        self.text.push_str(&line.to_string());
        self.text.push('\n');
    }

    /// Writes the end of a function that makes checks. That function returns the result of its last
    /// check, or `Ok(())`.
    pub(crate) fn end_checks(&mut self) {
        match self.text.strip_suffix("?;\n").map(str::len) {
            Some(length) => self.text.truncate(length),
            None => self.text.push_str("Ok(())"),
        }
        self.text.push_str("\n}\n");
    }

    /// Adds text that includes its own line ends.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns the text without imports and module documentation, for inclusion in another file.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Sets the import paths of the API's types and operations, which `path_of` returns.
    pub(crate) fn place_items(&mut self, path_of: impl Fn(&str) -> String) {
        for name in std::mem::take(&mut self.items) {
            self.import(&path_of(&name), &name);
        }
    }

    /// Returns the whole file, not yet formatted. Its first line names `spec`, the description from
    /// which the file was generated.
    pub(crate) fn finish(self, spec: &str) -> String {
        self.file(first_line("//", spec))
    }

    /// Returns the whole file, not yet formatted. Its first line says that the file is not
    /// overwritten, and names `spec`, the description from which it was generated.
    pub(crate) fn finish_once(self, spec: &str) -> String {
        self.file(first_line_of_once("//", spec))
    }

    fn file(self, mut file: String) -> String {
        file.push('\n');
        file.push_str(&self.module_docs);
        file.push('\n');
        let (mut std, mut external, mut own) = (String::new(), String::new(), String::new());
        for (path, names) in &self.imports {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let line = match names[..] {
                ["self"] => format!("use {path};\n"),
                _ => format!("use {path}::{{{}}};\n", names.join(", ")),
            };
            match path.split("::").next() {
                Some("std") => std.push_str(&line),
                Some("crate" | "self" | "super") => own.push_str(&line),
                _ => external.push_str(&line),
            }
        }
        for group in [std, external, own] {
            file.push_str(&group);
            file.push('\n');
        }
        file.push_str(&self.text);
        file
    }
}

/// Returns the first line of a file that is written only once, and then belongs to the authors of
/// the crate.
pub(crate) fn first_line_of_once(comment: &str, spec: &str) -> String {
    format!(
        "{comment} Created by `cargo xtask codegen` from {spec}; edit it freely, it is not \
         overwritten.\n"
    )
}

/// Returns the first line of a generated file, by which such files are recognised.
pub(crate) fn first_line(comment: &str, spec: &str) -> String {
    format!("{comment} Generated by `cargo xtask codegen` from {spec}; do not edit.\n")
}
