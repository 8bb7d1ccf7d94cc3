//! Credentials that never change.

use super::{CredentialsFuture, ProvideCredentials};
use crate::credentials::Credentials;

impl ProvideCredentials for Credentials {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }

    fn ready_credentials(&self) -> Option<Credentials> {
        Some(self.clone())
    }
}
