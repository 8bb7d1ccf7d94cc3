//! A credentials provider that responds as configured and counts the requests, and a clock that
//! follows simulated time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bce_auth::{
    CachedCredentials, Clock, Credentials, CredentialsError, CredentialsErrorKind,
    CredentialsFuture, ProvideCredentials,
};
use time::OffsetDateTime;
use tokio::time::Instant;

/// How long the credentials provider takes to respond.
pub(super) const LATENCY: Duration = Duration::from_millis(200);

/// A clock that shows the time of the runtime, which may be simulated.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuntimeClock(Instant);

impl RuntimeClock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.0.elapsed()
    }
}

/// A provider that issues a new session token with each response, or fails. Clones share
/// its state.
#[derive(Clone, Debug)]
pub(super) struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: RuntimeClock,
    life: Duration,
    asked: AtomicUsize,
    failing: AtomicBool,
}

impl Source {
    /// Returns a provider of tokens that have this lifetime.
    pub(super) fn start(life: Duration) -> Self {
        Self(Arc::new(Inner {
            clock: RuntimeClock::start(),
            life,
            asked: AtomicUsize::new(0),
            failing: AtomicBool::new(false),
        }))
    }

    /// Returns a cache of this provider's credentials. The cache uses the clock of the provider.
    pub(super) fn cached(&self) -> Arc<CachedCredentials<Self>> {
        Arc::new(CachedCredentials::new(self.clone()).clock(self.0.clock))
    }

    /// Returns the number of requests that the provider has received.
    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    pub(super) fn fail(&self, failing: bool) {
        self.0.failing.store(failing, Ordering::SeqCst);
    }
}

impl ProvideCredentials for Source {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let number = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            tokio::time::sleep(LATENCY).await;
            if self.0.failing.load(Ordering::SeqCst) {
                let kind = CredentialsErrorKind::Unavailable;
                return Err(CredentialsError::new(kind, "no answer"));
            }
            let token = format!("token-{number}");
            let made = Credentials::session(format!("key-{number}"), "secret", token)?;
            Ok(made.with_expires_at(self.0.clock.now() + self.0.life))
        })
    }
}
