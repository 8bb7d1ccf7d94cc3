//! The items that a list brought last.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

const FEWEST: usize = 1024;
const FEWEST_PAGES: usize = 4;

/// The number of a block of items.
pub(super) type Block = u32;

/// Items up to which everything has been delivered.
pub(super) const SETTLED: Block = 0;

/// The keys of the last items, each with its block: either it is settled, or it was read on a page
/// before which others may be missing.
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

    /// Makes room for four pages of this length.
    pub(super) fn fit(&mut self, page_length: usize) {
        self.capacity = self.capacity.max(page_length.saturating_mul(FEWEST_PAGES));
    }

    /// Returns how many keys are remembered.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn block_of(&self, key: &str) -> Option<Block> {
        self.blocks.get(key).copied()
    }

    /// Remembers a key, and forgets the oldest one when there are too many.
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

    /// Nothing is missing before the items of this block any more.
    pub(super) fn settle(&mut self, block: Block) {
        for known in self.blocks.values_mut().filter(|known| **known == block) {
            *known = SETTLED;
        }
    }
}
