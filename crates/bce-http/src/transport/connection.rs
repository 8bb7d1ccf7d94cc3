//! A connection, which sends one request after another.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::uri::{Parts, Scheme};
use http::{Extensions, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::{Connected, Connection as _, HttpInfo};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower::ServiceExt as _;

use super::connector::Connector;
use crate::context::ConnectionInfo;
use crate::error::BoxError;
use crate::message::WireBody;

/// A response may have at most this many headers. This is hyper's default limit. It is not set
/// explicitly, because hyper would then initialize space for this many headers for every response.
/// A larger limit would also cost an allocation.
pub(super) const MAX_HEADERS: usize = 100;

/// Once the response of a request has been read, or its call was dropped, its connection may take
/// this long to write the rest of the request. hyper itself sets no limit, and a peer that does not
/// read would keep the connection open.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// An HTTP/1.1 connection. A task of the runtime drives it; when this value is dropped, the task
/// closes the connection, at the latest after [`GRACE`].
#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<WireBody>,
    info: Arc<ConnectionInfo>,
    /// Whether a proxy at the other end reads and forwards the requests.
    forwarded: bool,
    /// Whether the connection has been in the pool.
    kept: bool,
    /// Tells the task that drives the connection when this value is dropped.
    _needed: oneshot::Sender<Infallible>,
}

/// The reason why there is no new connection.
#[derive(Debug)]
pub(super) enum OpenError {
    /// The connector failed: name resolution, TCP, the proxy or TLS.
    Connect(BoxError),
    /// The peer closed the connection before any request.
    Closed,
    /// The connection failed before any request, or the peer sent something.
    Unusable(hyper::Error),
}

impl Connection {
    /// Opens a connection, and returns it once it can send a request.
    pub(super) async fn open(connector: Connector, origin: Uri) -> Result<Self, OpenError> {
        let stream = connector.oneshot(origin).await;
        let stream = stream.map_err(OpenError::Connect)?;
        let connected = stream.connected();
        Self::over(stream, &connected).await
    }

    /// Creates a connection over a stream.
    pub(super) async fn over<T>(stream: T, connected: &Connected) -> Result<Self, OpenError>
    where
        T: Read + Write + Unpin + Send + 'static,
    {
        let handshake = http1::handshake(stream).await;
        let (mut sender, mut driver) = handshake.map_err(OpenError::Unusable)?;
        // The connection is driven here until it is ready, because a failure is reported to its
        // driver and not to the sender.
        match select(&mut driver, pin!(sender.ready())).await {
            Either::Left((Ok(()), _)) => return Err(OpenError::Closed),
            Either::Left((Err(error), _)) => return Err(OpenError::Unusable(error)),
            Either::Right((ready, _)) => ready.map_err(OpenError::Unusable)?,
        }
        let (needed, dropped) = oneshot::channel();
        tokio::spawn(async move {
            if let Either::Right((_, driver)) = select(driver, dropped).await {
                let _ = tokio::time::timeout(GRACE, driver).await;
            }
        });
        let info = ConnectionInfo {
            peer: peer(connected),
            made: Instant::now(),
        };
        Ok(Self {
            sender,
            info: Arc::new(info),
            forwarded: connected.is_proxied(),
            kept: false,
            _needed: needed,
        })
    }

    pub(super) const fn info(&self) -> &Arc<ConnectionInfo> {
        &self.info
    }

    /// Returns whether the connection has been in the pool, so that the peer may have closed it in
    /// the meantime.
    pub(super) const fn was_kept(&self) -> bool {
        self.kept
    }

    /// Records that the connection has been in the pool.
    pub(super) const fn mark_kept(&mut self) {
        self.kept = true;
    }

    /// Returns whether the connection can send a request now.
    pub(super) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Waits until the connection can send a request. Returns `false` if it was closed, or cannot
    /// send one within [`GRACE`].
    pub(super) async fn becomes_ready(&mut self) -> bool {
        let ready = tokio::time::timeout(GRACE, self.sender.ready()).await;
        ready.is_ok_and(|ready| ready.is_ok())
    }

    /// Sends a request to the target, and returns the response as soon as its head has been
    /// received. The error contains the request if no part of it was written.
    ///
    /// Even if the returned future is dropped without being polled, the request may be sent.
    pub(super) fn send(
        &mut self,
        mut request: Request<WireBody>,
        target: &Uri,
    ) -> impl Future<Output = Result<Response<Incoming>, TrySendError<Request<WireBody>>>> + use<>
    {
        *request.uri_mut() = match self.forwarded && target.scheme() != Some(&Scheme::HTTPS) {
            true => target.clone(),
            false => without_origin(target),
        };
        self.sender.try_send_request(request)
    }
}

/// Returns the address of the peer, if the connector reports it.
fn peer(connected: &Connected) -> Option<SocketAddr> {
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    extras.get::<HttpInfo>().map(HttpInfo::remote_addr)
}

/// Returns only the path and the query of a URI.
fn without_origin(target: &Uri) -> Uri {
    let mut parts = Parts::default();
    parts.path_and_query = target.path_and_query().cloned();
    // A path and a query alone are a valid URI; without them, the path is `/`.
    Uri::from_parts(parts).unwrap_or_default()
}
