//! Objects during parsing, and the limits of a file.

use std::collections::HashSet;

use crate::language::tr;
use crate::request::untyped::{Given, Wrong};

/// A description takes a few lines; a longer file is a mistake.
pub(super) const LONGEST: u64 = 1024 * 1024;
/// The greatest depth of lists and objects. The API's are five deep.
pub(super) const DEEPEST: usize = 64;

/// The members of an object during parsing.
#[derive(Default)]
pub(super) struct ObjectMembers {
    pub(super) members: Vec<(String, Given)>,
    names: HashSet<String>,
}

impl ObjectMembers {
    /// Adds a member, whose name must be new. An error shows the name, which is not secret.
    pub(super) fn put(&mut self, name: String, value: Given) -> Result<(), Wrong> {
        if !self.names.insert(name.clone()) {
            return Err(Wrong::new(
                value.line,
                tr!("{name} occurs twice", name = name),
            ));
        }
        self.members.push((name, value));
        Ok(())
    }

    /// Adds a member unless the name exists.
    pub(super) fn put_default(&mut self, name: String, value: Given) {
        if self.names.insert(name.clone()) {
            self.members.push((name, value));
        }
    }
}
