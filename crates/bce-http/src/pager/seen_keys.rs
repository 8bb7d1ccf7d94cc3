//! The keys of the latest items of a list.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

const FEWEST: usize = 1024;
const FEWEST_PAGES: usize = 4;

/// The block of an item, which is [`SETTLED`] if no item of the list is missing before it.
/// Otherwise, the block is a number, which is the same for all items that were first received on
/// the same page.
pub(super) type Block = u32;

/// The block of all items before which no item of the list is missing.
pub(super) const SETTLED: Block = 0;

/// The keys of the latest items of a list, each with the block of the item, which tells whether
/// other items may be missing before the item.
#[derive(Debug)]
pub(super) struct Known {
    blocks: HashMap<Arc<str>, Block>,
    order: VecDeque<Arc<str>>,
    capacity: usize,
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            blocks: HashMap::new(),
            order: VecDeque::new(),
            capacity: FEWEST,
        }
    }

    /// Makes space for the keys of [`FEWEST_PAGES`] pages of this length.
    pub(super) fn fit(&mut self, page_length: usize) {
        self.capacity = self.capacity.max(page_length.saturating_mul(FEWEST_PAGES));
    }

    /// Returns the maximum number of keys that are remembered.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn block_of(&self, key: &str) -> Option<Block> {
        self.blocks.get(key).copied()
    }

    /// Remembers a key, and forgets the oldest keys if there are too many.
    pub(super) fn insert(&mut self, key: &str, block: Block) {
        let key: Arc<str> = key.into();
        if self.blocks.insert(Arc::clone(&key), block).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.blocks.remove(&oldest);
            }
        }
    }

    /// Marks the items of a block as settled, because no item of the list is missing before them
    /// any more.
    pub(super) fn settle(&mut self, block: Block) {
        for known in self.blocks.values_mut().filter(|known| **known == block) {
            *known = SETTLED;
        }
    }
}
