//! Which connections are kept, who gets them, and when they are closed.

use std::io;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, stream};
use http::Request;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::yield_now;

use super::super::config::TransportConfig;
use super::super::connection::GRACE;
use super::super::connector::Connectors;
use super::host::MOST_SPARE;
use super::*;
use crate::connect::{Proxy, Resolver};
use crate::endpoint::Endpoint;
use crate::message::Body;

const LIMITS: KeepLimits = KeepLimits {
    idle_timeout: Duration::from_secs(30),
    max_idle_per_host: usize::MAX,
};

/// Creates a pool that resolves names in this way.
fn pool_with<R>(limits: KeepLimits, lookup: impl Fn() -> R + Send + Sync + 'static) -> Arc<Pool>
where
    R: Future<Output = io::Result<()>> + Send + 'static,
{
    let resolver = Resolver::lookup(move |_| {
        let found = lookup();
        async move { found.await.map(|()| [([127, 0, 0, 1], 0).into()]) }
    });
    let config = TransportConfig {
        proxy: Proxy::none(),
        resolver,
        ..TransportConfig::default()
    };
    let endpoint: Endpoint = "http://zoo.test".parse().unwrap();
    let connectors = Connectors::new(&endpoint, &config).unwrap();
    let pulse = Pulse::new();
    let connector = connectors.watched_by(pulse.clone());
    Arc::new(Pool::new(connector, pulse, limits))
}

/// Creates a pool that does not open a connection before `resolved` is notified.
fn pool_after(resolved: &Arc<Notify>, limits: KeepLimits) -> Arc<Pool> {
    let resolved = Arc::clone(resolved);
    pool_with(limits, move || {
        let resolved = Arc::clone(&resolved);
        async move {
            resolved.notified().await;
            Ok(())
        }
    })
}

/// Creates a pool that opens no connection.
fn pool(limits: KeepLimits) -> Arc<Pool> {
    pool_after(&Arc::default(), limits)
}

fn zoo() -> Uri {
    Uri::from_static("http://zoo.test/animals?page=1")
}

/// Returns a connection and its other end.
async fn connection() -> (Connection, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(1024);
    let connection = Connection::over(TokioIo::new(ours), &Connected::new()).await;
    (connection.unwrap(), theirs)
}

/// Returns a listener and a target that leads to it.
async fn listener() -> (TcpListener, Uri) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = format!("http://zoo.test:{port}/").parse().unwrap();
    (listener, target)
}

/// Returns a request for a connection, which has to wait for one.
fn waiting_request<'a>(
    pool: &'a Arc<Pool>,
    target: &'a Uri,
) -> BoxFuture<'a, Result<Connection, OpenError>> {
    let mut waiting = pool.take(target, Duration::MAX).boxed();
    assert!((&mut waiting).now_or_never().is_none());
    waiting
}

fn idle(pool: &Pool) -> usize {
    pool.lock().hosts.iter().map(|host| host.idle.len()).sum()
}

/// Returns whether the client closes the connection, whose other end this is.
async fn is_closed(mut other_end: DuplexStream) -> bool {
    other_end.read(&mut [0]).await.unwrap() == 0
}

#[tokio::test]
async fn the_connection_that_was_used_last_is_taken_and_only_by_its_host() {
    let pool = pool(LIMITS);
    let (first, _first) = connection().await;
    let (last, _last) = connection().await;
    let expected = Arc::clone(last.info());
    pool.put_back(first, &zoo());
    pool.put_back(last, &zoo());
    for other in ["http://zoo.test:81/", "https://zoo.test/", "http://a.test/"] {
        let other = other.parse().unwrap();
        assert!(
            pool.take(&other, Duration::MAX).now_or_never().is_none(),
            "{other}"
        );
    }
    let same = Uri::from_static("http://ZOO.test/feed");
    let taken = pool
        .take(&same, Duration::MAX)
        .now_or_never()
        .unwrap()
        .unwrap();
    assert!(taken.was_kept());
    assert!(Arc::ptr_eq(taken.info(), &expected));
    assert_eq!(idle(&pool), 1);
}

#[tokio::test]
async fn a_request_that_waits_takes_what_another_returns_and_its_own_connection_is_kept() {
    let (listener, target) = listener().await;
    let resolved = Arc::new(Notify::new());
    let pool = pool_after(&resolved, LIMITS);
    let waiting = waiting_request(&pool, &target);
    let (returned, _other_end) = connection().await;
    let expected = Arc::clone(returned.info());
    pool.put_back(returned, &target);
    assert_eq!(idle(&pool), 0);
    let taken = waiting.await.unwrap();
    assert!(Arc::ptr_eq(taken.info(), &expected));
    resolved.notify_one();
    let _accepted = listener.accept().await.unwrap();
    while idle(&pool) == 0 {
        yield_now().await;
    }
    assert!(!Arc::ptr_eq(
        pool.take(&target, Duration::MAX).await.unwrap().info(),
        &expected
    ));
}

#[tokio::test]
async fn no_connection_is_opened_for_a_request_that_gets_one_at_once() {
    let asked = Arc::new(AtomicBool::new(false));
    let pool = {
        let asked = Arc::clone(&asked);
        pool_with(LIMITS, move || {
            asked.store(true, Ordering::Relaxed);
            std::future::pending()
        })
    };
    let waiting = pool.lock().host(&zoo()).wait();
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &zoo());
    let taken = pool
        .open_unless(waiting, &zoo(), Duration::MAX)
        .await
        .unwrap();
    assert!(taken.was_kept());
    for _ in 0..10 {
        yield_now().await;
    }
    assert!(!asked.load(Ordering::Relaxed));
}

#[tokio::test]
async fn few_connections_are_being_opened_that_no_request_needs_any_more() {
    let opening = Arc::new(());
    let pool = {
        let opening = Arc::clone(&opening);
        pool_with(LIMITS, move || {
            let opening = Arc::clone(&opening);
            async move {
                let _opening = opening;
                std::future::pending().await
            }
        })
    };
    let unused = Arc::strong_count(&opening);
    let target = zoo();
    let (mut connection, _other_end) = connection().await;
    for _ in 0..3 * MOST_SPARE {
        let waiting = waiting_request(&pool, &target);
        pool.put_back(connection, &target);
        connection = waiting.await.unwrap();
    }
    assert_eq!(Arc::strong_count(&opening) - unused, MOST_SPARE);
}

#[tokio::test]
async fn a_request_that_cannot_connect_takes_what_is_returned_at_the_same_time() {
    let returned = Arc::new(Mutex::new(None::<(Arc<Pool>, Connection)>));
    let pool = {
        let returned = Arc::clone(&returned);
        pool_with(LIMITS, move || {
            if let Some((pool, connection)) = returned.lock().unwrap().take() {
                pool.put_back(connection, &zoo());
            }
            async { Err(io::Error::other("no name server")) }
        })
    };
    let (connection, _other_end) = connection().await;
    *returned.lock().unwrap() = Some((Arc::clone(&pool), connection));
    assert!(pool.take(&zoo(), Duration::MAX).await.unwrap().was_kept());
    let failed = pool.take(&zoo(), Duration::MAX).await;
    assert!(matches!(failed, Err(OpenError::Connect(_))));
}

#[tokio::test]
async fn a_connection_that_the_peer_closed_takes_no_place() {
    let pool = pool(KeepLimits {
        max_idle_per_host: 1,
        ..LIMITS
    });
    let (dead, other_end) = connection().await;
    pool.put_back(dead, &zoo());
    drop(other_end);
    yield_now().await;
    let (alive, _alive) = connection().await;
    pool.put_back(alive, &zoo());
    assert!(
        pool.take(&zoo(), Duration::MAX)
            .now_or_never()
            .unwrap()
            .is_ok()
    );
}

#[tokio::test]
async fn a_reaper_that_ended_early_is_replaced() {
    let pool = pool(LIMITS);
    let (first, _first) = connection().await;
    pool.put_back(first, &zoo());
    let reaper = pool.lock().reaper.clone().unwrap();
    reaper.abort();
    while !reaper.is_finished() {
        yield_now().await;
    }
    let (second, _second) = connection().await;
    pool.put_back(second, &zoo());
    assert!(!pool.lock().reaper.as_ref().unwrap().is_finished());
}

#[tokio::test]
async fn a_request_that_no_longer_waits_costs_no_connection() {
    let pool = pool(LIMITS);
    for _ in 0..100 {
        assert!(pool.take(&zoo(), Duration::MAX).now_or_never().is_none());
    }
    assert!(pool.lock().host(&zoo()).waiting.len() <= 4);
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &zoo());
    assert_eq!(idle(&pool), 1);
}

#[tokio::test]
async fn a_returned_connection_that_is_closed_makes_no_request_fail() {
    let (_listener, target) = listener().await;
    let resolved = Arc::new(Notify::new());
    let pool = pool_after(&resolved, LIMITS);
    let mut waiting = waiting_request(&pool, &target);
    let (returned, other_end) = connection().await;
    let probe = Arc::clone(returned.info());
    pool.put_back(returned, &target);
    drop(other_end);
    // Lets the task of the connection notice it before the request runs.
    yield_now().await;
    assert!((&mut waiting).now_or_never().is_none());
    resolved.notify_one();
    let taken = waiting.await.unwrap();
    assert!(!taken.was_kept() && !Arc::ptr_eq(taken.info(), &probe));
}

#[tokio::test]
async fn no_more_connections_are_kept_than_allowed() {
    let pool = pool(KeepLimits {
        max_idle_per_host: 1,
        ..LIMITS
    });
    let (first, _first) = connection().await;
    let (second, other_end) = connection().await;
    pool.put_back(first, &zoo());
    pool.put_back(second, &zoo());
    assert!(is_closed(other_end).await);
    assert_eq!(idle(&pool), 1);
    let (elsewhere, _elsewhere) = connection().await;
    pool.put_back(elsewhere, &Uri::from_static("http://a.test/"));
    assert_eq!(idle(&pool), 2);
}

#[tokio::test]
async fn a_pool_that_keeps_nothing_passes_no_connection_on_either() {
    let without_place = KeepLimits {
        max_idle_per_host: 0,
        ..LIMITS
    };
    let without_time = KeepLimits {
        idle_timeout: Duration::ZERO,
        ..LIMITS
    };
    let target = zoo();
    for limits in [KeepLimits::NONE, without_place, without_time] {
        let pool = pool(limits);
        let waiting = waiting_request(&pool, &target);
        let (returned, other_end) = connection().await;
        pool.put_back(returned, &target);
        assert!(waiting.now_or_never().is_none(), "{limits:?}");
        assert!(is_closed(other_end).await);
    }
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_in_time() {
    let pool = pool(LIMITS);
    let (old, old_end) = connection().await;
    pool.put_back(old, &zoo());
    tokio::time::advance(Duration::from_secs(20)).await;
    let (young, young_end) = connection().await;
    pool.put_back(young, &zoo());
    let began = Instant::now();
    assert!(is_closed(old_end).await);
    assert!(began.elapsed() <= Duration::from_millis(10_100));
    assert_eq!(idle(&pool), 1);
    assert!(is_closed(young_end).await);
    assert!(began.elapsed() <= Duration::from_millis(30_100));
    assert!(pool.lock().reaper.is_none());
}

#[tokio::test(start_paused = true)]
async fn one_reaper_serves_many_requests() {
    let pool = pool(LIMITS);
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &zoo());
    let reaper = pool.lock().reaper.clone().unwrap();
    for _ in 0..3 {
        let taken = pool.take(&zoo(), Duration::MAX).await.unwrap();
        // The reaper could run now, while no connection is idle.
        yield_now().await;
        pool.put_back(taken, &zoo());
    }
    assert_eq!(pool.lock().reaper.as_ref().unwrap().id(), reaper.id());
    assert!(!reaper.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_closed_in_time_is_not_taken() {
    let pool = pool(LIMITS);
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &zoo());
    // The reaper could not run, as when a runtime is driven only now and then.
    if let Some(reaper) = &pool.lock().reaper {
        reaper.abort();
    }
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(pool.take(&zoo(), Duration::MAX).now_or_never().is_none());
    assert_eq!(idle(&pool), 0);
}

const RECENTLY: Duration = Duration::from_secs(1);
const TOO_LONG: Duration = Duration::from_millis(1001);

#[tokio::test(start_paused = true)]
async fn a_request_can_refuse_what_has_been_idle_for_long() {
    let pool = pool(LIMITS);
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &zoo());
    tokio::time::advance(RECENTLY).await;
    let recent = pool.take(&zoo(), RECENTLY).now_or_never();
    pool.put_back(recent.unwrap().unwrap(), &zoo());
    tokio::time::advance(TOO_LONG).await;
    assert!(pool.take(&zoo(), RECENTLY).now_or_never().is_none());
    let (just_used, _other_end) = connection().await;
    let expected = Arc::clone(just_used.info());
    pool.put_back(just_used, &zoo());
    let taken = pool.take(&zoo(), RECENTLY).await.unwrap();
    assert!(Arc::ptr_eq(taken.info(), &expected));
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_place_of_one_that_was_refused_is_not_one_more() {
    let limits = KeepLimits {
        max_idle_per_host: 3,
        ..LIMITS
    };
    let pool = pool(limits);
    let mut other_ends = Vec::new();
    for _ in 0..3 {
        let (returned, other_end) = connection().await;
        pool.put_back(returned, &zoo());
        other_ends.push(other_end);
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    for _ in 0..3 {
        tokio::time::advance(TOO_LONG).await;
        assert!(pool.take(&zoo(), RECENTLY).now_or_never().is_none());
        // The oldest one makes room.
        assert!(is_closed(other_ends.remove(0)).await);
        let (opened, other_end) = connection().await;
        let expected = Arc::clone(opened.info());
        pool.put_back(opened, &zoo());
        other_ends.push(other_end);
        assert_eq!(idle(&pool), 3);
        let taken = pool.take(&zoo(), RECENTLY).await.unwrap();
        assert!(Arc::ptr_eq(taken.info(), &expected));
        pool.put_back(taken, &zoo());
    }
}

#[tokio::test]
async fn what_was_returned_long_before_a_request_looks_is_refused_as_well() {
    let (listener, target) = listener().await;
    let resolved = Arc::new(Notify::new());
    let pool = pool_after(&resolved, LIMITS);
    let mut waiting = pool.take(&target, RECENTLY).boxed();
    assert!((&mut waiting).now_or_never().is_none());
    let (returned, _other_end) = connection().await;
    let refused = Arc::clone(returned.info());
    pool.put_back(returned, &target);
    tokio::time::pause();
    tokio::time::advance(TOO_LONG).await;
    tokio::time::resume();
    resolved.notify_one();
    let (taken, _accepted) = tokio::join!(waiting, listener.accept());
    assert!(!Arc::ptr_eq(taken.unwrap().info(), &refused));
}

#[tokio::test]
async fn the_connections_of_a_dropped_pool_are_closed() {
    let pool = pool(LIMITS);
    let (returned, other_end) = connection().await;
    pool.put_back(returned, &zoo());
    let reaper = pool.lock().reaper.clone().unwrap();
    drop(pool);
    assert!(is_closed(other_end).await);
    while !reaper.is_finished() {
        yield_now().await;
    }
}

#[tokio::test]
async fn hosts_without_connections_are_forgotten() {
    let pool = pool(LIMITS);
    for number in 0..100 {
        let target: Uri = format!("http://{number}.test/").parse().unwrap();
        let (returned, _other_end) = connection().await;
        pool.put_back(returned, &target);
        pool.take(&target, Duration::MAX).await.unwrap();
    }
    assert!(pool.lock().hosts.len() <= 2);
}

#[tokio::test]
async fn hosts_with_waiting_requests_are_remembered() {
    let pool = pool(LIMITS);
    let target = zoo();
    let waiting = waiting_request(&pool, &target);
    let (elsewhere, _elsewhere) = connection().await;
    pool.put_back(elsewhere, &Uri::from_static("http://a.test/"));
    let (returned, _other_end) = connection().await;
    pool.put_back(returned, &target);
    assert!(waiting.now_or_never().is_some_and(|taken| taken.is_ok()));
}

/// Returns a connection whose response has arrived although its request is not written yet, its
/// other end, and what sends the rest of the request.
async fn answered_early() -> (Connection, DuplexStream, oneshot::Sender<Bytes>) {
    let (mut early, mut other_end) = connection().await;
    let (finish, finished) = oneshot::channel();
    let rest = stream::once(async { finished.await.map_err(Into::into) });
    let request = Request::put("/").body(Body::stream(rest, None).into());
    let response = early.send(request.unwrap(), &zoo());
    let answered = async {
        assert!(other_end.read(&mut [0; 1024]).await.unwrap() > 0);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        other_end.write_all(answer).await.unwrap();
    };
    let (response, ()) = tokio::join!(response, answered);
    response.unwrap();
    (early, other_end, finish)
}

#[tokio::test]
async fn a_connection_is_kept_once_its_request_has_been_written() {
    let pool = pool(LIMITS);
    let (early, _other_end, finish) = answered_early().await;
    pool.put_back(early, &zoo());
    for _ in 0..100 {
        yield_now().await;
    }
    assert_eq!(idle(&pool), 0);
    finish.send(Bytes::from("the rest")).unwrap();
    while idle(&pool) == 0 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_request_is_not_written_in_time_is_closed() {
    let pool = pool(LIMITS);
    let (early, other_end, _finish) = answered_early().await;
    pool.put_back(early, &zoo());
    let closed = tokio::time::timeout(3 * GRACE, is_closed(other_end));
    assert!(closed.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_connection_is_closed_in_time_even_if_the_peer_does_not_read() {
    let (mut connection, mut other_end) = connection().await;
    let long = "a".repeat(1 << 20);
    let request = Request::put("/").body(Body::from(long.clone()).into());
    let mut response = connection.send(request.unwrap(), &zoo()).boxed();
    for _ in 0..10 {
        assert!((&mut response).now_or_never().is_none());
        yield_now().await;
    }
    drop((response, connection));
    yield_now().await;
    tokio::time::advance(GRACE).await;
    yield_now().await;
    let mut sent = Vec::new();
    let closed = tokio::time::timeout(GRACE, other_end.read_to_end(&mut sent));
    closed.await.unwrap().unwrap();
    assert!(
        !sent.is_empty() && sent.len() < long.len(),
        "{}",
        sent.len()
    );
}
