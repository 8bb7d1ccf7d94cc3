//! A cache that renews credentials before they expire.
//!
//! Nothing runs in the background: the calls that need credentials do the work. The lifetime of a
//! credential is the time from its arrival to its expiry. If the time of the expiry is known, the
//! last part of the lifetime has two windows: in the advisory window, one caller renews the
//! credential while the others use it; in the mandatory window, all callers wait for the new one.
//! The first table shows what happens to a call, and the second one what other events cause.
//!
//! | the stored credential | no request to the provider is under way | a request is under way |
//! |---|---|---|
//! | none, dropped or expired | the caller asks, and waits | the caller waits for the same response |
//! | fresh, or without a known expiry time | it is served | it is served |
//! | advisory window: the last 5 min, at most 25 % of its lifetime, randomly shortened by up to a fifth | the caller asks, and waits | it is served |
//! | mandatory window: the last 60 s, at most 10 % of its lifetime | the caller asks, and waits | the caller waits for the same response |
//! | either window, during the backoff after a failed attempt | it is served | as in this window without a backoff |
//!
//! | event | consequence |
//! |---|---|
//! | the provider fails | waiting callers get the stored credential if it is still valid, and the error otherwise |
//! | | backoff: 1 s, doubling to 30 s, randomly shortened by up to half; at most half the mandatory window |
//! | | without a valid credential, the next call asks again at once |
//! | a waiting caller is dropped, or is no longer polled | the others drive the same request on; it is dropped with the last of them |
//! | all waiting callers are dropped | this counts as a failure: during the backoff, calls use a credential that is still valid, so a provider that hangs delays one call and not every call |
//! | a request is under way for 2 minutes | it counts as lost, and new callers do not wait for it |
//! | the provider panics | waiting callers get an error; this counts as a failure |
//! | the new credential looks expired | waiting callers get it (the provider considers it valid), and the next call asks again; it never replaces a valid credential |
//! | a service refuses the stored credential | it is dropped, and never served again unless the provider returns it again |
//! | a service refuses the successor of a refused one | during the backoff it is kept, and the call is not worth repeating: a service that refuses everything must not use up a credential per call |
//! | a service refuses an older one | nothing: a newer one has already replaced it |
//! | the provider returns a refused credential again | it is served; if it is refused again, the call is not worth repeating, and the provider is asked again after a backoff |
//! | the clock jumps | the window follows the clock; setting it back ends a backoff |

mod backoff;
mod flight;
#[cfg(all(test, shuttle))]
mod model;
mod shared;
mod store;
mod windows;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use time::OffsetDateTime;

use self::flight::{Flight, Outcome};
use self::store::{Demand, Store};
use super::{CredentialsFuture, ProvideCredentials};
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::sync::{Mutex, lock};

/// Keeps the credentials of another provider, and renews them before they expire.
///
/// However many callers there are, only one request to the provider is made at a time, unless it
/// takes longer than two minutes. In the last five minutes of a credential, one caller renews it
/// while the others keep using it; in the last minute, all callers wait for the new one. For a
/// short lifetime, both times are shorter: if a credential lives for less than 20 minutes, it is
/// renewed in the last quarter of its lifetime, and if it lives for less than 10 minutes, all
/// callers wait in the last tenth. If a renewal fails, the credential is served until it expires,
/// and the next attempt is made after half a second to 30 seconds, or earlier if the lifetime is
/// short. A credential without a known expiry time is kept until a service refuses it.
///
/// There is no background task and no timer, so no runtime is needed. The provider or the caller
/// has to limit the time for a response.
///
/// To let several clients share one cache, give them the same `Arc<CachedCredentials<_>>`.
///
/// ```
/// use bce_auth::{CachedCredentials, Credentials, CredentialsFuture, ProvideCredentials};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     fn provide_credentials(&self) -> CredentialsFuture<'_> {
///         // A real provider would ask a server here.
///         Box::pin(async { Credentials::session("my-access-key-id", "my secret", "my-token") })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), bce_auth::CredentialsError> {
/// let cached = CachedCredentials::new(Vault);
/// let first = cached.provide_credentials().await?;
/// let second = cached.provide_credentials().await?;
/// assert!(std::ptr::eq(first.access_key_id(), second.access_key_id()));
/// # Ok(())
/// # }
/// ```
pub struct CachedCredentials<P> {
    provider: Arc<P>,
    clock: Arc<dyn Clock>,
    store: Arc<Mutex<Store>>,
}

impl<P: ProvideCredentials> CachedCredentials<P> {
    /// Creates an empty cache for this provider, using the system clock.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            clock: Arc::new(SystemClock),
            store: Arc::new(Mutex::new(Store::new())),
        }
    }

    /// Sets the clock that decides when a credential expires. If a client corrects its clock
    /// according to the service, pass the corrected clock here.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        loop {
            let flight = match self.step() {
                Step::Serve(credentials) => return Ok(credentials),
                Step::Wait(flight) => flight,
            };
            let outcome = flight.outcome().await;
            // Locks are not held while the clock, which may be the application's, is read.
            let now = self.clock.now();
            let settled = lock(&self.store).settle(outcome, now);
            if let Some(outcome) = settled {
                return outcome;
            }
        }
    }

    fn step(&self) -> Step {
        let now = self.clock.now();
        let instant = Instant::now();
        // Declared before the lock, and therefore dropped after it: if this is the last reference
        // to a request, dropping it also drops the provider's future.
        let flight;
        let mut store = lock(&self.store);
        flight = store.flight();
        let under_way = flight.as_ref().filter(|flight| flight.is_open(instant));
        match (store.demand(now, under_way.is_some()), under_way) {
            (Demand::Serve(credentials), _) => Step::Serve(credentials),
            (Demand::Join, Some(flight)) => Step::Wait(Arc::clone(flight)),
            (Demand::Join | Demand::Start, _) => {
                let flight = Arc::new(self.ask(instant));
                store.begin(&flight, now);
                Step::Wait(flight)
            }
        }
    }

    /// Creates a request to the provider. When it completes, it passes its outcome to the store.
    fn ask(&self, instant: Instant) -> Flight {
        let provider = Arc::clone(&self.provider);
        let clock = Arc::clone(&self.clock);
        let store = Arc::clone(&self.store);
        let work = async move {
            let abandoned = Abandoned::new(&store, &clock);
            let outcome = provider.provide_credentials().await;
            abandoned.disarm();
            let now = clock.now();
            lock(&store).land(&outcome, now);
            report(&outcome, now);
            outcome
        };
        Flight::new(instant, work)
    }
}

enum Step {
    Serve(Credentials),
    Wait(Arc<Flight>),
}

/// Informs the store if a request to the provider is dropped before it has completed.
struct Abandoned<'a> {
    store: Option<&'a Mutex<Store>>,
    clock: &'a dyn Clock,
}

impl<'a> Abandoned<'a> {
    fn new(store: &'a Mutex<Store>, clock: &'a dyn Clock) -> Self {
        let store = Some(store);
        Self { store, clock }
    }

    fn disarm(mut self) {
        self.store = None;
    }
}

impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.store {
            let now = self.clock.now();
            lock(store).abandon(now);
            tracing::warn!(
                "a request for credentials had no outcome: it took too long for all who waited, or \
                 panicked"
            );
        }
    }
}

impl<P: ProvideCredentials> ProvideCredentials for CachedCredentials<P> {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(self.provide())
    }

    fn ready_credentials(&self) -> Option<Credentials> {
        let now = self.clock.now();
        lock(&self.store).fresh(now)
    }

    /// Drops the stored credential if its parts equal those of the refused one. As an exception, a
    /// credential that the provider has just returned after a refusal is kept for a short time, so
    /// that a service that refuses everything does not use up a credential per call.
    ///
    /// Returns `false` if a repeated call is likely to be refused as well, for example because the
    /// provider has returned the refused credential again.
    fn invalidate(&self, refused: &Credentials) -> bool {
        let provider_has_another = self.provider.invalidate(refused);
        let now = self.clock.now();
        lock(&self.store).invalidate(refused, provider_has_another, now)
    }
}

impl<P: fmt::Debug> fmt::Debug for CachedCredentials<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = lock(&self.store).current().cloned();
        f.debug_struct("CachedCredentials")
            .field("provider", &self.provider)
            .field("current", &current)
            .finish_non_exhaustive()
    }
}

fn report(outcome: &Outcome, now: OffsetDateTime) {
    match outcome {
        Ok(credentials) => tracing::debug!(
            access_key_id = credentials.access_key_id(),
            expires_at = credentials.expires_at().map(tracing::field::display),
            expired = credentials.is_expired_at(now),
            "got new credentials"
        ),
        Err(error) => tracing::warn!(%error, "could not get new credentials"),
    }
}
