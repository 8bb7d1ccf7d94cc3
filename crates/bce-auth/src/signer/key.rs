//! The signing key, which is derived from the secret, the time stamp and the expiry.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ring::hmac;

use crate::credentials::Credentials;
use crate::encode::push_hex;
use crate::secret::Secret;

/// Derives the key for all signatures whose authorization begins with `prefix`.
pub(crate) fn derive(secret: &Secret, prefix: &[u8]) -> hmac::Key {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let tag = hmac::sign(&key, prefix);
    // The key is the hex text of the first digest, not its bytes.
    let mut text = Vec::with_capacity(64);
    push_hex(&mut text, tag.as_ref());
    hmac::Key::new(hmac::HMAC_SHA256, &text)
}

/// Keeps the last key: the prefix changes once a second, a busy client signs far more often.
#[derive(Clone, Default)]
pub(super) struct KeyCache(Arc<Mutex<Option<Entry>>>);

struct Entry {
    credentials: Credentials,
    prefix: Vec<u8>,
    key: hmac::Key,
}

impl KeyCache {
    pub(super) fn get(&self, credentials: &Credentials, prefix: &[u8]) -> hmac::Key {
        let mut entry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = &*entry
            && entry.prefix == prefix
            && entry.credentials.is_same(credentials)
        {
            return entry.key.clone();
        }
        let key = derive(credentials.secret_access_key(), prefix);
        *entry = Some(Entry {
            credentials: credentials.clone(),
            prefix: prefix.to_vec(),
            key: key.clone(),
        });
        key
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &hmac::Key) -> Vec<u8> {
        hmac::sign(key, b"text").as_ref().to_vec()
    }

    #[test]
    fn the_cache_never_mixes_up_secrets_or_prefixes() {
        let cache = KeyCache::default();
        let one = Credentials::new("ak", "secret 1").unwrap();
        // The same access key id with another secret.
        let two = Credentials::new("ak", "secret 2").unwrap();
        for _ in 0..2 {
            for prefix in [b"a/1", b"a/1", b"a/2"] {
                for credentials in [&one, &two, &one, &one.clone()] {
                    let fresh = derive(credentials.secret_access_key(), prefix);
                    let cached = cache.get(credentials, prefix);
                    assert_eq!(digest(&cached), digest(&fresh));
                }
            }
        }
    }
}
