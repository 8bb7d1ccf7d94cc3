//! Counts the connections of a pool, and how often they received data. Also records the first bytes
//! that they received.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower_service::Service;

use super::first_bytes::Opening;

/// Counts the connections of one pool, and how often they received data. Clones share the same
/// counts.
#[derive(Clone, Debug)]
pub(super) struct Pulse(Arc<Signs>);

#[derive(Debug)]
struct Signs {
    /// How many times data was received. This is a counter and not a time, since reading a clock
    /// takes longer than counting.
    heard: AtomicUsize,
    open: AtomicUsize,
    made: AtomicUsize,
    /// The first bytes that a connection received. Whenever a connection receives its first bytes,
    /// they replace those of the previous connection. Cleared when a new connection is made.
    opening: Mutex<Opening>,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Arc::new(Signs {
            heard: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            made: AtomicUsize::new(0),
            opening: Mutex::default(),
        }))
    }

    /// Returns how many times data was received on any of the connections.
    pub(super) fn heard(&self) -> usize {
        self.0.heard.load(Ordering::Relaxed)
    }

    /// Returns the number of open connections.
    pub(super) fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Returns the number of connections that have been made.
    pub(super) fn made(&self) -> usize {
        self.0.made.load(Ordering::Relaxed)
    }

    /// Returns the first bytes that a connection received. Whenever a connection receives its first
    /// bytes, they replace those of the previous connection. Empty after a new connection was made,
    /// until a connection receives its first bytes. It does not matter which of the connections
    /// received the bytes as long as all of them lead to the same peer, as those of a client do.
    pub(super) fn opening(&self) -> Opening {
        *self.lock_opening()
    }

    fn lock_opening(&self) -> MutexGuard<'_, Opening> {
        let opening = &self.0.opening;
        opening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) {
        self.0.heard.fetch_add(1, Ordering::Relaxed);
    }
}

/// A connector that counts its connections, and how often they receive data.
#[derive(Clone, Debug)]
pub(super) struct Watched<C> {
    inner: C,
    pulse: Pulse,
}

impl<C> Watched<C> {
    pub(super) const fn new(inner: C, pulse: Pulse) -> Self {
        Self { inner, pulse }
    }
}

impl<C, T> Service<Uri> for Watched<C>
where
    C: Service<Uri, Response = TokioIo<T>>,
    C::Future: Send + 'static,
{
    type Response = TokioIo<WatchedStream<T>>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, C::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = self.inner.call(target);
        let pulse = self.pulse.clone();
        Box::pin(async move {
            let inner = connecting.await?.into_inner();
            pulse.0.open.fetch_add(1, Ordering::Relaxed);
            pulse.0.made.fetch_add(1, Ordering::Relaxed);
            // The bytes of older connections are forgotten, because the server may have been
            // reconfigured.
            *pulse.lock_opening() = Opening::default();
            Ok(TokioIo::new(WatchedStream {
                inner,
                pulse,
                begun: false,
            }))
        })
    }
}

/// A connection of a [`Watched`] connector.
#[derive(Debug)]
pub(super) struct WatchedStream<T> {
    inner: T,
    pulse: Pulse,
    /// Whether the connection has received data.
    begun: bool,
}

impl<T> Drop for WatchedStream<T> {
    fn drop(&mut self) {
        self.pulse.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T: Connection> Connection for WatchedStream<T> {
    fn connected(&self) -> Connected {
        self.inner.connected()
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for WatchedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        // Reading from a closed connection returns zero bytes.
        if let Some(bytes @ [_, ..]) = buf.filled().get(before..) {
            self.pulse.note();
            if !std::mem::replace(&mut self.begun, true) {
                *self.pulse.lock_opening() = Opening::new(bytes);
            }
        }
        result
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for WatchedStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }
}
