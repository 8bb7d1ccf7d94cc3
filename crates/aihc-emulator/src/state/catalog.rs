//! Datasets and models, which have an id and versions.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::resources::CatalogEntry;
use crate::access::Principal;
use crate::error::ApiError;
use crate::random::Random;

/// The number of letters and digits of an id after its prefix.
const ID_LENGTH: usize = 8;

/// Datasets or models, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Catalog {
    kind: &'static str,
    prefix: &'static str,
    random: Random,
    entries: BTreeMap<u64, Entry>,
    numbers: HashMap<String, u64>,
    next_number: u64,
}

/// A dataset or a model.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The members of the dataset or model other than `id` and `name`, as set by the requests that
    /// created and changed it, or by the initial resources of the emulator.
    pub(crate) members: Map<String, Value>,
    pub(crate) creator: Principal,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    /// The versions, oldest first.
    pub(crate) versions: Vec<Version>,
    next_version: u64,
}

/// A version of a dataset or a model.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) members: Map<String, Value>,
    pub(crate) creator: Principal,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

/// Writes only the id and the number of versions, because `members` may contain secrets.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("versions", &self.versions.len())
            .finish_non_exhaustive()
    }
}

impl Catalog {
    /// Creates an empty catalog. `kind` appears in error messages, and ids begin with `prefix`.
    pub(crate) fn new(kind: &'static str, prefix: &'static str, random: Random) -> Self {
        Self {
            kind,
            prefix,
            random,
            entries: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
        }
    }

    /// Adds the initial entries of the emulator.
    pub(crate) fn seed(&mut self, seeds: &[CatalogEntry], owner: &Principal, now: OffsetDateTime) {
        for seed in seeds {
            let members = |members: &BTreeMap<String, Value>| members.clone().into_iter().collect();
            let versions = (1..).zip(&seed.versions).map(|(number, version)| Version {
                id: version.id.clone(),
                number,
                members: members(&version.members),
                creator: owner.clone(),
                created_at: now,
            });
            let versions: Vec<_> = versions.collect();
            self.insert(Entry {
                id: seed.id.clone(),
                name: seed.name.clone(),
                members: members(&seed.members),
                creator: owner.clone(),
                created_at: now,
                updated_at: now,
                next_version: versions.len() as u64 + 1,
                versions,
            });
        }
    }

    /// Creates an entry with its first version, and returns its id.
    pub(crate) fn create(
        &mut self,
        name: &str,
        members: Map<String, Value>,
        first: Map<String, Value>,
        creator: Principal,
        now: OffsetDateTime,
    ) -> String {
        let id = self.new_id();
        let version = Version {
            id: self.new_id(),
            number: 1,
            members: first,
            creator: creator.clone(),
            created_at: now,
        };
        self.insert(Entry {
            id: id.clone(),
            name: name.to_owned(),
            members,
            creator,
            created_at: now,
            updated_at: now,
            versions: vec![version],
            next_version: 2,
        });
        id
    }

    fn new_id(&mut self) -> String {
        loop {
            let id = format!("{}{}", self.prefix, self.random.letters(ID_LENGTH));
            if !self.numbers.contains_key(&id) {
                return id;
            }
        }
    }

    /// Adds an entry after all others. Does nothing if an entry with its id already exists.
    pub(crate) fn insert(&mut self, entry: Entry) {
        if !self.numbers.contains_key(&entry.id) {
            self.numbers.insert(entry.id.clone(), self.next_number);
            self.entries.insert(self.next_number, entry);
            self.next_number += 1;
        }
    }

    /// Replaces all entries. The random numbers from which ids are generated are not reset.
    pub(crate) fn replace(&mut self, entries: Vec<Entry>) {
        self.entries.clear();
        self.numbers.clear();
        entries.into_iter().for_each(|entry| self.insert(entry));
    }

    /// Returns the entries, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Entry, ApiError> {
        let number = self.numbers.get(id);
        let found = number.and_then(|number| self.entries.get(number));
        found.ok_or_else(|| self.unknown(id))
    }

    /// Returns the entry with this id, so that it can be changed, and sets the time of its last
    /// change.
    pub(crate) fn edit(&mut self, id: &str, now: OffsetDateTime) -> Result<&mut Entry, ApiError> {
        let unknown = self.unknown(id);
        let number = self.numbers.get(id);
        let found = number.and_then(|number| self.entries.get_mut(number));
        let entry = found.ok_or(unknown)?;
        entry.updated_at = now;
        Ok(entry)
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), ApiError> {
        let number = self.numbers.remove(id).ok_or_else(|| self.unknown(id))?;
        self.entries.remove(&number);
        Ok(())
    }

    /// Adds a version, and returns its id.
    pub(crate) fn add_version(
        &mut self,
        id: &str,
        members: Map<String, Value>,
        creator: Principal,
        now: OffsetDateTime,
    ) -> Result<String, ApiError> {
        let version_id = self.new_id();
        let entry = self.edit(id, now)?;
        entry.versions.push(Version {
            id: version_id.clone(),
            number: entry.next_version,
            members,
            creator,
            created_at: now,
        });
        entry.next_version += 1;
        Ok(version_id)
    }

    pub(crate) fn delete_version(
        &mut self,
        id: &str,
        version: &str,
        now: OffsetDateTime,
    ) -> Result<(), ApiError> {
        let kind = self.kind;
        self.get(id)?
            .version(version)
            .ok_or_else(|| unknown_version(kind, version))?;
        let entry = self.edit(id, now)?;
        entry.versions.retain(|it| it.id != version);
        Ok(())
    }

    fn unknown(&self, id: &str) -> ApiError {
        ApiError::not_found(format!("{} {id} does not exist", self.kind))
    }
}

impl Entry {
    /// Returns the version with this id; `None` if there is none.
    pub(crate) fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// Returns the string called `name` in `members`; empty if there is no such string.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// Returns the error for a version that does not exist.
pub(crate) fn unknown_version(kind: &str, id: &str) -> ApiError {
    ApiError::not_found(format!("version {id} of the {kind} does not exist"))
}
