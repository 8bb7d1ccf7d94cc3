//! Accepting, serving and closing connections.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::body::{Body, Closed};
use super::limits::Limits;
use super::stall::StallLimit;

/// The time within which current requests may finish when the server ends.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause after a failure to accept a connection, for example because no file descriptors are
/// left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The smallest buffer size that the HTTP library supports.
const LEAST_BUFFER: usize = 8192;

/// A service that responds to HTTP requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// Responds to one request, or closes its connection.
    fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Body>, Closed>> + Send;
}

/// A running server. Dropping it ends every connection immediately.
#[derive(Debug)]
pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    task: Task,
}

/// A task that is aborted when this value is dropped.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Server {
    pub(crate) fn spawn(listener: TcpListener, service: Arc<impl Service>, limits: Limits) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self {
            stop,
            task: Task(tokio::spawn(run(listener, service, limits, stopped))),
        }
    }

    /// Stops accepting connections, lets current requests finish within [`SHUTDOWN_TIMEOUT`], and
    /// ends the server.
    pub(crate) async fn stop(self) {
        let Self { stop, mut task } = self;
        let _ = stop.send(());
        let _ = (&mut task.0).await;
    }
}

async fn run(
    listener: TcpListener,
    service: Arc<impl Service>,
    limits: Limits,
    mut stopped: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let places = limits.connections.clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(places));
    // All connections are aborted when the set is dropped, here or because this task is aborted.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = accept(&listener, &places) => {
                let (service, limits) = (Arc::clone(&service), limits.clone());
                let watcher = graceful.watcher();
                if let Some((stream, place)) = accepted {
                    connections.spawn(async move {
                        serve(stream, watcher, service, limits).await;
                        drop(place);
                    });
                }
            }
            Some(_) = connections.join_next() => {}
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn serve(stream: TcpStream, watcher: Watcher, service: Arc<impl Service>, limits: Limits) {
    let stream = StallLimit::new(stream, limits.write_time);
    let service = service_fn(move |request| Arc::clone(&service).call(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head_size.max(LEAST_BUFFER))
        .max_header_size(limits.head_size)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "connection ended");
    }
}
