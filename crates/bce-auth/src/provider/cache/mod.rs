//! Credentials that are kept and renewed in time.
//!
//! Nothing runs in the background: whoever asks for credentials does the work. Of a credential with
//! a known end, the last part of its life (the end minus the time at which it came) is two windows.
//!
//! | the kept credential | nobody is asking the provider | somebody is |
//! |---|---|---|
//! | none, dropped or expired | asks, and waits | waits for the same response |
//! | fresh, or without a known end | is served | is served |
//! | advisory window: the last 5 min, at most 25 % of its life, up to a fifth less by chance | asks, and waits | is served |
//! | mandatory window: the last 60 s, at most 10 % of its life | asks, and waits | waits for the same response |
//! | either window, during the backoff after a failed attempt | is served | as above |
//!
//! | what happens | what follows |
//! |---|---|
//! | the provider fails | who waited gets the kept credential if that is still valid, and the error otherwise |
//! | | backoff: 1 s, doubling to 30 s, up to half less by chance; at most half the mandatory window |
//! | | with no valid credential the next call asks again at once |
//! | a caller that waits is dropped, or is not polled any more | the others drive the same request on; it ends with the last of them |
//! | all who wait are dropped | counts as a failure: while the backoff lasts, calls go on with a credential that is still valid, so a provider that hangs costs the time of one call and not of every one |
//! | a request is under way for 2 minutes | it counts as lost: new callers do not wait for it |
//! | the provider panics | who waited gets an error; counts as a failure |
//! | the response looks expired | who waited gets it (the provider says that it is good), the next call asks again; a valid credential is not given up for it |
//! | a service refuses the kept credential | it is dropped, and not served any more whatever the provider does |
//! | a service refuses what took the place of a refused one | within the backoff it is kept, and the call is not worth a repeat: a service that refuses everything does not cost a credential per call |
//! | a service refuses an older one | nothing: a newer one is there |
//! | a refused credential comes back from the provider | it is served; when it is refused again, the call is not worth a repeat, and the provider is asked again after a backoff |
//! | the clock jumps | the phase follows the clock; a backoff ends when the clock is set back |

mod backoff;
mod flight;
#[cfg(all(test, shuttle))]
mod model;
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

/// Keeps the credentials of another provider and renews them before they expire.
///
/// However many callers there are, the provider is asked by one at a time. In the last five minutes
/// of a credential one caller renews it while the others go on with it; in the last minute all wait
/// for the new one. A credential that lives for less than 20 minutes is renewed later: in the last
/// quarter of its life, and in the last tenth. Nothing is given up for a renewal that fails: a
/// credential is served until it expires, and the next try waits for 1 to 30 seconds. A credential
/// without a known end is kept until a service refuses it.
///
/// There is no background task and no timer, so no runtime is needed. How long a response may take
/// is the business of the provider and of the caller.
///
/// Give clients that are to share one cache the same `Arc<CachedCredentials<_>>`.
///
/// ```
/// use bce_auth::{CachedCredentials, Credentials, CredentialsFuture, ProvideCredentials};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     fn provide_credentials(&self) -> CredentialsFuture<'_> {
///         // Think of a server that is asked here.
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
    /// Creates an empty cache in front of this provider, by the clock of the system.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            clock: Arc::new(SystemClock),
            store: Arc::new(Mutex::new(Store::new())),
        }
    }

    /// Sets the clock that tells when a credential expires. Where a client corrects its clock by
    /// the service's, give that one here.
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
            let settled = lock(&self.store).settle(outcome, self.clock.now());
            if let Some(outcome) = settled {
                return outcome;
            }
        }
    }

    fn step(&self) -> Step {
        let now = self.clock.now();
        let instant = Instant::now();
        // Outlives the lock: whoever lets go of a request last drops the provider's future with it.
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

    /// Returns a request to the provider, whose response goes into the store.
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

/// Tells the store when a request to the provider is dropped before its end.
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
            lock(store).abandon(self.clock.now());
        }
    }
}

impl<P: ProvideCredentials> ProvideCredentials for CachedCredentials<P> {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(self.provide())
    }

    fn ready_credentials(&self) -> Option<Credentials> {
        lock(&self.store).fresh(self.clock.now())
    }

    /// Drops the kept credential if it is the refused one, by its parts. `false` when the provider
    /// gave the refused one again after it had been dropped: a repeat would be refused, too.
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
