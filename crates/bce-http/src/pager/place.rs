//! Positions of pages: page numbers and markers.

use super::cursor::Cursor;
use super::marker::MarkerCursor;
use crate::error::{Delivery, Error, ErrorKind};
use crate::service::Operation;

/// The position of a page: `i64` for a page number, `Option<String>` for a marker.
pub trait Place: private::Sealed + Sized + Send + Unpin + 'static {
    #[doc(hidden)]
    type Cursor: Follow<Self> + Send + Unpin + 'static;
}

impl Place for i64 {
    type Cursor = Cursor;
}

impl Place for Option<String> {
    type Cursor = MarkerCursor;
}

mod private {
    pub trait Sealed {}

    impl Sealed for i64 {}
    impl Sealed for Option<String> {}
}

/// What a response states about its list besides the items: the total count, the marker of the next
/// page, and whether more items follow.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub(super) total: Option<i64>,
    pub(super) marker: Option<&'a str>,
    pub(super) more: Option<bool>,
}

/// Decides which page comes next, and which of its items are new.
pub trait Follow<P> {
    /// Starts at the first page of a list. `may_repeat` tells whether the service may return the
    /// same page for every request.
    fn begin(may_repeat: bool) -> Self;

    /// Returns the position of the next page; `None` at the end of the list.
    fn next(&self) -> Option<P>;

    /// Returns the number of items that are missing at the end of the list. Returns `None` if the
    /// end has not been reached, if no items are missing, or if the total is unknown.
    fn missing(&self) -> Option<u64>;

    /// Processes the page at the position that [`next`](Self::next) returned. Returns for each item
    /// whether it is new.
    ///
    /// # Errors
    ///
    /// If the list cannot be followed any further. The next request then asks for the same page
    /// again.
    fn take(&mut self, keys: Vec<String>, said: Said<'_>) -> Result<Vec<bool>, Stray>;
}

/// The reason why the rest of a list cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    NoMarker,
    Repeats,
    Endless,
}

impl Stray {
    pub(super) fn into_error(self, operation: Option<&'static Operation>) -> Error {
        let what = match self {
            Self::NoMarker => {
                "the list continues, but the response does not contain the marker of the next page"
            }
            Self::Repeats => {
                "the list is circular: the marker of the next page is that of an earlier one"
            }
            Self::Endless => "the list does not end: page after page contains nothing new",
        };
        // Reading a list does not change anything.
        let error = Error::new(ErrorKind::Decode, what).with_delivery(Delivery::Refused);
        error.in_operation(operation)
    }
}
