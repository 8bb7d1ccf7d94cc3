//! A sorted set that finds its n-th number without counting up to it.

/// A chunk is split when it has more elements than this.
const FULL: usize = 512;

/// A set of numbers in ascending order, in chunks of limited size. A change moves only the numbers
/// of one chunk, and the lengths of the chunks suffice to find the n-th number.
#[derive(Debug, Default)]
pub(crate) struct OrderedSet {
    /// The chunks, none of which is ever empty.
    chunks: Vec<Vec<u64>>,
    len: usize,
}

impl OrderedSet {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns all numbers in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> {
        self.chunks.iter().flatten().copied()
    }

    pub(crate) fn insert(&mut self, number: u64) {
        // New numbers are usually the largest, so the last chunk is tried first.
        let last = self.chunks.len().saturating_sub(1);
        let at = match self.chunks.last() {
            Some(chunk) if chunk.first().is_some_and(|first| *first <= number) => last,
            _ => self.chunk_of(number).min(last),
        };
        let Some(chunk) = self.chunks.get_mut(at) else {
            self.chunks.push(vec![number]);
            self.len += 1;
            return;
        };
        let Err(place) = chunk.binary_search(&number) else {
            return;
        };
        chunk.insert(place, number);
        self.len += 1;
        if chunk.len() > FULL {
            let upper = chunk.split_off(FULL / 2);
            self.chunks.insert(at + 1, upper);
        }
    }

    pub(crate) fn remove(&mut self, number: u64) {
        let at = self.chunk_of(number);
        let Some(chunk) = self.chunks.get_mut(at) else {
            return;
        };
        let Ok(place) = chunk.binary_search(&number) else {
            return;
        };
        chunk.remove(place);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
    }

    /// Returns up to `size` numbers, after skipping `skip` of them, in ascending or descending
    /// order.
    pub(crate) fn page(&self, skip: usize, size: usize, ascending: bool) -> Vec<u64> {
        let rest = self.len.saturating_sub(skip);
        let size = size.min(rest);
        if ascending {
            return self.ranks(skip, size);
        }
        let mut page = self.ranks(rest - size, size);
        page.reverse();
        page
    }

    fn ranks(&self, start: usize, count: usize) -> Vec<u64> {
        let mut skip = start;
        let mut found = Vec::with_capacity(count);
        for chunk in &self.chunks {
            if found.len() == count {
                break;
            }
            let wanted = count - found.len();
            found.extend(chunk.iter().skip(skip).take(wanted));
            skip = skip.saturating_sub(chunk.len());
        }
        found
    }

    /// Returns the index of the chunk that contains `number`. If the set does not contain it,
    /// returns the index of the chunk that contains the next larger number, or else the number of
    /// chunks.
    fn chunk_of(&self, number: u64) -> usize {
        self.chunks
            .partition_point(|chunk| chunk.last().is_none_or(|last| *last < number))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn set(numbers: impl IntoIterator<Item = u64>) -> OrderedSet {
        let mut set = OrderedSet::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }

    #[test]
    fn it_holds_what_a_tree_holds_after_any_changes() {
        let (mut set, mut tree) = (OrderedSet::default(), BTreeSet::new());
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let number = random.u64(0..4000);
            if random.bool() {
                set.insert(number);
                tree.insert(number);
            } else {
                set.remove(number);
                tree.remove(&number);
            }
        }
        assert!(set.iter().eq(tree.iter().copied()));
        assert_eq!(set.len(), tree.len());
        assert!(set.chunks.iter().all(|chunk| !chunk.is_empty()));
        for skip in [0, 1, 511, 512, 1000, tree.len() - 1, tree.len()] {
            let up: Vec<u64> = tree.iter().copied().skip(skip).take(7).collect();
            assert_eq!(set.page(skip, 7, true), up, "{skip}");
            let down: Vec<u64> = tree.iter().rev().copied().skip(skip).take(7).collect();
            assert_eq!(set.page(skip, 7, false), down, "{skip}");
        }
    }

    #[test]
    fn pages_are_cut_at_both_ends() {
        let set = set(0..25);
        assert_eq!(set.page(20, 10, true), [20, 21, 22, 23, 24]);
        assert_eq!(set.page(20, 10, false), [4, 3, 2, 1, 0]);
        assert_eq!(set.page(25, 10, false), [0; 0]);
        assert_eq!(set.page(usize::MAX, usize::MAX, true), [0; 0]);
        assert_eq!(set.page(0, usize::MAX, true).len(), 25);
        assert_eq!(OrderedSet::default().page(0, 1, false), [0; 0]);
    }

    #[test]
    fn repeating_a_change_changes_nothing() {
        let mut set = set([3, 1, 3]);
        set.remove(2);
        assert_eq!(set.len(), 2);
        set.remove(3);
        set.remove(1);
        assert!(set.is_empty() && set.chunks.is_empty());
    }
}
