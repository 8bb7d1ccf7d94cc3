//! Objects while they are read, and how large a file may be.

use std::collections::HashSet;

use crate::language::tr;
use crate::request::untyped::{Given, Wrong};

/// A description is a few lines; what is longer is another file.
pub(super) const LONGEST: u64 = 1024 * 1024;
/// How deep lists and objects may lie in each other. The API's are five deep.
pub(super) const DEEPEST: usize = 64;

/// The members of an object, while they are read.
#[derive(Default)]
pub(super) struct ObjectMembers {
    pub(super) members: Vec<(String, Given)>,
    names: HashSet<String>,
}

impl ObjectMembers {
    /// Each name may be there once. Names are no secrets.
    pub(super) fn put(&mut self, name: String, value: Given) -> Result<(), Wrong> {
        if !self.names.insert(name.clone()) {
            return Err(Wrong::new(
                value.line,
                tr!("{name} is there twice", name = name),
            ));
        }
        self.members.push((name, value));
        Ok(())
    }

    /// Puts it there unless the name is taken.
    pub(super) fn put_default(&mut self, name: String, value: Given) {
        if self.names.insert(name.clone()) {
            self.members.push((name, value));
        }
    }
}
