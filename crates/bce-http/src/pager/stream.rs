//! Streams of pages and items.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::place::{Follow, Place, Said};
use super::{Page, Paged};
use crate::error::Error;

/// The pages of a list, as a stream; see [`pager`](super) for its guarantees.
///
/// A page without new items is left out, so no page is empty. After an error, the stream can be
/// polled again: it continues with the page that failed. The client's retry policy applies to each
/// request.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<L: Paged> {
    list: L,
    cursor: <L::Place as Place>::Cursor,
    prefetch: bool,
    request: Option<Request<L::Item>>,
}

/// The request for a page, or the result of the request.
enum Request<T> {
    Sent(Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>),
    Answered(Result<Page<T>, Error>),
}

impl<L: Paged> Pages<L> {
    /// Creates a stream of the pages of a list, which begins with the first page. A page number or
    /// a marker in the operation has no effect.
    pub fn new(list: L) -> Self {
        Self {
            list,
            cursor: Follow::begin(L::MAY_REPEAT),
            prefetch: false,
            request: None,
        }
    }

    /// Requests the next page while the current one is being processed. Up to two pages are kept in
    /// memory. Nothing runs in the background: the request makes progress whenever the stream is
    /// polled.
    ///
    /// Between two polls, the request keeps its connection, its place in
    /// [`max_in_flight`](crate::ClientBuilder::max_in_flight), and its time limits. Do not use this
    /// method if other calls of the same client are awaited between two pages and few calls may be
    /// in flight: they would wait for the place of a request that nobody polls. Nor use it if
    /// processing a page takes longer than the limit of an attempt.
    pub fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// Returns the next page; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// If the list operation fails. The next call repeats the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Pages;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// let mut pages = Pages::new(list);
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} of {:?}", page.items.len(), page.total_count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn try_next(&mut self) -> Result<Option<Page<L::Item>>, Error> {
        next(self).await.transpose()
    }

    /// Returns all remaining pages. The result does not tell whether items are
    /// [missing](Self::missing): see [`collect_into`](Self::collect_into).
    ///
    /// # Errors
    ///
    /// If the list operation fails. The first error is returned.
    pub async fn collect_all(mut self) -> Result<Vec<Page<L::Item>>, Error> {
        let mut pages = Vec::new();
        self.collect_into(&mut pages).await?;
        Ok(pages)
    }

    /// Appends all remaining pages to `pages`. Use this method instead of
    /// [`collect_all`](Self::collect_all) if you want to check [`missing`](Self::missing)
    /// afterwards, or to keep the pages that were read before an error.
    ///
    /// # Errors
    ///
    /// If the list operation fails. The first error is returned.
    pub async fn collect_into(&mut self, pages: &mut Vec<Page<L::Item>>) -> Result<(), Error> {
        collect_into(self, pages).await
    }

    /// Returns the number of items that the service counts in `totalCount` but has not listed.
    /// Returns `None` if the end of the list has not been reached, if no items are missing, or if
    /// there is no `totalCount`.
    ///
    /// Items that were added or removed while the list was read do not count as missing.
    pub fn missing(&self) -> Option<u64> {
        self.cursor.missing()
    }

    /// Polls the request for the next page, if prefetching is enabled.
    fn poll_prefetch(&mut self, cx: &mut Context<'_>) {
        if self.prefetch {
            let _ = self.poll_request(cx);
        }
    }

    /// Polls the request for the next page, and sends it first if necessary. Ready when the
    /// response has arrived, or if there is no next page.
    fn poll_request(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.request.is_none() {
            let Some(place) = self.cursor.next() else {
                return Poll::Ready(());
            };
            let page = self.list.clone().page(place);
            self.request = Some(Request::Sent(Box::pin(page)));
        }
        if let Some(Request::Sent(page)) = &mut self.request {
            let answer = ready!(page.as_mut().poll(cx));
            self.request = Some(Request::Answered(answer));
        }
        Poll::Ready(())
    }

    /// Processes a page, and returns it with only the items that have not been delivered before.
    fn take(&mut self, mut page: Page<L::Item>) -> Result<Page<L::Item>, Error> {
        let keys = page.items.iter().map(L::key).collect();
        let said = Said {
            total: page.total_count,
            marker: page.next_marker.as_deref(),
            more: page.more,
        };
        let new = self.cursor.take(keys, said);
        let new = new.map_err(|stray| stray.into_error(L::operation()))?;
        let mut new = new.into_iter();
        page.items.retain(|_| new.next().unwrap_or(false));
        Ok(page)
    }
}

impl<L: Paged> Stream for Pages<L> {
    type Item = Result<Page<L::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            ready!(self.poll_request(cx));
            let page = match self.request.take() {
                Some(Request::Answered(Ok(page))) => page,
                Some(Request::Answered(Err(error))) => return Poll::Ready(Some(Err(error))),
                _ => return Poll::Ready(None),
            };
            let page = match self.take(page) {
                Ok(page) => page,
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            if !page.items.is_empty() {
                self.poll_prefetch(cx);
                return Poll::Ready(Some(Ok(page)));
            }
        }
    }
}

/// The items of a list, as a stream; see [`pager`](super) for its guarantees.
///
/// After an error, the stream can be polled again: it continues with the page that failed. The
/// client's retry policy applies to each request.
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<L: Paged> {
    pages: Pages<L>,
    page: std::vec::IntoIter<L::Item>,
}

impl<L: Paged> Items<L> {
    /// Creates a stream of the items of a list, which begins with the first page. A page number or
    /// a marker in the operation has no effect.
    pub fn new(list: L) -> Self {
        Self {
            pages: Pages::new(list),
            page: Vec::new().into_iter(),
        }
    }

    /// Requests the next page while the current one is being processed, as [`Pages::prefetch`]
    /// does.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Items;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// // The next page is requested while this one is being processed.
    /// let items = Items::new(list).prefetch();
    /// # let _ = items;
    /// # Ok(())
    /// # }
    /// ```
    pub fn prefetch(mut self) -> Self {
        self.pages = self.pages.prefetch();
        self
    }

    /// Returns the next item; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// If the list operation fails. The next call repeats the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Items;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// let mut items = Items::new(list);
    /// while let Some(item) = items.try_next().await? {
    ///     println!("{item:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn try_next(&mut self) -> Result<Option<L::Item>, Error> {
        next(self).await.transpose()
    }

    /// Returns all remaining items. The result does not tell whether items are
    /// [missing](Self::missing): see [`collect_into`](Self::collect_into).
    ///
    /// # Errors
    ///
    /// If the list operation fails. The first error is returned.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Items;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// let all = Items::new(list).collect_all().await?;
    /// println!("{} items", all.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect_all(mut self) -> Result<Vec<L::Item>, Error> {
        let mut items = Vec::new();
        self.collect_into(&mut items).await?;
        Ok(items)
    }

    /// Appends all remaining items to `items`. Use this method instead of
    /// [`collect_all`](Self::collect_all) if you want to check [`missing`](Self::missing)
    /// afterwards, or to keep the items that were read before an error.
    ///
    /// # Errors
    ///
    /// If the list operation fails. The first error is returned.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Items;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// let mut found = Vec::new();
    /// if let Err(error) = Items::new(list).collect_into(&mut found).await {
    ///     println!("{} items, then: {error}", found.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect_into(&mut self, items: &mut Vec<L::Item>) -> Result<(), Error> {
        collect_into(self, items).await
    }

    /// Returns the number of items that the service counts in `totalCount` but has not listed.
    /// Returns `None` if the end of the list has not been reached, if no items are missing, or if
    /// there is no `totalCount`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::pager::Items;
    ///
    /// # async fn example<L>(list: L) -> Result<(), bce_http::Error>
    /// # where
    /// #     L: bce_http::pager::Paged,
    /// #     L::Item: std::fmt::Debug,
    /// # {
    /// let mut items = Items::new(list);
    /// while items.try_next().await?.is_some() {}
    /// if let Some(missing) = items.missing() {
    ///     println!("the service counts {missing} more than it lists");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn missing(&self) -> Option<u64> {
        self.pages.missing()
    }
}

impl<L: Paged> Stream for Items<L> {
    type Item = Result<L::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                self.pages.poll_prefetch(cx);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => self.page = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

async fn collect_into<S, T>(stream: &mut S, all: &mut Vec<T>) -> Result<(), Error>
where
    S: Stream<Item = Result<T, Error>> + Unpin,
{
    while let Some(item) = next(stream).await {
        all.push(item?);
    }
    Ok(())
}

impl<L: Paged> fmt::Debug for Pages<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("ended", &self.cursor.next().is_none())
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}

impl<L: Paged> fmt::Debug for Items<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ended", &self.pages.cursor.next().is_none())
            .field("left_of_page", &self.page.len())
            .finish_non_exhaustive()
    }
}
