//! The methods of [`Handle`] that inspect and change access keys, and that revoke sessions.

use super::Handle;
use crate::access::AccessKey;

impl Handle {
    /// Returns all long-term access keys, sorted by id.
    pub fn access_keys(&self) -> Vec<AccessKey> {
        self.app.keys().iter().cloned().collect()
    }

    /// Adds a long-term access key, replacing an existing one with the same id.
    pub fn put_access_key(&self, key: AccessKey) {
        self.app.keys().put(key);
    }

    /// Removes a long-term access key, and refuses the sessions that were requested with it.
    /// Returns `false` if there is no key with this id.
    pub fn remove_access_key(&self, access_key_id: &str) -> bool {
        self.app.keys().remove(access_key_id)
    }

    /// Removes a temporary credential, as if it had never been issued. Returns `false` if there is
    /// no temporary credential with this access key id.
    pub fn revoke_session(&self, access_key_id: &str) -> bool {
        let now = self.app.now().world;
        self.app.state_at(now).sessions.revoke(access_key_id)
    }
}
