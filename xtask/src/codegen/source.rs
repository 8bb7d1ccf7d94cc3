//! One generated Rust file under construction: its imports and its text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// A file under construction. Emitters write lines without regard to layout.
#[derive(Debug, Default)]
pub(crate) struct Source {
    module_docs: String,
    imports: BTreeMap<String, BTreeSet<String>>,
    /// Types and operations of the API that it imports, by name.
    items: BTreeSet<String>,
    text: String,
    /// A type that this file defines, and so does not import.
    own: Option<String>,
    /// Whether it names models by path, so that their names may clash with its imports.
    by_path: bool,
}

impl Source {
    /// Creates a file that defines `own`.
    pub(crate) fn defining(own: &str) -> Self {
        Self {
            own: Some(own.to_owned()),
            ..Self::default()
        }
    }

    /// Creates a file that names models by path.
    pub(crate) fn by_path() -> Self {
        Self {
            by_path: true,
            ..Self::default()
        }
    }

    /// Sets the `//!` lines.
    pub(crate) fn module_docs(&mut self, paragraphs: &[&str]) {
        self.module_docs = super::docs::module(paragraphs);
    }

    /// Adds `//!` lines unchanged.
    pub(crate) fn module_text(&mut self, text: &str) {
        self.module_docs.push_str(text);
    }

    /// Imports `path::name` and returns the name, for use in the code.
    pub(crate) fn import<'n>(&mut self, path: &str, name: &'n str) -> &'n str {
        // A model could have the same name, and both cannot be imported.
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

    /// Imports a type or an operation of the API, wherever it is located.
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

    /// Ends a function of checks: its value is the last check, or `Ok(())`.
    pub(crate) fn end_checks(&mut self) {
        match self.text.strip_suffix("?;\n").map(str::len) {
            Some(length) => self.text.truncate(length),
            None => self.text.push_str("Ok(())"),
        }
        self.text.push_str("\n}\n");
    }

    /// Adds text that includes its line ends.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns the text without imports and documentation, for inclusion in another file.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Resolves the import paths of the API's types and operations.
    pub(crate) fn place_items(&mut self, path_of: impl Fn(&str) -> String) {
        for name in std::mem::take(&mut self.items) {
            self.import(&path_of(&name), &name);
        }
    }

    /// Returns the whole file, unformatted. `spec` is named in its first line.
    pub(crate) fn finish(self, spec: &str) -> String {
        self.file(first_line("//", spec))
    }

    /// Like [`finish`](Self::finish), for a file that is written once.
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

/// Returns the first line of a file that is written once, and belongs to the authors of the crate.
pub(crate) fn first_line_of_once(comment: &str, spec: &str) -> String {
    format!(
        "{comment} Created by `cargo xtask codegen` from {spec}; edit it freely, it is not \
         overwritten.\n"
    )
}

/// Returns the first line, by which generated files are recognised.
pub(crate) fn first_line(comment: &str, spec: &str) -> String {
    format!("{comment} Generated by `cargo xtask codegen` from {spec}; do not edit.\n")
}
