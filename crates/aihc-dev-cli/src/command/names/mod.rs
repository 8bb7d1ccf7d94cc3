//! Ids and names as arguments of commands.
//!
//! An argument that has the form of an id is not looked up. Any other argument is a name, which
//! must be the exact name of a single item (case-sensitive), or else an id of an undocumented form
//! that the service knows. `-` stands for the contents of standard input. If a name cannot be
//! resolved, the command shows similar names, if there are any, and fails without any change.

mod candidate;
mod instances;
mod services;
mod stdin;

use std::collections::HashSet;

pub(crate) use self::candidate::{Candidate, Kind, Listed, Settled};
pub(crate) use self::instances::{is_there, namesakes, resolve, resolve_one};
pub(crate) use self::services::resolve_services;
pub(crate) use self::stdin::{STDIN, must_not_ask, one_word, words};
use crate::terminal::one_line;

/// A resolved argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Resolved {
    pub(crate) id: String,
    /// The name, if the user gave one, as an argument or in a file; `None` otherwise.
    pub(crate) name: Option<String>,
}

impl Resolved {
    pub(crate) fn by_id(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
        }
    }

    pub(crate) fn by_name(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: Some(name.into()),
        }
    }

    /// Returns a label for messages: the name and the id, or whichever of them is known.
    pub(crate) fn label(&self) -> String {
        let id = one_line(&self.id);
        match &self.name {
            // The instance was not created.
            Some(name) if id.is_empty() => one_line(name).into_owned(),
            Some(name) => format!("{} ({id})", one_line(name)),
            None => id.into_owned(),
        }
    }
}

impl From<String> for Resolved {
    fn from(id: String) -> Self {
        Self::by_id(id)
    }
}

/// Removes repetitions: of several arguments with the same id, keeps only the first. The order
/// remains the same.
pub(crate) fn unique(resolved: Vec<Resolved>) -> Vec<Resolved> {
    let mut seen = HashSet::new();
    resolved
        .into_iter()
        .filter(|one| seen.insert(one.id.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_shown_with_the_id() {
        assert_eq!(Resolved::by_id("dv-f458ede5").label(), "dv-f458ede5");
        let named = Resolved::by_name("tr\u{202e}ain", "dv-f458ede5");
        assert_eq!(named.label(), "tr\\u{202e}ain (dv-f458ede5)");
    }

    #[test]
    fn an_instance_counts_once_by_what_it_was_called_first() {
        let twice = vec![
            Resolved::by_name("train", "dv-f458ede5"),
            Resolved::by_id("dv-f458ede5"),
            Resolved::by_id("dv-0a1b2c3d"),
        ];
        let once = unique(twice.clone());
        assert_eq!(once, [twice[0].clone(), twice[2].clone()]);
    }
}
