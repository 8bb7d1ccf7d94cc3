//! A connection to a target, or to a proxy that forwards requests to the target.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream that a [`ProxyConnector`](super::ProxyConnector) returns.
    #[derive(Debug)]
    pub struct ProxyStream<T> {
        #[pin]
        inner: T,
        forwarded: bool,
    }
}

impl<T> ProxyStream<T> {
    /// Creates a stream whose other end is the target.
    pub(super) fn to_target(inner: T) -> Self {
        Self {
            inner,
            forwarded: false,
        }
    }

    /// Creates a stream to a proxy that reads and forwards the requests.
    pub(super) fn to_forwarder(inner: T) -> Self {
        Self {
            inner,
            forwarded: true,
        }
    }
}

impl<T: Connection> Connection for ProxyStream<T> {
    fn connected(&self) -> Connected {
        // This tells pools of connections to write the absolute URI into the request line.
        self.inner.connected().proxy(self.forwarded)
    }
}

impl<T: Read> Read for ProxyStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.project().inner.poll_read(cx, buf)
    }
}

impl<T: Write> Write for ProxyStream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write_vectored(cx, bufs)
    }
}
