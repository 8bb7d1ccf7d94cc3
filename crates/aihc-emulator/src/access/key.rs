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
    /// Creates a key with all permissions. It belongs to a user whose name is the access key id. A
    /// session token in the credentials is ignored.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            user: None,
            disabled: false,
            permissions: Permissions::default(),
        }
    }

    /// Sets the user that the key belongs to. All keys of a user share their dev instances, which
    /// matters for lists that are requested with `onlyMyDevs`.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = Some(name.into());
        self
    }

    /// Sets whether the key, and the sessions requested with it, are refused with
    /// `InvalidAccessKeyId`. The default is `false`.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Limits the key to the operations whose names match these patterns; `*` stands for any
    /// characters, as in `Describe*`. All other operations, including those of the security token
    /// service (STS), are refused with `AccessDenied`.
    pub fn allow(mut self, operations: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions.allow = operations.into_iter().map(Into::into).collect();
        self
    }

    /// Forbids the operations whose names match these patterns, even those that
    /// [`allow`](Self::allow) permits.
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

    /// Returns the patterns of the operations that the key may call.
    pub fn allowed(&self) -> &[String] {
        &self.permissions.allow
    }

    /// Returns the patterns of the operations that the key may not call.
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
