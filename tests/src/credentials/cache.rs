//! Checks of the credentials cache without a client, in simulated time.

use std::sync::Arc;
use std::time::Duration;

use bce_auth::{CachedCredentials, ProvideCredentials};
use tokio::task::JoinSet;

use super::CALLS;
use super::measure::{Calls, Checked, Counted, simulated};
use super::source::{LATENCY, Source};
use crate::rows::Rows;

const LIFE: Duration = Duration::from_secs(3600);
/// An age at which credentials that are valid for an hour can still be used but should be renewed
/// (the advisory window), whatever the random jitter is.
const ADVISORY: Duration = Duration::from_secs(57 * 60);

pub(super) fn rows(rows: &mut Rows) {
    let calls = format!("{CALLS} calls at once");
    simulated(rows, format!("cache: cold, {calls}"), cold);
    let name = format!("cache: advisory window, {calls}");
    simulated(rows, name, advisory);
    let name = format!("cache: renewal dropped half-way, {calls}");
    simulated(rows, name, renewal_dropped);
    let name = "cache: all that wait dropped, then one call";
    simulated(rows, name, all_dropped);
}

/// A credentials provider, a cache of its credentials, and the counts of the calls to the cache.
struct Cached {
    source: Source,
    cache: Arc<CachedCredentials<Source>>,
    calls: Calls,
}

impl Cached {
    fn new() -> Self {
        let source = Source::start(LIFE);
        Self {
            cache: source.cached(),
            source,
            calls: Calls::default(),
        }
    }

    /// Returns a future that requests credentials from the cache once, and counts this call.
    fn call(&self) -> impl Future<Output = ()> + Send + use<> {
        let (cache, calls) = (Arc::clone(&self.cache), self.calls.clone());
        async move { calls.make(cache.provide_credentials()).await }
    }

    fn many_calls(&self) -> JoinSet<()> {
        (0..CALLS).map(|_| self.call()).collect()
    }

    /// Returns the counts and their limits. `before` is the number of requests that the provider
    /// had received before the check began.
    fn seen(self, before: usize, expected: usize, patience: Duration) -> Checked {
        Ok(Counted {
            provider_calls: self.source.asked() - before,
            calls: self.calls,
            expected: expected..=expected,
            failures: 0,
            patience,
        })
    }
}

async fn cold() -> Checked {
    let cached = Cached::new();
    cached.many_calls().join_all().await;
    cached.seen(0, 1, LATENCY)
}

async fn advisory() -> Checked {
    let cached = Cached::new();
    cached.cache.provide_credentials().await?;
    tokio::time::sleep(ADVISORY).await;
    let cache = Arc::clone(&cached.cache);
    let renewal = tokio::spawn(async move { cache.provide_credentials().await });
    tokio::time::sleep(LATENCY / 2).await;
    cached.many_calls().join_all().await;
    if renewal.is_finished() {
        return Err("the renewal was over before the calls".into());
    }
    renewal.await??;
    cached.seen(1, 1, Duration::ZERO)
}

async fn renewal_dropped() -> Checked {
    let cached = Cached::new();
    let first = tokio::spawn(cached.call());
    tokio::time::sleep(LATENCY / 2).await;
    let others = cached.many_calls();
    tokio::time::sleep(LATENCY / 4).await;
    first.abort();
    others.join_all().await;
    // This is less than a whole response takes, because the request was begun by the dropped call.
    cached.seen(0, 1, LATENCY / 2)
}

async fn all_dropped() -> Checked {
    let cached = Cached::new();
    let mut dropped = cached.many_calls();
    tokio::time::sleep(LATENCY / 2).await;
    dropped.shutdown().await;
    cached.call().await;
    cached.seen(0, 2, LATENCY)
}
