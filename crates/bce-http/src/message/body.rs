//! The body of a request: bytes, which can be sent again, or a stream, which cannot.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use crate::error::BoxError;

type BoxStream = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// The body of a request.
///
/// A body of bytes can be sent again, so a call with such a body may be retried. A stream can be
/// sent only once.
pub struct Body(Kind);

enum Kind {
    Bytes(Bytes),
    Stream {
        stream: BoxStream,
        length: Option<u64>,
    },
}

impl Body {
    /// Creates an empty body.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    ///
    /// assert!(Body::empty().is_empty());
    /// ```
    pub const fn empty() -> Self {
        Self(Kind::Bytes(Bytes::new()))
    }

    /// Creates a body from a stream, which is read while the request is being sent. `length` is the
    /// length of the content in bytes, if it is known; it becomes the `content-length` that is
    /// signed and sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    /// use bytes::Bytes;
    /// use futures_util::stream;
    ///
    /// let chunks = [Bytes::from("con"), Bytes::from("tent")];
    /// let body = Body::stream(stream::iter(chunks.map(Ok)), Some(7));
    /// assert_eq!(body.len(), Some(7));
    /// assert!(body.try_clone().is_none(), "a stream is sent once");
    /// ```
    pub fn stream<S>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, BoxError>> + Send + 'static,
    {
        Self(Kind::Stream {
            stream: Box::pin(stream),
            length,
        })
    }

    /// Returns the content, or `None` if it is a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    ///
    /// let body = Body::from("content");
    /// assert_eq!(body.as_bytes().map(|bytes| bytes.len()), Some(7));
    /// ```
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream { .. } => None,
        }
    }

    /// Returns the length in bytes, or `None` for a stream of unknown length.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    ///
    /// assert_eq!(Body::from("content").len(), Some(7));
    /// ```
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Kind::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Kind::Stream { length, .. } => *length,
        }
    }

    /// Returns whether the body is known to be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    ///
    /// assert!(!Body::from("content").is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Returns a second body with the same content; `None` for a stream, because it can be sent
    /// only once.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Body;
    ///
    /// assert!(Body::from("content").try_clone().is_some());
    /// ```
    pub fn try_clone(&self) -> Option<Self> {
        self.as_bytes().cloned().map(Self::from)
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

/// Shows only the length, and whether the body is a stream, because bodies may contain passwords
/// and tokens.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.as_bytes().is_some() {
            "bytes"
        } else {
            "stream"
        };
        f.debug_struct("Body")
            .field("kind", &kind)
            .field("len", &self.len())
            .finish()
    }
}

/// The body that hyper reads. It keeps `http_body` out of the public API.
///
/// The type is small, since futures reserve space for a request in several places.
pub(crate) struct WireBody {
    /// The content; `None` if it is empty.
    kind: Option<Box<Kind>>,
}

impl From<Body> for WireBody {
    fn from(body: Body) -> Self {
        let is_empty = body.as_bytes().is_some_and(Bytes::is_empty);
        Self {
            kind: (!is_empty).then(|| Box::new(body.0)),
        }
    }
}

/// Shows nothing of the content, because bodies may contain passwords and tokens.
impl fmt::Debug for WireBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireBody").finish_non_exhaustive()
    }
}

impl http_body::Body for WireBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(kind) = &mut self.kind else {
            return Poll::Ready(None);
        };
        match &mut **kind {
            Kind::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Stream { stream, .. } => stream
                .as_mut()
                .poll_next(cx)
                .map(|item| item.map(|chunk| chunk.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self.kind.as_deref() {
            None => true,
            Some(Kind::Bytes(bytes)) => bytes.is_empty(),
            Some(Kind::Stream { .. }) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.kind.as_deref() {
            None => SizeHint::with_exact(0),
            Some(Kind::Bytes(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            Some(Kind::Stream {
                length: Some(length),
                ..
            }) => SizeHint::with_exact(*length),
            Some(Kind::Stream { length: None, .. }) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Never;

    impl Stream for Never {
        type Item = Result<Bytes, BoxError>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }

    #[test]
    fn only_bytes_can_be_replayed() {
        assert!(Body::from("abc").try_clone().is_some());
        assert!(Body::stream(Never, Some(3)).try_clone().is_none());
    }

    #[test]
    fn debug_shows_no_content() {
        let text = format!("{:?}", Body::from("password"));
        assert_eq!(text, r#"Body { kind: "bytes", len: Some(8) }"#);
    }
}
