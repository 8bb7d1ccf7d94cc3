//! Reading the whole body of a response.

use std::pin::pin;

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use tokio::task::coop::consume_budget;

use crate::error::BoxError;

/// The buffer for the body of a response has at most this capacity at first, in bytes, whatever
/// length the response announces. The capacity is greater only if more bytes have already been
/// received.
const AT_FIRST: usize = 1 << 20;

/// Reads a body into one buffer. Fails if the body is longer than `limit` bytes.
///
/// Pieces are combined as they arrive, because many pieces of a single byte each would take up
/// fifty times their length. While the buffer grows, the body takes up at most three times its
/// length, or about 1 MiB if that is more.
pub(super) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, BoxError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let announced = body.size_hint().exact();
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    let mut body = pin!(Limited::new(body, limit));
    // A body that arrives in one piece is not copied.
    let mut first = Bytes::new();
    let mut all = Vec::new();
    loop {
        // Lets the time limit of the call take effect even if the body always has more data. This
        // comes before the piece is read, so that the future does not have to store the piece
        // across this await.
        consume_budget().await;
        let Some(frame) = body.frame().await else {
            break;
        };
        let Ok(piece) = frame?.into_data() else {
            continue;
        };
        if first.is_empty() && all.is_empty() {
            first = piece;
            continue;
        }
        let length = first.len() + all.len() + piece.len();
        reserve(&mut all, length, announced.unwrap_or(limit));
        all.extend_from_slice(&std::mem::take(&mut first));
        all.extend_from_slice(&piece);
    }
    if all.is_empty() {
        return Ok(first);
    }
    all.shrink_to_fit();
    Ok(all.into())
}

/// Ensures a capacity of at least `length` bytes. The capacity is doubled, but does not exceed
/// `most` if that is sufficient.
fn reserve(all: &mut Vec<u8>, length: usize, most: usize) {
    if length > all.capacity() {
        let capacity = all.capacity().saturating_mul(2).max(most.min(AT_FIRST));
        let capacity = capacity.min(most).max(length);
        all.reserve_exact(capacity - all.len());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body::{Frame, SizeHint};

    use super::*;

    /// A body with these pieces and this announced length.
    struct Pieces(VecDeque<Frame<Bytes>>, SizeHint);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(Ok))
        }

        fn size_hint(&self) -> SizeHint {
            self.1
        }
    }

    async fn collected(pieces: &[&'static str], announced: Option<u64>) -> Bytes {
        let frames = pieces.iter().map(|piece| Frame::data(Bytes::from(*piece)));
        let hint = announced.map_or(SizeHint::default(), SizeHint::with_exact);
        let body = Pieces(frames.collect(), hint);
        collect(body, 100).await.unwrap()
    }

    #[tokio::test]
    async fn pieces_become_one() {
        assert_eq!(collected(&[], None).await, "");
        assert_eq!(collected(&["", "ab"], None).await, "ab");
        assert_eq!(collected(&["ab", "", "c", "def"], Some(6)).await, "abcdef");
        assert_eq!(collected(&["ab", "c"], Some(1)).await, "abc");
        let body = Bytes::from_static(b"in one piece");
        let frames = [
            Frame::data(body.clone()),
            Frame::trailers(http::HeaderMap::new()),
        ];
        let pieces = Pieces(frames.into(), SizeHint::default());
        assert_eq!(collect(pieces, 100).await.unwrap().as_ptr(), body.as_ptr());
    }

    #[tokio::test]
    async fn what_is_too_long_is_an_error() {
        let frames = [
            Frame::data(Bytes::from_static(&[0; 60])),
            Frame::data(Bytes::from_static(&[0; 60])),
        ];
        let pieces = Pieces(frames.into(), SizeHint::default());
        let error = collect(pieces, 100).await.unwrap_err();
        assert!(error.is::<http_body_util::LengthLimitError>());
    }

    #[test]
    fn room_is_made_for_what_may_come_and_announcements_are_not_believed() {
        let mut all = Vec::new();
        reserve(&mut all, 10, 1 << 40);
        assert_eq!(all.capacity(), AT_FIRST);
        all.resize(AT_FIRST, 0);
        reserve(&mut all, AT_FIRST + 1, AT_FIRST + 10);
        assert_eq!(all.capacity(), AT_FIRST + 10);
        let mut few = Vec::new();
        reserve(&mut few, 10, 20);
        assert_eq!(few.capacity(), 20);
    }
}
