//! The set of all long-term access keys.

use std::collections::BTreeMap;

use super::AccessKey;

/// The long-term access keys by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(BTreeMap<String, AccessKey>);

impl Keys {
    /// Adds a key, replacing an existing one with the same id.
    pub(crate) fn put(&mut self, key: AccessKey) {
        self.0.insert(key.access_key_id().to_owned(), key);
    }

    pub(crate) fn remove(&mut self, access_key_id: &str) -> bool {
        self.0.remove(access_key_id).is_some()
    }

    /// Returns the key with this id, even if it is disabled; `None` if there is none.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<&AccessKey> {
        self.0.get(access_key_id)
    }

    /// Returns the key with this id; `None` if there is none, or if it is disabled.
    pub(crate) fn find_enabled(&self, access_key_id: &str) -> Option<&AccessKey> {
        self.find(access_key_id).filter(|key| !key.is_disabled())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &AccessKey> {
        self.0.values()
    }
}
