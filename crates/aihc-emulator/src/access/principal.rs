//! The identity on whose behalf a request is made.

use serde::{Deserialize, Serialize};

/// The identity on whose behalf a request is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Principal {
    /// A user of the account. One user may have several access keys.
    User(String),
    /// An assumed role.
    #[serde(rename_all = "camelCase")]
    Role {
        /// The id of the role's account, as in the AssumeRole request.
        account_id: String,
        /// The name of the role.
        name: String,
    },
}
