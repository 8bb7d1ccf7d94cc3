//! Decides which page comes next in a list that is read by marker. Makes no requests.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher;

use super::place::{Follow, Said, Stray};
use super::seen_keys::{Known, SETTLED};

/// At most this many pages in a row may be without a new item. The limit is high because a service
/// that filters a list may find nothing for a long time.
const VAIN_PAGES: u32 = 1000;

#[derive(Debug)]
pub struct MarkerCursor {
    /// The marker of the next page. The outer `None` means the end of the list, and `Some(None)`
    /// the first page, which has no marker.
    next: Option<Option<String>>,
    may_repeat: bool,
    markers: Markers,
    known: Known,
    first_total: Option<i64>,
    last_total: Option<i64>,
    /// The number of items that were delivered.
    delivered: u64,
    /// The number of pages in a row without a new item.
    vain_pages: u32,
}

impl Follow<Option<String>> for MarkerCursor {
    fn begin(may_repeat: bool) -> Self {
        Self {
            next: Some(None),
            may_repeat,
            markers: Markers::default(),
            known: Known::new(),
            first_total: None,
            last_total: None,
            delivered: 0,
            vain_pages: 0,
        }
    }

    fn next(&self) -> Option<Option<String>> {
        self.next.clone()
    }

    fn missing(&self) -> Option<u64> {
        let promised = self.first_total.min(self.last_total)?;
        let missing = u64::try_from(promised).ok()?.checked_sub(self.delivered)?;
        (self.next.is_none() && missing > 0).then_some(missing)
    }

    fn take(&mut self, keys: Vec<String>, said: Said<'_>) -> Result<Vec<bool>, Stray> {
        self.known.fit(keys.len());
        let vain = keys.iter().all(|key| self.is_known(key));
        let mut next = match (said.more, said.marker.filter(|marker| !marker.is_empty())) {
            (Some(false), _) | (None, None) => None,
            (Some(true), None) => return Err(Stray::NoMarker),
            (_, Some(marker)) => Some(marker),
        };
        if next.is_some_and(|marker| self.markers.contains(marker)) {
            if !(self.may_repeat && vain) {
                return Err(Stray::Repeats);
            }
            next = None;
        }
        if vain && next.is_some() && self.vain_pages >= VAIN_PAGES {
            return Err(Stray::Endless);
        }
        self.vain_pages = if vain { self.vain_pages + 1 } else { 0 };
        if let Some(marker) = next {
            self.markers.insert(marker);
        }
        self.next = next.map(|marker| Some(marker.to_owned()));
        self.first_total = self.first_total.or(said.total);
        self.last_total = said.total.or(self.last_total);
        Ok(keys.iter().map(|key| self.remember(key)).collect())
    }
}

impl MarkerCursor {
    /// Returns whether this key is remembered as that of an item that was delivered before. Returns
    /// `false` for an empty key, which stands for an item without a key.
    fn is_known(&self, key: &str) -> bool {
        !key.is_empty() && self.known.block_of(key).is_some()
    }

    /// Remembers the key of an item. Returns whether the item is new.
    fn remember(&mut self, key: &str) -> bool {
        let known = self.is_known(key);
        if !known {
            self.delivered += 1;
        }
        if !known && !key.is_empty() {
            self.known.insert(key, SETTLED);
        }
        !known
    }
}

/// The latest markers and one earlier marker, which suffice to find a cycle of any length.
#[derive(Debug, Default)]
struct Markers {
    /// Hashes of the latest markers, since a marker may be long. A collision is practically
    /// impossible.
    last: HashSet<u128>,
    order: VecDeque<u128>,
    /// An earlier marker. It is replaced by the current marker from time to time; the number of
    /// markers between two replacements about doubles each time.
    milestone: Option<u128>,
    since_milestone: u64,
    until_next: u64,
    hashers: [RandomState; 2],
}

impl Markers {
    const REMEMBERED: usize = 1024;

    fn hash(&self, marker: &str) -> u128 {
        let [high, low] = self
            .hashers
            .each_ref()
            .map(|it| u128::from(it.hash_one(marker)));
        high << 64 | low
    }

    fn contains(&self, marker: &str) -> bool {
        let hash = self.hash(marker);
        self.last.contains(&hash) || self.milestone == Some(hash)
    }

    fn insert(&mut self, marker: &str) {
        let hash = self.hash(marker);
        self.last.insert(hash);
        self.order.push_back(hash);
        if self.order.len() > Self::REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.last.remove(&oldest);
        }
        self.since_milestone += 1;
        if self.since_milestone > self.until_next {
            self.milestone = Some(hash);
            self.until_next = (self.until_next * 2).max(1);
            self.since_milestone = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processes a page and returns the marker of the next one; `Ok(None)` at the end.
    fn take(
        cursor: &mut MarkerCursor,
        keys: &[&str],
        marker: &str,
        more: Option<bool>,
    ) -> Result<Option<String>, Stray> {
        let said = Said {
            total: None,
            marker: Some(marker),
            more,
        };
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        cursor.take(keys, said)?;
        Ok(cursor.next().flatten())
    }

    #[test]
    fn the_list_ends_where_the_service_says_so() {
        for (marker, more, expected) in [
            ("", None, Ok(None)),
            ("", Some(false), Ok(None)),
            ("m", Some(false), Ok(None)),
            ("m", None, Ok(Some("m"))),
            ("m", Some(true), Ok(Some("m"))),
            ("", Some(true), Err(Stray::NoMarker)),
        ] {
            let mut cursor = MarkerCursor::begin(false);
            let next = take(&mut cursor, &["a"], marker, more);
            assert_eq!(
                next,
                expected.map(|next| next.map(str::to_owned)),
                "{marker} {more:?}"
            );
        }
    }

    #[test]
    fn a_marker_that_comes_again_is_an_error_and_the_page_is_still_to_be_read() {
        let mut cursor = MarkerCursor::begin(false);
        assert!(take(&mut cursor, &["a"], "1", None).is_ok());
        assert!(take(&mut cursor, &["b"], "2", None).is_ok());
        for marker in ["2", "1"] {
            assert_eq!(take(&mut cursor, &["c"], marker, None), Err(Stray::Repeats));
            assert_eq!(cursor.next(), Some(Some("2".to_owned())));
        }
        let new = cursor.take(
            vec!["b".to_owned(), "c".to_owned()],
            Said {
                total: Some(4),
                marker: None,
                more: None,
            },
        );
        assert_eq!(new, Ok(vec![false, true]));
        assert_eq!((cursor.next(), cursor.missing()), (None, Some(1)));
    }

    #[test]
    fn where_pages_may_repeat_one_without_anything_new_is_the_end() {
        let mut cursor = MarkerCursor::begin(true);
        assert!(take(&mut cursor, &["a"], "1", None).is_ok());
        assert_eq!(take(&mut cursor, &["b"], "1", None), Err(Stray::Repeats));
        assert_eq!(take(&mut cursor, &["a"], "1", None), Ok(None));
        assert_eq!(cursor.next(), None);
        // Items without a key may all be new.
        let mut cursor = MarkerCursor::begin(true);
        assert!(take(&mut cursor, &[""], "1", None).is_ok());
        assert_eq!(take(&mut cursor, &[""], "1", None), Err(Stray::Repeats));
    }

    #[test]
    fn circles_of_any_length_are_found() {
        for (lead, length) in [(0, 1), (3, 7), (10, 1024), (5, 1025), (700, 5000)] {
            let mut cursor = MarkerCursor::begin(false);
            let markers = (0..lead).chain((lead..lead + length).cycle());
            let found = markers.enumerate().find_map(|(number, marker)| {
                let key = number.to_string();
                let next = take(&mut cursor, &[&key], &marker.to_string(), None);
                next.err().map(|error| (number, error))
            });
            let (number, error) = found.unwrap();
            assert_eq!(error, Stray::Repeats);
            assert!(
                number <= 3 * (lead + length) + 1,
                "{lead} {length}: {number}"
            );
        }
    }

    #[test]
    fn pages_without_anything_new_do_not_go_on_for_ever() {
        let mut cursor = MarkerCursor::begin(false);
        assert!(take(&mut cursor, &["a"], "0", None).is_ok());
        for number in 1..=VAIN_PAGES {
            let keys: &[&str] = if number % 2 == 0 { &[] } else { &["a"] };
            assert!(take(&mut cursor, keys, &number.to_string(), None).is_ok());
        }
        assert_eq!(take(&mut cursor, &[], "x", None), Err(Stray::Endless));
        // The end of the list is not one of these errors.
        assert_eq!(take(&mut cursor, &[], "", None), Ok(None));
    }
}
