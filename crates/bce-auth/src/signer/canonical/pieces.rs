//! Pieces of text, such as the parts of a query, that are sorted in place in a buffer.

use crate::small_list::SmallList;

/// The number of pieces of text that can be stored without an allocation. Few requests have more.
pub(super) const INLINE: usize = 8;

/// Pieces of text that are written one after another, in any order, and then sorted in place.
pub(super) struct Pieces {
    start: usize,
    separator: u8,
    ranges: SmallList<(usize, usize), INLINE>,
}

impl Pieces {
    pub(super) fn new(out: &[u8], separator: u8) -> Self {
        Self {
            start: out.len(),
            separator,
            ranges: SmallList::new(),
        }
    }

    /// Appends a piece, which `write` writes; if `write` returns `false`, nothing is appended.
    pub(super) fn add(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        let before = out.len();
        if !self.ranges.as_slice().is_empty() {
            out.push(self.separator);
        }
        let start = out.len();
        if write(out) {
            self.ranges.push((start, out.len()));
        } else {
            out.truncate(before);
        }
    }

    pub(super) fn sort(&mut self, out: &mut Vec<u8>) {
        let unsorted_end = out.len();
        let ranges = self.ranges.as_mut_slice();
        let text = |&(start, end): &(usize, usize)| out.get(start..end).unwrap_or_default();
        if ranges.is_sorted_by(|a, b| text(a) <= text(b)) {
            return;
        }
        ranges.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        // A sorted copy is written after the text, and then moved to its place, which avoids a
        // second buffer.
        for (index, &(start, end)) in ranges.iter().enumerate() {
            if index > 0 {
                out.push(self.separator);
            }
            out.extend_from_within(start..end);
        }
        out.copy_within(unsorted_end.., self.start);
        out.truncate(unsorted_end);
    }
}
