//! The report of `check-contract`. It contains paths of members, types, classes, counts, and words
//! that reveal nothing about anybody.

use std::collections::BTreeMap;

use serde::Serialize;

use super::found::{Finding, Found, Kind, Values};
use super::ledger::{Entry, Ledger};
use super::shape::{Description, Operation, Shape};
use super::words::objects;
use crate::generated::answers::DESCRIPTIONS;

/// The placeholder, in a report, for a name that might reveal private data.
const NOT_SHOWN: &str = "(name not shown)";

/// The part of the report of `check-contract` that tells what was checked, and how.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) tool: &'static str,
    /// The region whose default endpoint was used; `None` for any other endpoint.
    pub(crate) region: Option<&'static str>,
    /// Whether the endpoint is the default endpoint of a known region.
    pub(crate) usual_endpoint: bool,
    pub(crate) with_changes: bool,
    pub(crate) with_sts: bool,
    /// Remarks about steps of the check that were skipped or failed.
    pub(crate) remarks: Vec<String>,
}

/// The report of `check-contract`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(crate) about: About,
    pub(crate) summary: Summary,
    pub(crate) differences: Vec<Row>,
    pub(crate) notes: Vec<Row>,
    pub(crate) operations: Vec<OperationRow>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// The number of operations whose responses were compared.
    pub(crate) compared: usize,
    pub(crate) not_allowed: usize,
    pub(crate) failed: usize,
    pub(crate) not_called: usize,
    pub(crate) members_seen: usize,
    /// The number of members that the API description has for the compared operations.
    pub(crate) members_described: usize,
}

/// A finding, as a row of the report: a difference from the API description, or a variant that
/// another source describes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) member: String,
    pub(crate) kind: Kind,
    pub(crate) what: String,
    pub(crate) times: u64,
}

/// An operation, as a row of the report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperationRow {
    pub(crate) operation: &'static str,
    pub(crate) client: &'static str,
    pub(crate) result: Outcome,
    pub(crate) responses: u64,
    pub(crate) compared: u64,
    pub(crate) refused: u64,
    pub(crate) not_allowed: u64,
    pub(crate) failed: BTreeMap<String, u64>,
    /// For each member, by its path: the classes of its values, such as `string, a URL`, with the
    /// number of values of each class.
    pub(crate) members: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Members of the API description that were absent or null in all compared responses; empty if
    /// no response was compared.
    pub(crate) not_seen: Vec<String>,
    #[serde(skip)]
    pub(crate) described: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    Compared,
    /// The operation was called only in ways that should fail, so only error responses were
    /// compared.
    RefusedOnly,
    NotAllowed,
    Failed,
    NotCalled,
}

impl Report {
    pub(crate) fn new(about: About, ledger: &Ledger) -> Self {
        let mut operations = Vec::new();
        let (mut differences, mut notes) = (Vec::new(), Vec::new());
        let none = Entry::default();
        for (description, operation) in described() {
            let entry = ledger.entries.get(operation.name).unwrap_or(&none);
            for (finding, times) in &entry.found.findings {
                let row = row(operation.name, finding, *times, &ledger.values);
                match finding.kind.is_difference() {
                    true => differences.push(row),
                    false => notes.push(row),
                }
            }
            operations.push(operation_row(description, operation, entry));
        }
        let count = |outcome| operations.iter().filter(|it| it.result == outcome).count();
        let compared = || operations.iter().filter(|it| it.compared > 0);
        let described = compared().map(|it| it.described).sum();
        let not_seen: usize = compared().map(|it| it.not_seen.len()).sum();
        let summary = Summary {
            compared: count(Outcome::Compared),
            not_allowed: count(Outcome::NotAllowed),
            failed: count(Outcome::Failed),
            not_called: count(Outcome::NotCalled),
            members_seen: described - not_seen,
            members_described: described,
        };
        Self {
            about,
            summary,
            differences,
            notes,
            operations,
        }
    }
}

fn described() -> impl Iterator<Item = (&'static Description, &'static Operation)> {
    DESCRIPTIONS.iter().flat_map(|description| {
        let operations = description.operations.iter();
        operations.map(move |operation| (*description, operation))
    })
}

fn row(operation: &'static str, finding: &Finding, times: u64, values: &Values) -> Row {
    let path = &finding.path;
    let dot = if path.is_empty() { "" } else { "." };
    let member = match &finding.name {
        None => path.clone(),
        Some(name) if values.has(name) => format!("{path}{dot}{NOT_SHOWN}"),
        Some(name) => format!("{path}{dot}{name}"),
    };
    Row {
        operation,
        member,
        kind: finding.kind,
        what: finding.what.clone(),
        times,
    }
}

fn operation_row(
    description: &Description,
    operation: &'static Operation,
    entry: &Entry,
) -> OperationRow {
    let mut paths = Vec::new();
    if entry.compared > 0 {
        members(operation.answer, "", &mut Vec::new(), &mut paths);
    }
    let described = paths.len();
    paths.retain(|path| !has_seen(&entry.found, path));
    let result = match entry {
        Entry { compared: 1.., .. } => Outcome::Compared,
        Entry {
            not_allowed: 1.., ..
        } => Outcome::NotAllowed,
        Entry { failed, .. } if !failed.is_empty() => Outcome::Failed,
        Entry { refused: 1.., .. } => Outcome::RefusedOnly,
        _ => Outcome::NotCalled,
    };
    OperationRow {
        operation: operation.name,
        client: description.client,
        result,
        responses: entry.responses,
        compared: entry.compared,
        refused: entry.refused,
        not_allowed: entry.not_allowed,
        failed: entry.failed.clone(),
        members: entry.found.seen.clone(),
        not_seen: paths,
        described,
    }
}

fn has_seen(found: &Found, path: &str) -> bool {
    let classes = found.seen.get(path);
    classes.is_some_and(|classes| classes.keys().any(|class| *class != "null"))
}

/// Collects the paths of all members of an object in the API description, and of the members of
/// nested objects. Does not follow the recursion of an object that contains itself.
fn members(
    shape: &'static Shape,
    path: &str,
    around: &mut Vec<&'static Shape>,
    paths: &mut Vec<String>,
) {
    if around.iter().any(|it| std::ptr::eq(*it, shape)) {
        return;
    }
    around.push(shape);
    let dot = if path.is_empty() { "" } else { "." };
    for member in shape.members {
        let path = format!("{path}{dot}{}", member.name);
        for (step, inner) in steps(member.ty) {
            members(inner, &format!("{path}{step}"), around, paths);
        }
        paths.push(path);
    }
    around.pop();
}

/// Returns the objects that a type contains, each with its path in the type.
fn steps(ty: super::shape::Type) -> Vec<(String, &'static Shape)> {
    use super::shape::Type;
    let after = |step: &str, inner: Type| {
        let inner = steps(inner).into_iter();
        inner
            .map(|(more, shape)| (format!("{step}{more}"), shape))
            .collect()
    };
    match ty {
        Type::List(item) => after("[]", *item),
        Type::Map(item) => after(".*", *item),
        Type::OneOf(forms) => forms.iter().flat_map(|form| steps(*form)).collect(),
        ty => objects(ty)
            .into_iter()
            .map(|it| (String::new(), it))
            .collect(),
    }
}
