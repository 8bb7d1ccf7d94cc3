//! The body of a response, which may be truncated.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// An error that makes the server close the connection immediately.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("closed on purpose")]
pub(crate) struct Closed;

/// A body that announces its length. It has that length unless it is truncated.
#[derive(Debug)]
pub(crate) struct Body {
    rest: Option<Bytes>,
    announced: u64,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Regular,
    /// The body is truncated: the connection is closed once the bytes that are kept have been sent.
    Cut {
        flushed: bool,
    },
}

impl Body {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self {
            announced: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            rest: Some(bytes).filter(|bytes| !bytes.is_empty()),
            end: End::Regular,
        }
    }

    /// Truncates the body to its first `bytes` bytes, but keeps the announced length.
    pub(crate) fn cut(mut self, bytes: usize) -> Self {
        let rest = self.rest.take().unwrap_or_default();
        if bytes < rest.len() {
            self.end = End::Cut { flushed: false };
        }
        let kept = rest.slice(..bytes.min(rest.len()));
        self.rest = Some(kept).filter(|kept| !kept.is_empty());
        self
    }

    /// Returns those bytes of the body that have not been sent yet.
    #[cfg(test)]
    pub(crate) fn into_bytes(self) -> Bytes {
        self.rest.unwrap_or_default()
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if let Some(bytes) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.end {
            End::Regular => Poll::Ready(None),
            End::Cut { flushed: true } => Poll::Ready(Some(Err(Closed))),
            End::Cut { flushed: false } => {
                // The server flushes when a body is pending, but drops its buffer on an error.
                self.end = End::Cut { flushed: true };
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.end == End::Regular
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.rest, self.end) {
            (None, End::Regular) => SizeHint::with_exact(0),
            _ => SizeHint::with_exact(self.announced),
        }
    }
}
