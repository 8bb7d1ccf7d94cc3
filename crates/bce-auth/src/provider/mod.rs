//! The trait of credential sources, and its implementations.

mod cache;
mod chain;
mod environment;
#[cfg(feature = "profile")]
mod file;
mod function;
#[cfg(feature = "ini")]
mod ini;
mod parts;
#[cfg(feature = "profile")]
mod profile;
mod static_credentials;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::credentials::Credentials;
use crate::error::CredentialsError;

pub use self::cache::CachedCredentials;
pub use self::chain::ChainProvider;
pub use self::environment::EnvironmentProvider;
pub use self::function::FnProvider;
#[cfg(feature = "ini")]
pub use self::ini::IniProvider;
#[cfg(feature = "profile")]
pub use self::profile::{Profile, ProfileProvider};

/// The future that [`ProvideCredentials::provide_credentials`] returns.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Credentials, CredentialsError>> + Send + 'a>>;

/// A source of credentials. A client asks for credentials before every attempt to send a request.
///
/// A provider that talks to a server should keep the credentials until shortly before they expire;
/// see [`CachedCredentials`]. [`Credentials`] is itself a provider, which always returns a clone of
/// itself.
///
/// ```
/// use bce_auth::{Credentials, CredentialsFuture, ProvideCredentials};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     fn provide_credentials(&self) -> CredentialsFuture<'_> {
///         Box::pin(async { Credentials::new("my-access-key-id", "my-secret-access-key") })
///     }
/// }
///
/// let shared: std::sync::Arc<dyn ProvideCredentials> = std::sync::Arc::new(Vault);
/// ```
pub trait ProvideCredentials: fmt::Debug + Send + Sync + 'static {
    /// Returns credentials that can be used now.
    fn provide_credentials(&self) -> CredentialsFuture<'_>;

    /// Returns credentials if they are available without waiting, usually because they are cached.
    /// Returns `None` otherwise, which is the default. A client calls this method first, since
    /// creating a future takes more time.
    fn ready_credentials(&self) -> Option<Credentials> {
        None
    }

    /// Reports that a service has refused credentials of this provider because they are expired or
    /// revoked. Returns whether the next credentials may be different; if so, the client tries once
    /// more.
    ///
    /// A provider that does not keep credentials has nothing to drop, and returns `false`, which is
    /// the default.
    fn invalidate(&self, refused: &Credentials) -> bool {
        let _ = refused;
        false
    }
}

impl<T: ProvideCredentials + ?Sized> ProvideCredentials for Arc<T> {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        (**self).provide_credentials()
    }

    fn ready_credentials(&self) -> Option<Credentials> {
        (**self).ready_credentials()
    }

    fn invalidate(&self, refused: &Credentials) -> bool {
        (**self).invalidate(refused)
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn credentials_provide_themselves_also_behind_a_shared_trait_object() {
        let own = Credentials::new("ak", "sk").unwrap();
        let shared: Arc<dyn ProvideCredentials> = Arc::new(Arc::new(own.clone()));
        let mut future = shared.provide_credentials();
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Ok(provided)) = future.as_mut().poll(&mut context) else {
            panic!("static credentials are ready at once");
        };
        assert!(provided.is_same(&own));
        assert!(
            shared
                .ready_credentials()
                .is_some_and(|ready| ready.is_same(&own))
        );
    }
}
