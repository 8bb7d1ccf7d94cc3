//! A list to which elements are only appended. Only the latest elements are kept.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The maximum number of elements that are kept.
const KEPT: usize = 1000;

/// The latest thousand elements of a list to which elements are only appended, and the number of
/// older elements, which were removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct History<T> {
    forgotten: u64,
    kept: VecDeque<T>,
}

impl<T> History<T> {
    pub(super) fn new() -> Self {
        Self {
            forgotten: 0,
            kept: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, new: T) {
        self.kept.push_back(new);
        self.trim();
    }

    /// Removes the oldest elements if there are more than [`KEPT`]. A snapshot file may contain
    /// more.
    pub(super) fn trim(&mut self) {
        while self.kept.len() > KEPT {
            self.kept.pop_front();
            self.forgotten = self.forgotten.saturating_add(1);
        }
    }

    /// Returns the number of elements that were ever added, including removed ones.
    pub(super) fn count(&self) -> u64 {
        self.forgotten.saturating_add(self.kept.len() as u64)
    }

    /// Returns the kept elements, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.kept.iter()
    }

    /// Returns those of the first `count` elements ever added that are still kept, oldest first.
    pub(super) fn first(&self, count: u64) -> impl DoubleEndedIterator<Item = &T> {
        let kept = count.saturating_sub(self.forgotten);
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        self.kept.range(..kept.min(self.kept.len()))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut()
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.kept.back()
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut T> {
        self.kept.back_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_counted_from_the_beginning_whatever_was_forgotten() {
        let mut history = History::new();
        (0..1005).for_each(|number| history.push(number));
        assert_eq!((history.count(), history.iter().count()), (1005, KEPT));
        let first: Vec<i32> = history.first(7).copied().collect();
        assert_eq!(first, [5, 6]);
        assert_eq!(history.first(3).count(), 0);
        assert_eq!(history.first(u64::MAX).count(), KEPT);
    }

    #[test]
    fn a_list_that_is_too_long_is_trimmed_and_then_grows_no_more() {
        let mut history = History {
            forgotten: 0,
            kept: (0..3000).collect(),
        };
        history.push(3000);
        assert_eq!((history.count(), history.iter().count()), (3001, KEPT));
        history.push(3001);
        assert_eq!(history.iter().count(), KEPT);
        assert_eq!(history.last(), Some(&3001));
    }
}
