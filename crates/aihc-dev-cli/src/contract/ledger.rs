//! What was found, by operation.

use std::collections::BTreeMap;

use super::found::{Found, Kind, Values};
use super::judge::{Response, Verdict, judge};
use super::shape::{Description, Operation};
use crate::generated::answers::DESCRIPTIONS;

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(super) entries: BTreeMap<&'static str, Entry>,
    pub(super) values: Values,
}

/// What was found of an operation.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Responses that came.
    pub(super) responses: u64,
    pub(super) compared: u64,
    pub(super) refused: u64,
    pub(super) not_allowed: u64,
    /// Responses that are nothing to compare, and calls that got none.
    pub(super) failed: BTreeMap<String, u64>,
    pub(super) found: Found,
}

impl Ledger {
    /// Compares a response, with the code that its request was made to get. Nothing, if the operation is
    /// not described.
    pub(crate) fn compare(
        &mut self,
        operation: &str,
        response: Response<'_>,
        expected: Option<&str>,
    ) -> Option<Verdict> {
        let (description, operation) = find(operation)?;
        let entry = self.entries.entry(operation.name).or_default();
        entry.responses += 1;
        let into = (&mut entry.found, &mut self.values);
        let verdict = judge(operation, description.codes, response, expected, into);
        match &verdict {
            Verdict::Compared => entry.compared += 1,
            Verdict::Refused => entry.refused += 1,
            Verdict::NotAllowed => entry.not_allowed += 1,
            Verdict::Failed(why) => *entry.failed.entry(why.clone()).or_default() += 1,
        }
        Some(verdict)
    }

    /// Notes that no response came.
    pub(crate) fn no_response(&mut self, operation: &str, why: &str) {
        if let Some(entry) = self.entry(operation) {
            *entry.failed.entry(why.to_owned()).or_default() += 1;
        }
    }

    /// Notes that the client does not make a response of the answer.
    pub(crate) fn unreadable(&mut self, operation: &str) {
        if let Some(entry) = self.entry(operation) {
            let what = "the client of this tool cannot read the answer";
            entry.found.add(Kind::Unreadable, "", what);
        }
    }

    /// Notes that the second page of a list is the first one again.
    pub(crate) fn same_page(&mut self, operation: &str, items: &str) {
        if let Some(entry) = self.entry(operation) {
            let what = "the second page begins as the first one does";
            entry.found.add(Kind::Page, items, what);
        }
    }

    /// Whether anything of an answer or an error was compared.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.values().all(|it| it.compared == 0)
    }

    fn entry(&mut self, operation: &str) -> Option<&mut Entry> {
        let (_, operation) = find(operation)?;
        Some(self.entries.entry(operation.name).or_default())
    }
}

/// An operation by its name.
fn find(name: &str) -> Option<(&'static Description, &'static Operation)> {
    DESCRIPTIONS.iter().find_map(|description| {
        let mut operations = description.operations.iter();
        let operation = operations.find(|it| it.name == name)?;
        Some((*description, operation))
    })
}
