//! Whom a request speaks for.

use serde::{Deserialize, Serialize};

/// Whom a request speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Principal {
    /// A user of the account, by name. One user may have several access keys.
    User(String),
    /// A role that was assumed.
    #[serde(rename_all = "camelCase")]
    Role {
        /// Account of the role, as the caller gave it.
        account_id: String,
        /// Name of the role.
        name: String,
    },
}
