//! Decides which page of a list comes next, and which of its items are new. Makes no requests.
//!
//! No item is left out, although the list may change while it is read. This can be shown by
//! induction. Call a page *in order* if every item before the end of the page has been delivered,
//! and assume that the last page was in order. Until the next page is read, items can move towards
//! the front by at most as many positions as `totalCount` decreases.
//!
//! If `totalCount` did not decrease, or if the next page begins with an item before which nothing
//! is missing, the next page is in order as well. Otherwise, the items of the page are delivered,
//! but items before them may be missing. The cursor then goes back, by as many pages as items may
//! have moved, and reads on from there. If going back finds no new item several times in a row,
//! `totalCount` must have decreased for a reason other than removed items, and the page counts as
//! in order.
//!
//! An empty page counts as read: it is not requested again merely because it was empty. The items
//! that belong on that page are therefore not delivered, and are counted as missing.

use super::place::{Follow, Said, Stray};
use super::seen_keys::{Block, Known, SETTLED};

/// If the service returns the same page with the same `totalCount` again this many times in a row,
/// the list ends. A page may be returned again because a whole page of items was added in front of
/// it while others were removed behind it, but that does not happen so often in a row.
const REPETITIONS: u32 = 12;

/// After `totalCount` has decreased, earlier pages are read again. If this happens this many times
/// in a row without finding a new item, reading goes on with the next page.
const VAIN_RETURNS: u32 = 6;

/// After this many empty pages in a row, a list ends even if `totalCount` promises more items.
const EMPTY_PAGES: u32 = 8;

#[derive(Debug)]
pub struct Cursor {
    next: Option<i64>,
    /// If the same page with the same `totalCount` is returned again this many times in a row, the
    /// list ends.
    most_repetitions: u32,
    furthest: i64,
    longest: usize,
    known: Known,
    last_block: Block,
    first_total: Option<i64>,
    last_total: Option<i64>,
    /// The number of items that were delivered.
    delivered: u64,
    last_page: Vec<String>,
    /// How many times in a row the last page was returned again while `totalCount` stayed the same.
    repetitions: u32,
    /// The number of empty pages in a row.
    empty_pages: u32,
    /// The number of items that were received since the last new one, not counting those on pages
    /// that were read again.
    stale_items: usize,
    vain_returns: u32,
}

impl Follow<i64> for Cursor {
    fn begin(may_repeat: bool) -> Self {
        Self {
            next: Some(1),
            most_repetitions: if may_repeat { 1 } else { REPETITIONS },
            furthest: 0,
            longest: 0,
            known: Known::new(),
            last_block: SETTLED,
            first_total: None,
            last_total: None,
            delivered: 0,
            last_page: Vec::new(),
            repetitions: 0,
            empty_pages: 0,
            stale_items: 0,
            vain_returns: 0,
        }
    }

    /// Returns the number of the next page; `None` at the end of the list.
    fn next(&self) -> Option<i64> {
        self.next
    }

    /// Returns the number of items that are missing at the end of the list. Returns `None` if the
    /// end has not been reached, if no items are missing, or if the total is unknown.
    ///
    /// Items that were added or removed while the list was read are not missing, so the total is
    /// the smaller one of the first and the last `totalCount`.
    fn missing(&self) -> Option<u64> {
        let promised = self.first_total.min(self.last_total)?;
        let missing = u64::try_from(promised).ok()?.checked_sub(self.delivered)?;
        (self.next.is_none() && missing > 0).then_some(missing)
    }

    /// Processes the page that was read. `keys` has the keys of the page's items, and `said` has
    /// its `totalCount`. Returns for each item whether it is new.
    fn take(&mut self, keys: Vec<String>, said: Said<'_>) -> Result<Vec<bool>, Stray> {
        let total = said.total;
        let Some(number) = self.next else {
            return Ok(vec![false; keys.len()]);
        };
        let length = keys.len();
        self.longest = self.longest.max(length);
        self.known.fit(length);
        let lost = self.lost(total);
        self.count_repetition(&keys, total);
        self.first_total = self.first_total.or(total);
        self.last_total = total.or(self.last_total);
        self.empty_pages = if length == 0 { self.empty_pages + 1 } else { 0 };

        let in_order = lost == 0
            || number == 1
            || self.vain_returns >= VAIN_RETURNS
            || keys.first().and_then(|key| self.known.block_of(key)) == Some(SETTLED);
        let new = self.remember(&keys, in_order);
        if new.contains(&true) {
            self.stale_items = 0;
            self.vain_returns = 0;
        } else if number > self.furthest {
            self.stale_items += length;
        }
        if !in_order {
            self.vain_returns += 1;
        }
        self.last_page = keys;
        self.furthest = self.furthest.max(number);

        self.next = if in_order {
            let ends = self.is_stuck() || self.is_last(number, length);
            (!ends).then(|| number.saturating_add(1))
        } else {
            Some((number - self.pages_back(lost)).max(1))
        };
        Ok(new)
    }
}

impl Cursor {
    /// Returns by how much `totalCount` has decreased since it was last known; 0 if it has not
    /// decreased, or is unknown.
    fn lost(&self, total: Option<i64>) -> usize {
        let lost = (self.last_total.zip(total)).map(|(before, now)| before.saturating_sub(now));
        usize::try_from(lost.unwrap_or(0)).unwrap_or(0)
    }

    fn count_repetition(&mut self, keys: &[String], total: Option<i64>) {
        let repeated = self.last_page == keys && self.last_total == total;
        self.repetitions = if repeated { self.repetitions + 1 } else { 0 };
    }

    fn remember(&mut self, keys: &[String], in_order: bool) -> Vec<bool> {
        if !in_order {
            self.last_block = self.last_block.wrapping_add(1).max(1);
        }
        let block = if in_order { SETTLED } else { self.last_block };
        let mut new = Vec::with_capacity(keys.len());
        for key in keys {
            let known = self.known.block_of(key);
            new.push(known.is_none());
            match known {
                None => {
                    self.known.insert(key, block);
                    self.delivered += 1;
                }
                // This page reaches into that block, so nothing is missing before the block any
                // more.
                Some(other) if in_order && other != SETTLED => self.known.settle(other),
                Some(_) => {}
            }
        }
        new
    }

    /// Returns whether the service seems to repeat itself endlessly: it has returned the same page
    /// too many times in a row, or more known items in a row than can be explained by items that
    /// were added.
    fn is_stuck(&self) -> bool {
        self.repetitions >= self.most_repetitions || self.stale_items > self.known.capacity() / 2
    }

    /// Returns whether the page is the last one. It is the last one if it is empty or shorter than
    /// the longest page so far, and if `totalCount` does not promise more items. After too many
    /// empty pages in a row, `totalCount` is ignored.
    fn is_last(&self, number: i64, length: usize) -> bool {
        let before = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let position = before.saturating_mul(self.longest).saturating_add(length);
        let promised = usize::try_from(self.last_total.unwrap_or(0)).unwrap_or(0);
        match length {
            0 => {
                let whole = u64::try_from(promised).is_ok_and(|all| all <= self.delivered);
                whole || promised <= position || self.empty_pages >= EMPTY_PAGES
            }
            _ => length < self.longest && promised <= position,
        }
    }

    /// Returns by how many pages to go back if `totalCount` has decreased by `lost`: at least one,
    /// and at most half of the pages whose keys are remembered.
    fn pages_back(&self, lost: usize) -> i64 {
        let longest = self.longest.max(1);
        let most = self.known.capacity() / 2 / longest;
        let pages = lost.div_ceil(longest).min(most).max(1);
        i64::try_from(pages).unwrap_or(1)
    }
}
