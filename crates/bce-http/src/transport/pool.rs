//! Pools of connections, one for each runtime. A pool is dropped when its connections turn out to
//! be dead.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Request;
use hyper_util::client::legacy::{Builder, Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{Handle, Id};

use super::config::TransportConfig;
use super::connector::{Connector, Connectors};
use super::first_bytes::Opening;
use super::pool_health::Pulse;
use crate::context::Handover;
use crate::message::WireBody;

/// A connection is idle for at most this long. The time is limited because an `Instant` cannot
/// represent arbitrarily late times.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 3600);

/// A response may have at most this many headers. This is hyper's default limit. It is not set
/// explicitly, because hyper would then initialize space for this many headers for every response.
/// A larger limit would also cost an allocation.
pub(super) const MAX_HEADERS: usize = 100;

/// The pools of a transport.
///
/// A connection is driven by a task on the runtime that opened it. If another runtime took the
/// connection from a pool, its requests would have to wait for the first runtime, or would fail
/// after the first runtime has ended.
pub(super) struct Pools {
    connectors: Connectors,
    idle_timeout: Duration,
    max_idle_per_host: usize,
    /// The pools, each with the id of its runtime. There are few of them, so searching is fast, and
    /// the list rarely changes, so readers rarely wait.
    pools: RwLock<Vec<(Option<Id>, Arc<Pool>)>>,
    /// A pool that makes a new connection for each request, and keeps none.
    unpooled: Arc<Pool>,
}

/// The connections that one runtime has opened; or, in `Pools::unpooled`, connections that are not
/// kept.
struct Pool {
    client: Client<Connector, WireBody>,
    pulse: Pulse,
}

impl Pool {
    fn new(connectors: &Connectors, set: impl FnOnce(&mut Builder)) -> Self {
        let pulse = Pulse::new();
        let mut client = Client::builder(TokioExecutor::new());
        set(&mut client);
        let client = client.build(connectors.watched_by(pulse.clone()));
        Self { client, pulse }
    }

    /// Returns whether the pool can be dropped because it has no connections and is not in use.
    /// This is the case, for example, once its runtime has ended.
    fn is_empty(self: &Arc<Self>) -> bool {
        self.pulse.open() == 0 && Arc::strong_count(self) == 1
    }
}

impl Pools {
    pub(super) fn new(connectors: Connectors, config: &TransportConfig) -> Self {
        let unpooled = Arc::new(Pool::new(&connectors, |client| {
            client.pool_max_idle_per_host(0);
        }));
        Self {
            unpooled,
            connectors,
            idle_timeout: config.pool_idle_timeout.min(LONGEST_IDLE),
            max_idle_per_host: config.pool_max_idle_per_host,
            pools: RwLock::default(),
        }
    }

    /// Returns the pool of the current runtime. Creates it if necessary.
    fn current(&self) -> Arc<Pool> {
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
        let pool = Arc::new(self.pool());
        pools.push((runtime, Arc::clone(&pool)));
        pool
    }

    fn pool(&self) -> Pool {
        Pool::new(&self.connectors, |client| {
            client
                .pool_idle_timeout(self.idle_timeout)
                .pool_max_idle_per_host(self.max_idle_per_host)
                // Without a timer, the pool would drop idle connections only when another
                // connection is requested.
                .pool_timer(TokioTimer::new());
        })
    }

    /// Drops the idle connections of a pool; a connection in use is closed at the end of its
    /// request.
    fn let_go(&self, dead: &Arc<Pool>) {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may already have done so for the same reason.
        pools.retain(|(_, pool)| !Arc::ptr_eq(pool, dead));
    }
}

/// A request under way on a connection of a pool, until the head of its response has been received.
///
/// A middlebox that silently forgets connections forgets all that were idle. So if a request over
/// an idle connection ends, because of a time limit or an error, and no connection of the pool has
/// received a single byte in the meantime, the other idle connections are dropped instead of being
/// tried one after another. They are kept if a new connection was made in the meantime, because a
/// slow new connection proves nothing about the idle ones.
pub(super) struct Exchange<'a> {
    pools: &'a Pools,
    pool: Arc<Pool>,
    handover: Handover,
    /// How many times the connections of the pool had received data when the request began.
    heard: usize,
    /// How many connections of the pool had been made when the request began.
    made: usize,
}

impl<'a> Exchange<'a> {
    /// Creates the exchange for a request over a connection from the pool of the current runtime.
    /// `handover` tells whether a connection has taken the request.
    pub(super) fn over_kept(pools: &'a Pools, handover: Handover) -> Self {
        Self::new(pools, pools.current(), handover)
    }

    /// Creates the exchange for a request over a new connection that is used only for this request.
    /// `handover` tells whether the connection has taken the request.
    pub(super) fn over_new(pools: &'a Pools, handover: Handover) -> Self {
        Self::new(pools, Arc::clone(&pools.unpooled), handover)
    }

    fn new(pools: &'a Pools, pool: Arc<Pool>, handover: Handover) -> Self {
        Self {
            pools,
            handover,
            heard: pool.pulse.heard(),
            made: pool.pulse.made(),
            pool,
        }
    }

    pub(super) fn send(&self, request: Request<WireBody>) -> ResponseFuture {
        self.pool.client.request(request)
    }

    /// Returns the first bytes that the peer has sent on one of the pool's latest connections: see
    /// [`Pulse::opening`].
    pub(super) fn opening(&self) -> Opening {
        self.pool.pulse.opening()
    }

    /// Returns whether the request used a connection that already existed: the request has a
    /// connection, and no connection has been made since the request began. If one was made, even
    /// for another request, returns `false`: that connection already shows whether the peer can be
    /// reached.
    fn reused(&self) -> bool {
        self.handover.may_have_happened() && self.pool.pulse.made() == self.made
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if self.pool.pulse.heard() == self.heard && self.reused() {
            self.pools.let_go(&self.pool);
        }
    }
}

#[cfg(test)]
mod tests {
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
                let body = WireBody::new(Body::empty(), None);
                let request = Request::get(&url).body(body).unwrap();
                let exchange = Exchange::over_kept(&pools, Handover::Unknown);
                exchange.send(request).await.unwrap();
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
