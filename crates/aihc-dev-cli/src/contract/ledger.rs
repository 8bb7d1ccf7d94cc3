//! The findings of `check-contract`, by operation.

use std::collections::BTreeMap;

use super::found::{Found, Kind, Values};
use super::judge::{Response, Verdict, judge};
use super::shape::{Description, Operation};
use crate::generated::answers::DESCRIPTIONS;

/// The findings of `check-contract`, by operation.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(super) entries: BTreeMap<&'static str, Entry>,
    pub(super) values: Values,
}

/// The responses of an operation: their numbers, and what was found in them.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// The number of responses that have arrived.
    pub(super) responses: u64,
    pub(super) compared: u64,
    pub(super) refused: u64,
    pub(super) not_allowed: u64,
    /// The number of responses that cannot be compared and of calls without a response, by reason.
    pub(super) failed: BTreeMap<String, u64>,
    pub(super) found: Found,
}

impl Ledger {
    /// Compares a response with the API description, and records the result. `expected` is the
    /// error code that the request should get; `None` if it should succeed. Returns `None` if the
    /// operation is not in the API description.
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

    /// Records that a call of the operation got no response, and why.
    pub(crate) fn no_response(&mut self, operation: &str, why: &str) {
        if let Some(entry) = self.entry(operation) {
            *entry.failed.entry(why.to_owned()).or_default() += 1;
        }
    }

    /// Records that the client could not decode the response.
    pub(crate) fn unreadable(&mut self, operation: &str) {
        if let Some(entry) = self.entry(operation) {
            let what = "the client of this tool cannot decode the response";
            entry.found.add(Kind::Unreadable, "", what);
        }
    }

    /// Records that the second page of a list begins with the same item as the first page.
    pub(crate) fn same_page(&mut self, operation: &str, items: &str) {
        if let Some(entry) = self.entry(operation) {
            let what = "the second page begins like the first";
            entry.found.add(Kind::Page, items, what);
        }
    }

    /// Returns whether no response was compared.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.values().all(|it| it.compared == 0)
    }

    fn entry(&mut self, operation: &str) -> Option<&mut Entry> {
        let (_, operation) = find(operation)?;
        Some(self.entries.entry(operation.name).or_default())
    }
}

/// Returns the API description that contains the operation with this name, and the operation;
/// `None` if no description contains it.
fn find(name: &str) -> Option<(&'static Description, &'static Operation)> {
    DESCRIPTIONS.iter().find_map(|description| {
        let mut operations = description.operations.iter();
        let operation = operations.find(|it| it.name == name)?;
        Some((*description, operation))
    })
}
