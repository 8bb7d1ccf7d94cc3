//! An index for finding the strings that may contain a given text. It records the strings in which
//! each sequence of three consecutive bytes (a run) occurs.

use std::collections::{BTreeSet, HashMap};

use super::ordered_set::OrderedSet;

/// The number of consecutive bytes of a string that are indexed together.
const RUN: usize = 3;

/// For each sequence of three bytes, the numbers that identify the strings in which it occurs.
#[derive(Debug, Default)]
pub(super) struct Grams(HashMap<[u8; RUN], OrderedSet>);

impl Grams {
    pub(super) fn insert(&mut self, number: u64, text: &str) {
        for run in runs(text) {
            self.0.entry(run).or_default().insert(number);
        }
    }

    pub(super) fn remove(&mut self, number: u64, text: &str) {
        for run in runs(text) {
            if let Some(set) = self.0.get_mut(&run) {
                set.remove(number);
                if set.is_empty() {
                    self.0.remove(&run);
                }
            }
        }
    }

    /// Returns the strings that contain the rarest three consecutive bytes of `part`: all strings
    /// in which `part` occurs, and possibly others. Returns `None` if `part` is shorter than three
    /// bytes.
    pub(super) fn candidates(&self, part: &str) -> Option<Candidates<'_>> {
        let sets = runs(part).into_iter().map(|run| self.0.get(&run));
        let mut smallest = None;
        for set in sets {
            let Some(set) = set else {
                return Some(Candidates::None);
            };
            smallest = match smallest {
                Some(Candidates::Among(other)) if OrderedSet::len(other) <= set.len() => smallest,
                _ => Some(Candidates::Among(set)),
            };
        }
        smallest
    }
}

/// The strings that may contain a text that was looked up in the index.
#[derive(Debug, Clone, Copy)]
pub(super) enum Candidates<'a> {
    None,
    Among(&'a OrderedSet),
}

/// Returns the distinct runs of three consecutive bytes in a string.
fn runs(text: &str) -> BTreeSet<[u8; RUN]> {
    text.as_bytes()
        .windows(RUN)
        .filter_map(|window| <[u8; RUN]>::try_from(window).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(grams: &Grams, part: &str) -> Option<Vec<u64>> {
        grams.candidates(part).map(|candidates| match candidates {
            Candidates::None => vec![],
            Candidates::Among(set) => set.iter().collect(),
        })
    }

    #[test]
    fn the_rarest_run_decides() {
        let mut grams = Grams::default();
        for (number, text) in [
            (1, "train-a"),
            (2, "train-b"),
            (3, "brain-b"),
            (4, "开发机"),
        ] {
            grams.insert(number, text);
        }
        assert_eq!(found(&grams, "train-b"), Some(vec![2, 3]));
        assert_eq!(found(&grams, "rain"), Some(vec![1, 2, 3]));
        assert_eq!(found(&grams, "发"), Some(vec![4]));
        assert_eq!(found(&grams, "nothing"), Some(vec![]));
        assert_eq!(found(&grams, "tr"), None);
    }

    #[test]
    fn what_is_removed_leaves_nothing_behind() {
        let mut grams = Grams::default();
        grams.insert(1, "aaaa");
        grams.remove(1, "aaaa");
        assert!(grams.0.is_empty());
    }
}
