//! Property tests: what holds for a list however it changes while it is being read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bce_http::pager::Items;
use proptest::prelude::*;

use super::herd::{Event, Herd, Total};

fn event(births: impl Strategy<Value = usize>) -> impl Strategy<Value = Event> {
    prop_oneof![
        births.prop_map(Event::Birth),
        any::<usize>().prop_map(Event::Death),
    ]
}

fn events(
    births: impl Strategy<Value = usize> + 'static,
) -> impl Strategy<Value = VecDeque<Vec<Event>>> {
    let between_requests = proptest::collection::vec(event(births), 0..12);
    proptest::collection::vec(between_requests, 0..40).prop_map(VecDeque::from)
}

fn total() -> impl Strategy<Value = Total> {
    prop_oneof![
        Just(Total::Right),
        Just(Total::Absent),
        any::<i64>().prop_map(Total::Always),
        (-2..80_i64).prop_map(Total::Always),
        Just(Total::Remaining),
        Just(Total::Falling),
    ]
}

/// Reads the list of `herd` to the end. Returns how often each item was delivered, and how many
/// items the stream reports as missing.
fn read(herd: &Herd) -> (BTreeMap<u32, usize>, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (mut items, mut animals) = (Items::new(herd.clone()), Vec::new());
    let all = items.collect_into(&mut animals);
    runtime.block_on(all).unwrap();
    let mut times = BTreeMap::new();
    for animal in animals {
        *times.entry(animal).or_default() += 1;
    }
    (times, items.missing().unwrap_or(0))
}

/// Generates the numbers of pages that are returned empty.
fn holes() -> impl Strategy<Value = BTreeSet<i64>> {
    proptest::collection::btree_set(1..20_i64, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_item_comes_twice_and_every_list_ends(
        animals in 0..60_u32,
        size in 1..9_usize,
        total in total(),
        events in events(any::<usize>()),
        holes in holes(),
    ) {
        let herd = Herd::new(animals, size).with(|herd| {
            herd.total = total;
            herd.events = events;
            herd.holes = holes;
        });
        let (times, _) = read(&herd);
        prop_assert!(times.values().all(|times| *times == 1), "{times:?}");
        prop_assert!(herd.asked().len() < 3000, "{}", herd.asked().len());
    }

    /// Checks that no item is left out that is in the list all the time, if new items are added
    /// only at the front, as in a list that is sorted by creation time.
    #[test]
    fn whatever_is_listed_all_the_time_comes(
        animals in 0..60_u32,
        size in 2..9_usize,
        events in events(Just(0)),
    ) {
        let herd = Herd::new(animals, size).with(|herd| herd.events = events);
        let (times, said) = read(&herd);
        let state = herd.0.lock().unwrap();
        let missing: Vec<_> = (state.animals.iter())
            .filter(|animal| **animal < animals && !times.contains_key(animal))
            .collect();
        prop_assert!(missing.is_empty(), "{missing:?} in {:?}", state.asked);
        // Only added items are reported as missing.
        let unseen = state.animals.iter().filter(|animal| !times.contains_key(animal));
        prop_assert!(said <= unseen.count() as u64, "{said} in {:?}", state.asked);
        prop_assert!(times.values().all(|times| *times == 1));
    }

    /// Checks that no item is left out if items are only added, at any position, and none are
    /// removed.
    #[test]
    fn nothing_is_left_out_while_items_only_come_in(
        animals in 0..60_u32,
        size in 2..9_usize,

        places in proptest::collection::vec(
            proptest::collection::vec(any::<usize>().prop_map(Event::Birth), 0..3), 0..40),
    ) {
        let herd = Herd::new(animals, size).with(|herd| herd.events = places.into());
        let (times, missing) = read(&herd);
        prop_assert_eq!(missing, 0);
        prop_assert!((0..animals).all(|animal| times.get(&animal) == Some(&1)), "{times:?}");
    }

    /// Checks that each item is either delivered or counted as missing, whichever pages are empty.
    #[test]
    fn what_came_and_what_is_missing_make_up_the_total(
        animals in 0..200_u32,
        size in 1..9_usize,
        holes in holes(),
    ) {
        let herd = Herd::new(animals, size).with(|herd| herd.holes = holes.clone());
        let (times, missing) = read(&herd);
        prop_assert_eq!(times.len() as u64 + missing, u64::from(animals));
        // Where no full page was delivered, only the limit for empty pages applies.
        let end = i64::from(animals) / i64::try_from(size).unwrap() + 1 + 8;
        prop_assert!(herd.asked().iter().all(|page| *page <= end), "{:?}", herd.asked());
        if (1..20).all(|page| holes.range(page..page + 8).count() < 8) {
            let on = |animal: u32| i64::try_from(animal as usize / size).unwrap() + 1;
            let expected = (0..animals).filter(|animal| !holes.contains(&on(*animal)));
            prop_assert!(times.into_keys().eq(expected), "{:?}", herd.asked());
        }
    }
}
