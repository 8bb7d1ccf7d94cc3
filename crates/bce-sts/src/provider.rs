//! Providers of credentials that STS issues and that renew themselves.

use std::fmt;

use bce_auth::{
    CachedCredentials, Credentials, CredentialsError, CredentialsErrorKind, CredentialsFuture,
    ProvideCredentials,
};
use bce_http::Error;

use crate::model::StsCredential;
use crate::operation::{AssumeRole, GetSessionToken};

/// A provider of session tokens of the caller, from [`GetSessionToken`]. See [`StsProvider`].
pub type SessionTokenProvider = StsProvider<GetSessionToken>;

/// A provider of temporary credentials of a role, from [`AssumeRole`]. See [`StsProvider`].
pub type AssumeRoleProvider = StsProvider<AssumeRole>;

/// A provider of temporary credentials for a client of any service: it requests them from STS,
/// keeps them, and requests new ones before they expire.
///
/// It is created from a prepared request, so that the options of the request (duration,
/// access-control list, role) apply to every credential. The client of the request holds the
/// credentials that sign it, which may come from any provider. [`CachedCredentials`] describes how
/// long temporary credentials are kept and when they are renewed. Whether they have expired is
/// determined by the clock of that client, which follows the clock of STS.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use bce_sts::{AssumeRoleProvider, Client};
///
/// let sts = Client::from_env()?;
/// let role = sts.assume_role("my-account-id", "my-role").duration_seconds(3600);
/// let provider = AssumeRoleProvider::new(role);
/// // aihc_dev::Client::builder().credentials(provider)
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The kind of the error is [`CredentialsErrorKind::Unavailable`] if the error of the call [is
/// retryable](Error::is_retryable), for example because STS could not be reached, or if the
/// credentials that sign the request are unavailable. It is [`CredentialsErrorKind::Invalid`] if the
/// call failed for another reason, for example because STS refused the request, or if the response
/// contains no usable credentials. If the call failed, the source of the error is the [`Error`] of
/// the call.
#[derive(Debug)]
pub struct StsProvider<R>(CachedCredentials<Issuer<R>>);

impl SessionTokenProvider {
    /// Creates a provider that sends `request` whenever it needs a new session token.
    pub fn new(request: GetSessionToken) -> Self {
        let clock = request.client().clock().clone();
        Self(CachedCredentials::new(Issuer(request)).clock(clock))
    }
}

impl AssumeRoleProvider {
    /// Creates a provider that sends `request` whenever it needs new credentials.
    pub fn new(request: AssumeRole) -> Self {
        let clock = request.client().clock().clone();
        Self(CachedCredentials::new(Issuer(request)).clock(clock))
    }
}

impl<R> ProvideCredentials for StsProvider<R>
where
    R: IntoFuture<Output = Result<StsCredential, Error>, IntoFuture: Send>,
    R: Clone + fmt::Debug + Send + Sync + 'static,
{
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        self.0.provide_credentials()
    }

    fn ready_credentials(&self) -> Option<Credentials> {
        self.0.ready_credentials()
    }

    fn invalidate(&self, refused: &Credentials) -> bool {
        self.0.invalidate(refused)
    }
}

/// Issues each credential by sending a copy of a request.
#[derive(Debug)]
struct Issuer<R>(R);

impl<R> ProvideCredentials for Issuer<R>
where
    R: IntoFuture<Output = Result<StsCredential, Error>, IntoFuture: Send>,
    R: Clone + fmt::Debug + Send + Sync + 'static,
{
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let answer = self.0.clone().into_future();
        Box::pin(async move { answer.await.map_err(not_issued)?.try_into() })
    }
}

fn not_issued(error: Error) -> CredentialsError {
    // The credentials that sign the request may come from a server that does not respond now.
    let signer = error.cause().and_then(|cause| cause.downcast_ref());
    let signer = signer.map(CredentialsError::kind);
    let kind = if error.is_retryable() || signer == Some(CredentialsErrorKind::Unavailable) {
        CredentialsErrorKind::Unavailable
    } else {
        CredentialsErrorKind::Invalid
    };
    CredentialsError::new(kind, "STS issued no credentials").with_source(error)
}
