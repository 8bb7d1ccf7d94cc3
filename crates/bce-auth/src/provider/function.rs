//! Credentials from a function.

use std::fmt;

use super::{CredentialsFuture, ProvideCredentials};
use crate::credentials::Credentials;
use crate::error::CredentialsError;

/// Calls a function to get credentials. The function is called again each time credentials are
/// needed.
///
/// ```
/// use bce_auth::{Credentials, FnProvider};
///
/// # async fn ask_the_vault() -> Result<(String, String), bce_auth::CredentialsError> {
/// #     Ok(("my-access-key-id".to_owned(), "my-secret-access-key".to_owned()))
/// # }
/// let provider = FnProvider::new(|| async {
///     let (id, secret) = ask_the_vault().await?;
///     Credentials::new(id, secret)
/// });
/// ```
#[derive(Clone)]
pub struct FnProvider<F>(F);

impl<F, Fut> FnProvider<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Credentials, CredentialsError>> + Send + 'static,
{
    /// Creates a provider that calls `provide` each time credentials are needed.
    pub fn new(provide: F) -> Self {
        Self(provide)
    }
}

impl<F, Fut> ProvideCredentials for FnProvider<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Credentials, CredentialsError>> + Send + 'static,
{
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin((self.0)())
    }
}

// A closure may have captured secrets, so nothing of it is shown.
impl<F> fmt::Debug for FnProvider<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnProvider").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_closure_is_called_for_each_answer_and_not_shown() {
        let calls = AtomicU32::new(0);
        let secret = "hidden-sk".to_owned();
        let provider = FnProvider::new(move || {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            let credentials = Credentials::new(format!("ak-{call}"), secret.clone());
            async move { credentials }
        });
        for expected in ["ak-0", "ak-1"] {
            let credentials = provider.provide_credentials().await.unwrap();
            assert_eq!(credentials.access_key_id(), expected);
        }
        assert_eq!(format!("{provider:?}"), "FnProvider { .. }");
    }
}
