//! Findings in responses, and where they occur.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// The kind of a finding: a difference from the API description, or a variant that another source,
/// such as an official SDK, documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    // Differences.
    UnknownMember,
    MissingMember,
    OtherType,
    UnknownValue,
    TimeFormat,
    Count,
    Page,
    UnknownCode,
    OtherStatus,
    NoRequestId,
    NotJson,
    Unreadable,
    // Variants that some source describes.
    Null,
    OtherName,
    AcceptedType,
    TimeVariant,
    Inside,
    CodeVariant,
    StatusVariant,
    NoCode,
    NoError,
}

impl Kind {
    /// Returns whether findings of this kind are differences from the API description, rather than
    /// variants that another source, such as an official SDK, documents.
    pub(crate) fn is_difference(self) -> bool {
        self <= Self::Unreadable
    }
}

/// Something that was found at a certain position in a response: a difference from the API
/// description, or a variant that another source, such as an official SDK, documents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// The path of the value, with `[]` for any item of a list and `.*` for any key of a map. If
    /// `name` is set, this is the path of the object that contains the member.
    pub(crate) path: String,
    /// The name of the member, if it is not in the API description.
    pub(crate) name: Option<String>,
    /// The description of the finding. It contains no values from the response, except for common
    /// words and short codes, which reveal nothing about anybody.
    pub(crate) what: String,
}

/// The findings in the responses of an operation, with the number of times each occurred.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: BTreeMap<Finding, u64>,
    /// For each member, by its path: the classes of its values, such as `string, a URL`, with the
    /// number of values of each class.
    pub(crate) seen: BTreeMap<String, BTreeMap<&'static str, u64>>,
}

impl Found {
    pub(super) fn add(&mut self, kind: Kind, path: &str, what: impl Into<String>) {
        self.add_named(kind, path, None, what);
    }

    pub(super) fn add_named(
        &mut self,
        kind: Kind,
        path: &str,
        name: Option<&str>,
        what: impl Into<String>,
    ) {
        let finding = Finding {
            kind,
            path: path.to_owned(),
            name: name.map(str::to_owned),
            what: what.into(),
        };
        *self.findings.entry(finding).or_default() += 1;
    }

    pub(super) fn see(&mut self, path: &str, class: &'static str) {
        let classes = self.seen.entry(path.to_owned()).or_default();
        *classes.entry(class).or_default() += 1;
    }
}

/// String values that have occurred in responses. The report of `check-contract` must not show a
/// member name that is equal to one of them. Long strings, which cannot be names, are ignored.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeSet<String>);

/// At most this many strings are recorded, which limits memory, and is sufficient for one run of
/// `check-contract`.
const MOST: usize = 50_000;
const LONGEST: usize = 48;

impl Values {
    /// Records the string values in a document, but not the names of its members.
    pub(super) fn note(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.note_text(text),
            serde_json::Value::Array(items) => items.iter().for_each(|it| self.note(it)),
            serde_json::Value::Object(members) => members.values().for_each(|it| self.note(it)),
            _ => {}
        }
    }

    fn note_text(&mut self, text: &str) {
        if !text.is_empty() && text.len() <= LONGEST && self.0.len() < MOST {
            self.0.insert(text.to_lowercase());
        }
    }

    /// Returns whether the string was recorded as a value. The comparison ignores case.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }
}
