//! Lists that are read page by page, by page number or by marker, as streams of pages or items.
//!
//! # By page number
//!
//! A service counts pages by position, so if items before the current position are added or
//! removed, the rest of the list shifts. The streams compensate for this with the keys of the
//! latest items and with `totalCount`:
//!
//! | guarantee | rule | condition |
//! |---|---|---|
//! | no item twice | an item whose key is remembered is dropped | between two requests, fewer items are added before the position than half the number of remembered keys |
//! | no item left out that is in the list all the time | if `totalCount` has decreased, the stream goes back and rereads the pages whose items may have moved | `totalCount` is correct, fewer items are removed between two requests than half the number of remembered keys, none are added after the position while others are removed before it, and the service does not return the same page twelve times in a row |
//! | the list ends | after an empty page, or one shorter than the longest one, unless `totalCount` promises more; after eight empty pages in a row; after twelve repetitions of the same page with the same `totalCount`; after pages without a new item that together have more items than half the number of remembered keys | always |
//! | missing items are reported | [`Items::missing`] and [`Pages::missing`] compare the number of items with `totalCount` | `totalCount` is correct |
//!
//! The keys of the last 1024 items are remembered, or those of four pages if that is more, so
//! memory use does not grow with the list. A list never ends because of `totalCount` alone, without
//! an empty or a short page: a value that is too small does not end a list early unless a page is
//! empty or short, and a value that is too large costs up to eight additional requests. A page that
//! has fewer items than requested does not end a list either, because services silently reduce the
//! page size. Reading a list that fits on one page and is not empty therefore takes a second
//! request, which returns an empty page.
//!
//! If a service may return the same page for every request ([`Paged::MAY_REPEAT`]), the first page
//! that is the same as the previous one ends the list.
//!
//! # By marker
//!
//! Each response contains the marker at which the next page begins, so nothing shifts.
//!
//! | guarantee | rule |
//! |---|---|
//! | no item twice | an item whose key is remembered is dropped; items without a key are always different |
//! | no item left out | the list continues as long as the service says so, or returns a marker; if it says that more follows but returns no marker, that is an error |
//! | the list ends | when the service says that nothing follows, or returns no marker. A marker that has occurred before is an error, and so are a thousand pages in a row without a new item. If a service may return the same page for every request, a repeated marker on a page without a new item ends the list |
//! | missing items are reported | as by page number, if there is a `totalCount` |
//!
//! After one of these errors, the next request asks for the same page again. The last 1024 markers
//! are remembered; a longer cycle of markers is found after at most three rounds.
//!
//! # Both kinds
//!
//! A response without its list is an error, on any page, unless its `totalCount` is 0. A list that
//! is `null` counts as empty.
//!
//! A stream is not a snapshot: items that are added or removed while it is read may or may not be
//! part of it.

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
    /// The type of the items.
    type Item: Send + Unpin + 'static;

    /// The type of the position of a page: `i64` for a page number, which is counted from 1, or
    /// `Option<String>` for a marker, which is `None` for the first page.
    type Place: Place;

    /// Whether the service may ignore the position, and return the same page for every request.
    const MAY_REPEAT: bool = false;

    /// Reads the page at this position.
    fn page(
        self,
        place: Self::Place,
    ) -> impl Future<Output = Result<Page<Self::Item>, Error>> + Send + 'static;

    /// Returns a key that distinguishes an item from all others: its id, or, if it has none, its
    /// whole content. In a list that is read by marker, an empty key means that the item has no
    /// key; such an item counts as different from every other.
    fn key(item: &Self::Item) -> String;

    /// Returns the operation that reads the list, for errors about the list as a whole.
    fn operation() -> Option<&'static Operation> {
        None
    }
}

/// One page of a list.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items of the page. In a stream, items that were delivered before are left out.
    pub items: Vec<T>,
    /// The number of items on all pages, if the service returns it.
    pub total_count: Option<i64>,
    /// For a list that is read by marker, the marker of the next page. An empty marker counts as
    /// none.
    pub next_marker: Option<String>,
    /// Whether more items follow, for a list that is read by marker; `None` if the service does not
    /// tell.
    pub more: Option<bool>,
}

impl<T> Page<T> {
    /// Creates a page from what the service returned.
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

    /// For a list that is read by marker, adds the marker of the next page, and whether more items
    /// follow.
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
