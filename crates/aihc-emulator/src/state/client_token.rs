//! Client tokens: a creation that is sent again answers what it answered before.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::session::Principal;
use crate::error::ApiError;

/// What was created with each token. Tokens are remembered as long as the emulator lives.
#[derive(Debug, Default)]
pub(crate) struct ClientTokens {
    created: HashMap<Key, Created>,
    hasher: RandomState,
}

/// A token belongs to one caller and one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) operation: &'static str,
    pub(crate) principal: Principal,
    pub(crate) token: String,
}

#[derive(Debug)]
struct Created {
    /// A hash, because parameters can hold passwords.
    parameters: u64,
    id: String,
}

impl ClientTokens {
    /// The id that was created before with this token and these parameters.
    pub(crate) fn replay(&self, key: &Key, parameters: &str) -> Result<Option<&str>, ApiError> {
        match self.created.get(key) {
            None => Ok(None),
            Some(created) if created.parameters == self.hasher.hash_one(parameters) => {
                Ok(Some(&created.id))
            }
            Some(_) => Err(ApiError::idempotent_mismatch(
                "clientToken was used before with other parameters",
            )),
        }
    }

    /// Remembers what was created.
    pub(crate) fn remember(&mut self, key: Key, parameters: &str, id: String) {
        let parameters = self.hasher.hash_one(parameters);
        self.created.insert(key, Created { parameters, id });
    }
}
