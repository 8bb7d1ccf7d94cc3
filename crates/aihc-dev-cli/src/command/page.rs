//! Lists that come page by page.

use aihc_dev::pager::{Items, Paged};
use clap::Args;
use serde::Serialize;

use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::output::{Format, Table, note, note_missing};

const PAGE: i64 = 50;
/// The largest page that is known to work.
pub(super) const LARGEST_PAGE: i64 = 100;

/// How much of a list.
#[derive(Args, Clone)]
pub(super) struct PageOptions {
    /// All of them, not only one page.
    #[arg(long, conflicts_with = "page")]
    pub(super) all_pages: bool,
    /// Which page, beginning with 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    pub(super) page: i64,
    /// Results on a page [default: 50; with --all-pages 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
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
    /// How many results to ask for at once.
    pub(super) fn size(&self) -> i64 {
        self.page_size.unwrap_or(match self.all_pages {
            true => LARGEST_PAGE,
            false => PAGE,
        })
    }

    /// Reads and shows as much of the list as is asked for. The list asks for pages of [`size`](Self::size).
    pub(super) async fn run<L>(
        &self,
        context: &Context,
        list: L,
        what: &str,
        table: impl Fn(&[L::Item]) -> Table,
    ) -> Result<(), Failure>
    where
        L: Paged<Place = i64>,
        L::Item: Serialize,
    {
        let show = |found: &[L::Item]| {
            let text = |look: &_| table(found).render(look);
            context.output.list(found, text)
        };
        if !self.all_pages {
            let page = list.page(self.page).await?;
            show(&page.items)?;
            self.note_rest(page.items.len(), page.total_count, what);
            return Ok(());
        }
        let mut items = Items::new(list);
        if context.output.is_streaming() {
            let mut listed = 0;
            while let Some(item) = items.try_next().await? {
                context.output.entry(&item)?;
                listed += 1;
            }
            note_missing(listed, items.missing(), what);
            return Ok(());
        }
        let mut found = Vec::new();
        if let Err(error) = items.collect_into(&mut found).await {
            // People see what came before an error; a document is whole, or there is none.
            if context.output.format() == Format::Table && !found.is_empty() {
                show(&found)?;
            }
            return Err(error.into());
        }
        show(&found)?;
        match items.missing() {
            None if found.is_empty() => note(&format!("no {what}")),
            missing => note_missing(found.len(), missing, what),
        }
        Ok(())
    }

    /// Says what there is beside the page.
    pub(super) fn note_rest(&self, shown: usize, total: Option<i64>, what: &str) {
        let before = (self.page - 1).saturating_mul(self.size());
        let total = total.unwrap_or_default();
        if total > before.saturating_add_unsigned(shown as u64) {
            note(&format!(
                "{shown} of {total}; --all-pages lists all, --page {} the next",
                self.page.saturating_add(1)
            ));
        } else if shown == 0 {
            note(&tr!("no {what}", what = what));
        }
    }
}
