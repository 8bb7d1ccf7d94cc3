//! Client tokens, which make a creation repeatable: a repeated request creates nothing, and its
//! response contains the id of the resource that the first request created.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use crate::access::Principal;
use crate::error::ApiError;

/// The maximum number of tokens that are remembered.
const KEPT: usize = 100_000;

/// The resource that was created with each token. If there are more than [`KEPT`] tokens, the
/// oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct ClientTokens {
    created: HashMap<ClientTokenKey, Created>,
    order: VecDeque<ClientTokenKey>,
    hasher: RandomState,
}

/// Identifies a token, which is valid for one caller and one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientTokenKey {
    pub(crate) operation: &'static str,
    pub(crate) principal: Principal,
    pub(crate) token: String,
}

#[derive(Debug)]
struct Created {
    /// A hash of the request parameters, which are not stored because they may contain passwords.
    parameters: u64,
    id: String,
}

impl ClientTokens {
    /// Returns the id of the resource that was created with this token; `None` if the token is not
    /// known. Returns an error if the token was used with other parameters.
    pub(crate) fn replay(
        &self,
        key: &ClientTokenKey,
        parameters: &str,
    ) -> Result<Option<&str>, ApiError> {
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

    /// Records the resource that was created with a token, in place of the oldest token if there
    /// are already [`KEPT`].
    pub(crate) fn remember(&mut self, key: ClientTokenKey, parameters: &str, id: String) {
        if self.order.len() >= KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.created.remove(&oldest);
        }
        let parameters = self.hasher.hash_one(parameters);
        self.order.push_back(key.clone());
        self.created.insert(key, Created { parameters, id });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_token_is_forgotten_when_there_are_too_many() {
        let mut tokens = ClientTokens::default();
        let key = |number: usize| ClientTokenKey {
            operation: "CreateDevInstance",
            principal: Principal::User("user".into()),
            token: number.to_string(),
        };
        for number in 0..=KEPT {
            tokens.remember(key(number), "{}", number.to_string());
        }
        assert_eq!(tokens.created.len(), KEPT);
        assert_eq!(tokens.replay(&key(0), "{}"), Ok(None));
        assert_eq!(tokens.replay(&key(1), "{}"), Ok(Some("1")));
    }
}
