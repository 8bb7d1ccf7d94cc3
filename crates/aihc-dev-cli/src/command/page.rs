//! Reads and shows lists that the service returns in pages.

use aihc_dev::pager::{Items, Paged};
use clap::Args;
use serde::Serialize;

use super::live::{Found, WatchOptions};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::positive;
use crate::output::{Table, note, note_missing};

const PAGE: i64 = 50;
/// The largest page size that the service is known to accept.
pub(super) const LARGEST_PAGE: i64 = 100;

/// The options that select which part of a list is read.
#[derive(Args, Clone)]
pub(super) struct PageOptions {
    /// All pages, not only one.
    #[arg(long, conflicts_with = "page")]
    pub(super) all_pages: bool,
    /// Page number, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = positive)]
    pub(super) page: i64,
    /// Results per page [default: 50; with --all-pages 100].
    #[arg(long, value_name = "N", value_parser = positive)]
    page_size: Option<i64>,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            all_pages: false,
            page: 1,
            page_size: None,
        }
    }
}

impl PageOptions {
    /// Returns the number of results to request per page.
    pub(super) fn size(&self) -> i64 {
        self.page_size.unwrap_or(match self.all_pages {
            true => LARGEST_PAGE,
            false => PAGE,
        })
    }

    /// Returns a copy of the options that selects the whole list instead of a single page. Fails if
    /// a page other than the first was requested.
    pub(super) fn whole(&self) -> Result<Self, Failure> {
        if self.page > 1 {
            return Err(Failure::usage(text!(
                "--page cannot be used with --watch or several states, which read all pages"
            )));
        }
        Ok(Self {
            all_pages: true,
            ..self.clone()
        })
    }

    /// Reads the whole list repeatedly, and shows the items that `keep` accepts, as they change.
    pub(super) async fn watch<L, D>(
        &self,
        context: &Context,
        watch: &WatchOptions,
        list: impl Fn() -> L,
        what: &str,
        keep: impl Fn(&D) -> bool,
        table: impl Fn(&[D]) -> Table,
    ) -> Result<(), Failure>
    where
        L: Paged<Place = i64>,
        D: From<L::Item> + Serialize,
    {
        let read = async || {
            let (mut items, mut read) = (Items::new(list()), Vec::new());
            items.collect_into(&mut read).await?;
            let listed = read.len();
            let doubt = items.missing().map(|missing| {
                tr!(
                    "{listed} of {total} {what}; the rest was not listed",
                    listed = listed,
                    total = missing.saturating_add(listed as u64),
                    what = what
                )
            });
            let mut values: Vec<D> = read.into_iter().map(D::from).collect();
            values.retain(&keep);
            Ok(Found {
                values,
                doubt,
                over: false,
            })
        };
        watch.run(context, read, |found, _| table(found)).await
    }

    /// Reads and shows the requested part of a list. The page size in `list` must be
    /// [`size`](Self::size).
    pub(super) async fn run<L, D>(
        &self,
        context: &Context,
        list: L,
        what: &str,
        table: impl Fn(&[D]) -> Table,
    ) -> Result<(), Failure>
    where
        L: Paged<Place = i64>,
        D: From<L::Item> + Serialize,
    {
        self.run_of(context, list, what, |_| true, table).await
    }

    /// Reads and shows the requested part of a list. If all pages are requested, shows only the
    /// items that `keep` accepts; a single page is shown unfiltered.
    pub(super) async fn run_of<L, D>(
        &self,
        context: &Context,
        list: L,
        what: &str,
        keep: impl Fn(&D) -> bool,
        table: impl Fn(&[D]) -> Table,
    ) -> Result<(), Failure>
    where
        L: Paged<Place = i64>,
        D: From<L::Item> + Serialize,
    {
        let show = |found: &[D]| context.output.list(found, |_| table(found));
        if !self.all_pages {
            let page = list.page(self.page).await?;
            let shown: Vec<D> = page.items.into_iter().map(D::from).collect();
            show(&shown)?;
            self.note_rest(context, shown.len(), page.total_count, what);
            return Ok(());
        }
        let mut items = Items::new(list);
        if context.output.is_streaming() {
            let mut listed = 0;
            while let Some(item) = items.try_next().await? {
                listed += 1;
                let item = D::from(item);
                if keep(&item) {
                    context.output.entry(&item)?;
                }
            }
            note_missing(listed, items.missing(), what);
            return Ok(());
        }
        let mut read = Vec::new();
        let result = items.collect_into(&mut read).await;
        let listed = read.len();
        let mut found: Vec<D> = read.into_iter().map(D::from).collect();
        found.retain(&keep);
        if let Err(error) = result {
            // In human-readable output, the results precede an error; a document is either complete
            // or absent.
            if context.output.is_for_people() && !found.is_empty() {
                show(&found)?;
            }
            return Err(error.into());
        }
        show(&found)?;
        match items.missing() {
            None if found.is_empty() => note(&tr!("no {what}", what = what)),
            missing => note_missing(listed, missing, what),
        }
        Ok(())
    }

    /// Tells the user if this page is empty, or if the list has more results after it.
    pub(super) fn note_rest(
        &self,
        context: &Context,
        shown: usize,
        total: Option<i64>,
        what: &str,
    ) {
        let before = (self.page - 1).saturating_mul(self.size());
        let total = total.unwrap_or_default();
        if shown == 0 && total > 0 && before >= total {
            let pages = total.saturating_add(self.size() - 1) / self.size();
            note(&match pages {
                1 => tr!(
                    "page {page} is beyond the end: there are {total} {what} on 1 page",
                    page = self.page,
                    total = total,
                    what = what
                ),
                _ => tr!(
                    "page {page} is beyond the end: there are {total} {what} on {pages} pages",
                    page = self.page,
                    total = total,
                    what = what,
                    pages = pages
                ),
            });
        } else if shown == 0 && self.page > 1 {
            note(&tr!(
                "page {page} is beyond the end, or there are no {what}",
                page = self.page,
                what = what
            ));
        } else if total > before.saturating_add_unsigned(shown as u64) {
            note(&tr!(
                "{shown} of {total}; use --all-pages for all, --page {next} for the next page",
                shown = shown,
                total = total,
                next = self.page.saturating_add(1)
            ));
            if context.output.selects() {
                note(&tr!(
                    "--filter and --sort-by apply to this page only; use --all-pages for all \
                     results"
                ));
            }
        } else if shown == 0 {
            note(&tr!("no {what}", what = what));
        }
    }
}
