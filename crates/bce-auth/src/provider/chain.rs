//! A provider that asks several other providers in order.

use std::sync::Arc;

use super::{CredentialsFuture, EnvironmentProvider, ProvideCredentials};
use crate::credentials::Credentials;
use crate::error::{CredentialsError, CredentialsErrorKind};

/// Asks several providers in order, and returns the first credentials that it gets.
///
/// A provider is asked only if all providers before it have no credentials
/// ([`CredentialsErrorKind::NotFound`]). Any other error ends the chain: half a key pair, for
/// example, is a mistake, and signing with the identity of a later provider would hide it. If no
/// provider has credentials, the error lists the reason that each of them gave.
///
/// ```
/// use bce_auth::{ChainProvider, Credentials, EnvironmentProvider};
///
/// # fn main() -> Result<(), bce_auth::CredentialsError> {
/// let chain = ChainProvider::new()
///     .then(EnvironmentProvider::new())
///     .then(Credentials::new("fallback-access-key-id", "fallback-secret")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ChainProvider {
    links: Vec<Arc<dyn ProvideCredentials>>,
}

impl ChainProvider {
    /// Creates an empty chain. It has no credentials until a provider is added to it.
    pub fn new() -> Self {
        Self { links: Vec::new() }
    }

    /// Creates the standard chain, which is also the default. It first asks the environment
    /// ([`EnvironmentProvider`]), and then the profile file of the official command-line tool
    /// (`ProfileProvider`, with the feature `profile`).
    pub fn standard() -> Self {
        let chain = Self::new().then(EnvironmentProvider::new());
        #[cfg(feature = "profile")]
        let chain = chain.then(super::ProfileProvider::new());
        chain
    }

    /// Adds a provider, which is asked if those before it have no credentials.
    #[must_use]
    pub fn then(mut self, provider: impl ProvideCredentials) -> Self {
        self.links.push(Arc::new(provider));
        self
    }

    async fn ask(&self) -> Result<Credentials, CredentialsError> {
        let mut reasons = Vec::new();
        for link in &self.links {
            match link.provide_credentials().await {
                Err(reason) if reason.kind() == CredentialsErrorKind::NotFound => {
                    reasons.push(reason.to_string());
                }
                answer => return answer,
            }
        }
        if reasons.is_empty() {
            reasons.push("the provider chain is empty".to_owned());
        }
        Err(CredentialsError::new(
            CredentialsErrorKind::NotFound,
            reasons.join("; "),
        ))
    }
}

impl Default for ChainProvider {
    fn default() -> Self {
        Self::standard()
    }
}

impl ProvideCredentials for ChainProvider {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(self.ask())
    }

    /// Informs every provider of the chain that a service has refused these credentials. A provider
    /// that did not issue them ignores this.
    fn invalidate(&self, refused: &Credentials) -> bool {
        self.links
            .iter()
            .fold(false, |any, link| link.invalidate(refused) | any)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    type Answer = Result<&'static str, (CredentialsErrorKind, &'static str)>;

    /// A provider that always returns the same result, and that records the calls of `invalidate`.
    #[derive(Clone, Debug)]
    struct Link {
        answer: Answer,
        refused: Arc<Mutex<Vec<String>>>,
        invalidated: bool,
    }

    impl ProvideCredentials for Link {
        fn provide_credentials(&self) -> CredentialsFuture<'_> {
            let answer = match self.answer {
                Ok(id) => Credentials::new(id, "hidden-sk"),
                Err((kind, message)) => Err(CredentialsError::new(kind, message)),
            };
            Box::pin(std::future::ready(answer))
        }

        fn invalidate(&self, refused: &Credentials) -> bool {
            let id = refused.access_key_id().to_owned();
            self.refused.lock().unwrap().push(id);
            self.invalidated
        }
    }

    fn link(answer: Answer) -> Link {
        Link {
            answer,
            refused: Arc::default(),
            invalidated: false,
        }
    }

    fn nothing(reason: &'static str) -> Link {
        link(Err((CredentialsErrorKind::NotFound, reason)))
    }

    #[tokio::test]
    async fn the_first_link_that_has_credentials_gives_them() {
        let chain = ChainProvider::new()
            .then(nothing("no a"))
            .then(link(Ok("second")))
            .then(link(Ok("third")));
        let found = chain.provide_credentials().await.unwrap();
        assert_eq!(found.access_key_id(), "second");
    }

    #[tokio::test]
    async fn when_no_link_has_anything_the_error_has_the_reason_of_each() {
        let chain = ChainProvider::new().then(nothing("no a"));
        let nested = ChainProvider::new().then(chain).then(nothing("no b"));
        let error = nested.provide_credentials().await.unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::NotFound);
        assert_eq!(error.to_string(), "no a; no b");

        let error = ChainProvider::new().provide_credentials().await;
        assert_eq!(
            error.unwrap_err().to_string(),
            "the provider chain is empty"
        );
    }

    #[tokio::test]
    async fn any_other_error_ends_the_chain() {
        for kind in [
            CredentialsErrorKind::Invalid,
            CredentialsErrorKind::Unavailable,
        ] {
            let chain = ChainProvider::new()
                .then(nothing("no a"))
                .then(link(Err((kind, "half a pair"))))
                .then(link(Ok("third")));
            let error = chain.provide_credentials().await.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert_eq!(error.to_string(), "half a pair");
        }
    }

    #[test]
    fn refused_credentials_are_reported_to_every_link() {
        let refused = Credentials::new("refused", "sk").unwrap();
        for which in [None, Some(0), Some(1)] {
            let links = [0, 1].map(|index| Link {
                invalidated: which == Some(index),
                ..nothing("no a")
            });
            let [first, second] = links.clone();
            let chain = ChainProvider::new().then(first).then(second);
            assert_eq!(chain.invalidate(&refused), which.is_some());
            for link in links {
                assert_eq!(*link.refused.lock().unwrap(), ["refused"]);
            }
        }
    }

    #[test]
    fn debug_shows_the_links_of_the_standard_chain() {
        let text = format!("{:?}", ChainProvider::default());
        assert!(text.contains("EnvironmentProvider"), "{text}");
        assert_eq!(text.contains("ProfileProvider"), cfg!(feature = "profile"));
    }
}
