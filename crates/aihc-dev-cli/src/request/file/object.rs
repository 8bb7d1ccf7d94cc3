//! The members of an object that is being parsed, and limits for the size and the nesting of a
//! file.

use std::collections::HashSet;

use crate::language::tr;
use crate::request::untyped::{Given, Wrong};

/// The maximum size of a file. A description has only a few lines, so a longer file is a mistake.
pub(super) const LONGEST: u64 = 1024 * 1024;
/// The maximum depth of nested lists and objects. Those of the API are five deep.
pub(super) const DEEPEST: usize = 64;

/// The members of an object that is being parsed.
#[derive(Default)]
pub(super) struct ObjectMembers {
    pub(super) members: Vec<(String, Given)>,
    names: HashSet<String>,
}

impl ObjectMembers {
    /// Adds a member. Returns an error if there already is one with this name; the error contains
    /// the name, which is not secret.
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

    /// Adds a member, unless there already is one with this name.
    pub(super) fn put_default(&mut self, name: String, value: Given) {
        if self.names.insert(name.clone()) {
            self.members.push((name, value));
        }
    }
}
