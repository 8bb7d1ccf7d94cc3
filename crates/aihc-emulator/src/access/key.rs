//! Long-term access keys.

use bce_auth::Credentials;

use super::{Permissions, Principal};

/// A long-term access key that the emulator accepts.
///
/// ```
/// use aihc_emulator::{AccessKey, Emulator};
/// use bce_auth::Credentials;
///
/// # fn main() -> Result<(), bce_auth::CredentialsError> {
/// let reader = AccessKey::new(Credentials::new("reader", "secret")?).allow(["Describe*"]);
/// let emulator = Emulator::builder().add_access_key(reader);
/// # let _ = emulator;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessKey {
    pub(super) credentials: Credentials,
    pub(super) user: Option<String>,
    pub(super) disabled: bool,
    pub(super) permissions: Permissions,
}

impl AccessKey {
    /// Creates a key with all permissions, which belongs to a user named like the access key id. A
    /// session token in the credentials is ignored.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            user: None,
            disabled: false,
            permissions: Permissions::default(),
        }
    }

    /// Sets the user that the key belongs to. For `onlyMyDevs`, all keys of a user share their dev
    /// instances.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = Some(name.into());
        self
    }

    /// Refuses the key, and the sessions requested with it, with `InvalidAccessKeyId`.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Limits the key to these operations; `*` stands for any text, as in `Describe*`. All other
    /// requests are refused with `AccessDenied`. The operations of STS are included in this rule.
    pub fn allow(mut self, operations: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions.allow = operations.into_iter().map(Into::into).collect();
        self
    }

    /// Forbids these operations, even if [`allow`](Self::allow) includes them.
    pub fn deny(mut self, operations: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions.deny = operations.into_iter().map(Into::into).collect();
        self
    }

    /// Returns the access key id.
    pub fn access_key_id(&self) -> &str {
        self.credentials.access_key_id()
    }

    /// Returns the name of the user that the key belongs to.
    pub fn user_name(&self) -> &str {
        self.user.as_deref().unwrap_or(self.access_key_id())
    }

    /// Returns whether the key is disabled.
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    /// Returns the operations that the key may call.
    pub fn allowed(&self) -> &[String] {
        &self.permissions.allow
    }

    /// Returns the operations that the key may not call.
    pub fn denied(&self) -> &[String] {
        &self.permissions.deny
    }

    pub(crate) fn principal(&self) -> Principal {
        Principal::User(self.user_name().to_owned())
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    pub(crate) fn permissions(&self) -> &Permissions {
        &self.permissions
    }
}
