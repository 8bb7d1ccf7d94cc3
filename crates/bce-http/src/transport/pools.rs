//! Pools of connections, one for each runtime. A pool is dropped when its connections turn out to
//! be dead.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use super::config::TransportConfig;
use super::connector::Connectors;
use super::pool::{KeepLimits, Pool};
use super::pool_health::Pulse;

/// A connection is idle for at most this long. The time is limited because an `Instant` cannot
/// represent arbitrarily late times.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 3600);

/// The pools of a transport.
///
/// A connection is driven by a task on the runtime that opened it. If another runtime took the
/// connection from a pool, its requests would have to wait for the first runtime, or would fail
/// after the first runtime has ended.
pub(super) struct Pools {
    connectors: Connectors,
    limits: KeepLimits,
    /// The pools, each with the id of its runtime. There are few of them, so searching is fast, and
    /// the list rarely changes, so readers rarely wait.
    pools: RwLock<Vec<(Option<Id>, Arc<Pool>)>>,
    /// A pool that makes a new connection for each request, and keeps none.
    unpooled: Arc<Pool>,
}

impl Pools {
    pub(super) fn new(connectors: Connectors, config: &TransportConfig) -> Self {
        let limits = KeepLimits {
            idle_timeout: config.pool_idle_timeout.min(LONGEST_IDLE),
            max_idle_per_host: config.pool_max_idle_per_host,
        };
        Self {
            unpooled: Arc::new(pool(&connectors, KeepLimits::NONE)),
            connectors,
            limits,
            pools: RwLock::default(),
        }
    }

    /// Returns the pool whose connections are used for only one request each.
    pub(super) const fn unpooled(&self) -> &Arc<Pool> {
        &self.unpooled
    }

    /// Returns the pool of the current runtime. Creates it if necessary.
    pub(super) fn current(&self) -> Arc<Pool> {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        let pools = self.pools.read().unwrap_or_else(PoisonError::into_inner);
        let known = pools.iter().find(|(owner, _)| *owner == runtime);
        if let Some((_, pool)) = known {
            return Arc::clone(pool);
        }
        drop(pools);
        self.add(runtime)
    }

    fn add(&self, runtime: Option<Id>) -> Arc<Pool> {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread of the same runtime may have created it in the meantime.
        if let Some((_, pool)) = pools.iter().find(|(owner, _)| *owner == runtime) {
            return Arc::clone(pool);
        }
        pools.retain(|(_, pool)| !pool.is_empty());
        let pool = Arc::new(pool(&self.connectors, self.limits));
        pools.push((runtime, Arc::clone(&pool)));
        pool
    }

    /// Drops the idle connections of a pool; a connection in use is closed at the end of its
    /// request.
    pub(super) fn let_go(&self, dead: &Arc<Pool>) {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may already have done so for the same reason.
        pools.retain(|(_, pool)| !Arc::ptr_eq(pool, dead));
    }
}

fn pool(connectors: &Connectors, limits: KeepLimits) -> Pool {
    let pulse = Pulse::new();
    Pool::new(connectors.watched_by(pulse.clone()), pulse, limits)
}

#[cfg(test)]
mod tests {
    use http::Request;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::runtime::{Builder, Runtime};

    use super::*;
    use crate::endpoint::Endpoint;
    use crate::message::Body;

    fn pools(endpoint: &str) -> Pools {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let config = TransportConfig::default();
        Pools::new(Connectors::new(&endpoint, &config).unwrap(), &config)
    }

    fn count(pools: &Pools) -> usize {
        pools.pools.read().unwrap().len()
    }

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn each_runtime_has_one_pool() {
        let pools = pools("http://zoo.test");
        let (first, second) = (runtime(), runtime());
        let own = first.block_on(async { pools.current() });
        let other = second.block_on(async { pools.current() });
        assert!(!Arc::ptr_eq(&own, &other));
        assert!(Arc::ptr_eq(
            &own,
            &first.block_on(async { pools.current() })
        ));
        assert_eq!(count(&pools), 2);
    }

    #[test]
    fn a_pool_is_remembered_while_it_has_connections_and_its_runtime_lives() {
        let (start, started) = std::sync::mpsc::channel();
        let server = runtime();
        std::thread::spawn(move || {
            server.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                start.send(listener.local_addr().unwrap()).unwrap();
                while let Ok((mut stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let mut request = [0; 4096];
                        while stream
                            .read(&mut request)
                            .await
                            .is_ok_and(|length| length > 0)
                        {
                            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                            stream.write_all(answer).await.unwrap();
                        }
                    });
                }
            });
        });
        let url = format!("http://{}/", started.recv().unwrap());
        let pools = pools(url.trim_end_matches('/'));
        let call = |runtime: &Runtime| {
            runtime.block_on(async {
                let target = url.parse().unwrap();
                let pool = pools.current();
                let mut connection = pool.take(&target, Duration::MAX).await.unwrap();
                let request = Request::get(&url).header("host", "zoo.test");
                let request = request.body(Body::empty().into()).unwrap();
                connection.send(request, &target).await.unwrap();
                pool.put_back(connection, &target);
            });
        };
        let lasting = runtime();
        call(&lasting);
        let kept = Arc::as_ptr(&lasting.block_on(async { pools.current() }));
        for _ in 0..20 {
            call(&runtime());
            // The pool of the last runtime that ended is removed when the next one is created.
            assert!(count(&pools) <= 3, "{}", count(&pools));
        }
        let still = lasting.block_on(async { pools.current() });
        assert_eq!(kept, Arc::as_ptr(&still));
    }
}
