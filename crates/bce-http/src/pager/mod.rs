//! Lists that are read page by page, by page number or by marker, as streams of pages or items.
//!
//! # By page number
//!
//! A service counts pages by position, so whatever comes or goes before the position moves the
//! rest. The streams make up for that with the keys of the items they met last, and with
//! `totalCount`:
//!
//! | | the rule | holds while |
//! |---|---|---|
//! | no item twice | an item whose key is remembered is dropped | between two requests, fewer items come in before the position than half of the keys that are remembered |
//! | no item left out, of those that are listed all the time | when `totalCount` has become smaller, the stream goes back and reads the pages again whose items may have moved | `totalCount` is right, fewer items go between two requests than half of the keys that are remembered, none come in behind the position while others go before it, and the list does not bring the same page twelve times in a row |
//! | an end | an empty page, or one shorter than the longest one, unless `totalCount` promises more; eight empty pages in a row; the same page twelve times again, with the same `totalCount`; more pages without a new item than half of the keys that are remembered | always |
//! | what is missing is said | [`Items::missing`] and [`Pages::missing`] compare what came with `totalCount` | `totalCount` is right |
//!
//! The keys of the last 1024 items are remembered, or of four pages where that is more: memory
//! does not grow with the list. `totalCount` never ends a list before an empty or a short page does,
//! so one that is wrong costs requests at most: too small none, too large up to eight. Nor does the
//! size that was asked for end it: services cut it down without saying so. A list that fits on one
//! page therefore takes a second request, for the empty page behind it.
//!
//! Where a service may answer every page alike ([`Paged::MAY_REPEAT`]), the first page that repeats
//! the one before is the end.
//!
//! # By marker
//!
//! Each response names the marker that the next request begins at, so nothing moves.
//!
//! | | the rule |
//! |---|---|
//! | no item twice | an item whose key is remembered is dropped; items without a key are never the same |
//! | no item left out | the list goes on while the service says so, or names a marker; where it says that more follows and names none, that is an error |
//! | an end | the service says that nothing follows, or names no marker. A marker that was there before is an error, as are a thousand pages in a row without a new item. Where a service may answer every page alike, a marker that repeats on a page without a new item is the end |
//! | what is missing is said | as by page number, where there is a `totalCount` |
//!
//! A request that follows one of these errors asks for the same page again. The last 1024 markers are
//! remembered, and circles of more pages are found after going round at most three times.
//!
//! # Both
//!
//! A response without its list is an error, also in the middle; a list that is `null` is empty.
//!
//! A stream is no snapshot: what comes or goes while it runs may or may not be in it.

mod cursor;
mod marker;
mod place;
mod seen_keys;
mod stream;

use crate::error::Error;
use crate::service::Operation;

pub use self::place::Place;
pub use self::stream::{Items, Pages};

/// A list operation that is read page by page.
pub trait Paged: Clone + Send + Unpin + 'static {
    /// What is listed.
    type Item: Send + Unpin + 'static;

    /// Where a page is: `i64` for its number, counted from 1; `Option<String>` for its marker, with
    /// `None` for the first page.
    type Place: Place;

    /// Whether the service may take no notice of the place, and answer every page alike.
    const MAY_REPEAT: bool = false;

    /// Reads the page at this place.
    fn page(
        self,
        place: Self::Place,
    ) -> impl Future<Output = Result<Page<Self::Item>, Error>> + Send + 'static;

    /// Returns what tells one item from another: its id, or its whole content where it has none. Of
    /// a list that is read by marker, an empty key is none: no item is taken for that one.
    fn key(item: &Self::Item) -> String;

    /// Returns the operation, for errors about the list as a whole.
    fn operation() -> Option<&'static Operation> {
        None
    }
}

/// One page of a list.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// Its items; in a stream without those that came before.
    pub items: Vec<T>,
    /// The number of items on all pages, if the service tells it.
    pub total_count: Option<i64>,
    /// The beginning of the next page of a list that is read by marker. An empty one counts as
    /// none.
    pub next_marker: Option<String>,
    /// Whether more follows, if the service says so, of a list that is read by marker.
    pub more: Option<bool>,
}

impl<T> Page<T> {
    /// Creates a page as the service sent it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Page;
    ///
    /// let page = Page::new(vec!["a", "b"], Some(7));
    /// assert_eq!(page.total_count, Some(7));
    /// ```
    pub fn new(items: Vec<T>, total_count: Option<i64>) -> Self {
        Self {
            items,
            total_count,
            next_marker: None,
            more: None,
        }
    }

    /// A page of a list that is read by marker.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Page;
    ///
    /// let page = Page::new(vec!["a"], None).with_next(Some("marker".to_owned()), Some(true));
    /// assert_eq!(page.next_marker.as_deref(), Some("marker"));
    /// ```
    pub fn with_next(mut self, marker: Option<String>, more: Option<bool>) -> Self {
        (self.next_marker, self.more) = (marker, more);
        self
    }
}
