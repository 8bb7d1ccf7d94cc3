//! What was found in answers, by place.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// How an answer differs from the description, or which of its variants it has.
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
    // Variants that some source has.
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
    /// Whether no source has it.
    pub(crate) fn is_difference(self) -> bool {
        self <= Self::Unreadable
    }
}

/// Something that was found at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// The path of the member, with `[]` for items and `.*` for keys.
    pub(crate) path: String,
    /// The last step of the path, where it is not a name of the description.
    pub(crate) name: Option<String>,
    /// What it is, without a value.
    pub(crate) what: String,
}

/// What was found in the answers of an operation, each with how often.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: BTreeMap<Finding, u64>,
    /// The classes of values of each member.
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

/// Texts that came as values, and so are no names to be shown. Of long texts, which are no names, none.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeSet<String>);

/// Enough for the answers of a check, and a bound on memory.
const MOST: usize = 50_000;
const LONGEST: usize = 48;

impl Values {
    /// Notes all texts of a document, but no names of members.
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

    /// Whether this has come as a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }
}
