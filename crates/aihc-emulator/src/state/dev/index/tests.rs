//! Tests of the results of the index, and of the number of instances that reading a page examines.

use std::cell::Cell;

use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::access::Principal;
use crate::delays::Pace;
use crate::state::InstanceSettings;
use crate::state::dev::instance::Identity;

/// Instances and their index.
struct Shelf {
    index: Index,
    instances: Vec<(Instance, Entry)>,
    visits: Cell<usize>,
}

const FIRST: Window = Window {
    skip: 0,
    size: 10,
    ascending: false,
};

impl Shelf {
    /// Creates `count` instances of two users, in two pools and two queues; every tenth is stopped,
    /// and most are also in managed pools.
    fn of(count: u64) -> Self {
        let mut index = Index::default();
        let instances = (0..count).map(|number| {
            let instance = instance(number);
            let entry = index.insert(number, &instance);
            (instance, entry)
        });
        let instances = instances.collect();
        Self {
            index,
            instances,
            visits: Cell::new(0),
        }
    }

    /// Returns the numbers of the instances on a page, how many instances there are on all pages,
    /// and how many were examined.
    fn page(&mut self, filter: &Filter, window: Window) -> (Vec<u64>, usize, usize) {
        self.visits.set(0);
        let look = |number: u64| {
            self.visits.set(self.visits.get() + 1);
            let at = usize::try_from(number).ok()?;
            self.instances.get(at).map(|(instance, _)| instance)
        };
        let (page, total) = self.index.page(filter, window, look);
        (page, total, self.visits.get())
    }

    /// Returns the expected result of [`page`](Self::page), by examining all instances.
    fn expected(&self, filter: &Filter, window: Window) -> (Vec<u64>, usize) {
        let matching = (0..).zip(&self.instances);
        let mut numbers: Vec<u64> = matching
            .filter(|(_, (instance, _))| filter.matches(instance))
            .map(|(number, _)| number)
            .collect();
        if !window.ascending {
            numbers.reverse();
        }
        let page = numbers.iter().skip(window.skip).take(window.size);
        (page.copied().collect(), numbers.len())
    }

    fn set(&mut self, number: usize, status: InstanceStatus) {
        let (instance, entry) = &mut self.instances[number];
        let now = datetime!(2026-08-20 00:00 UTC);
        instance.force(status, String::new(), now, &Pace::usual());
        self.index
            .refresh(number.try_into().unwrap(), instance, entry);
    }
}

fn instance(number: u64) -> Instance {
    let pick = |of: [&str; 2], every: u64| of[usize::from(number.is_multiple_of(every))].to_owned();
    let settings = InstanceSettings {
        conf: json!({"resourcePool": {
            "resourcePoolId": pick(["cce-1", "cce-2"], 3), "queueName": pick(["q-1", "q-2"], 2),
            "resourcePoolType": pick(["", "serverless"], 5),
        }}),
        visible_scope: json!(null),
        notify: json!(null),
        is_public_mgmt: false,
        creator: pick(["alice", "bob"], 7),
        creator_id: "1".into(),
    };
    let identity = Identity {
        id: format!("dv-{number:08x}"),
        name: format!("dev-{number:06}"),
        owner: Principal::User(pick(["alice", "bob"], 7)),
        service_id: "aibox-1".into(),
    };
    let now = datetime!(2026-08-20 00:00 UTC);
    let mut instance = Instance::create(identity, settings, now, &Pace::usual());
    if number.is_multiple_of(10) {
        instance.force(InstanceStatus::STOPPED, String::new(), now, &Pace::usual());
    }
    instance
}

/// Returns filters that compare whole values: each of them alone, and all together.
fn exact_filters() -> Vec<Filter> {
    let owner = Some(Principal::User("alice".into()));
    let base = Filter::default();
    vec![
        base.clone(),
        Filter {
            states: vec![5],
            ..base.clone()
        },
        Filter {
            states: vec![77],
            ..base.clone()
        },
        Filter {
            owner: owner.clone(),
            ..base.clone()
        },
        Filter {
            pool: Some("cce-2".into()),
            ..base.clone()
        },
        Filter {
            pool: Some("serverless".into()),
            ..base.clone()
        },
        Filter {
            queue: Some("q-2".into()),
            ..base.clone()
        },
        Filter {
            states: vec![5],
            owner,
            pool: Some("cce-1".into()),
            queue: Some("q-2".into()),
            search: None,
        },
    ]
}

fn searches() -> Vec<Filter> {
    let search = |search| Filter {
        search: Some(search),
        ..Filter::default()
    };
    vec![
        search(Search::Name("dev-".into())),
        search(Search::Name("00123".into())),
        search(Search::Name("1".into())),
        search(Search::Name("nothing".into())),
        search(Search::Creator("bo".into())),
        search(Search::Creator("alice".into())),
        Filter {
            states: vec![0, 5],
            ..Filter::default()
        },
        Filter {
            states: vec![5],
            ..search(Search::Name("dev-".into()))
        },
    ]
}

#[test]
fn pages_are_right_for_every_filter_before_and_after_changes() {
    let mut shelf = Shelf::of(3000);
    for round in 0..2 {
        for filter in exact_filters().into_iter().chain(searches()) {
            for (skip, ascending) in [(0, true), (0, false), (20, false), (2995, true)] {
                let window = Window {
                    skip,
                    size: 10,
                    ascending,
                };
                let (page, total, _) = shelf.page(&filter, window);
                let expected = shelf.expected(&filter, window);
                assert_eq!((page, total), expected, "{round} {filter:?} {window:?}");
            }
        }
        for number in (0..3000).step_by(7) {
            shelf.set(number, InstanceStatus::STOPPED);
        }
        for number in (0..3000).step_by(11) {
            shelf.set(number, InstanceStatus::DELETED);
        }
    }
}

#[test]
fn a_page_by_whole_values_looks_at_no_other_instance() {
    for count in [100, 100_000] {
        let mut shelf = Shelf::of(count);
        for filter in exact_filters() {
            let deep = Window { skip: 50, ..FIRST };
            assert_eq!(shelf.page(&filter, FIRST).2, 0, "{count} {filter:?}");
            assert_eq!(shelf.page(&filter, deep).2, 0, "{count} {filter:?}");
        }
    }
}

#[test]
fn a_search_looks_once_at_what_may_match() {
    let mut shelf = Shelf::of(5000);
    let named = |part: &str| Filter {
        search: Some(Search::Name(part.into())),
        ..Filter::default()
    };
    let (page, total, visits) = shelf.page(&named("dev-001234"), FIRST);
    assert_eq!((page, total), (vec![1234], 1));
    assert!(visits < 500, "{visits}");
    assert_eq!(shelf.page(&named("dev-"), FIRST).2, 5000);
    let next = Window { skip: 10, ..FIRST };
    assert_eq!(shelf.page(&named("dev-"), next).2, 0);
    // The result of the search is kept up to date, without another search.
    shelf.set(4999, InstanceStatus::DELETED);
    let (page, total, visits) = shelf.page(&named("dev-"), FIRST);
    assert_eq!((page[0], total, visits), (4998, 4999, 0));
}

#[test]
fn only_the_last_searches_are_kept() {
    let mut shelf = Shelf::of(100);
    for number in 0..40 {
        let filter = Filter {
            search: Some(Search::Name(number.to_string())),
            ..Filter::default()
        };
        shelf.page(&filter, FIRST);
    }
    assert_eq!(shelf.index.searches.len(), KEPT_SEARCHES);
}

#[test]
fn what_is_removed_leaves_nothing_behind() {
    let mut shelf = Shelf::of(100);
    shelf.page(&searches()[0], FIRST);
    for (number, (instance, entry)) in (0..).zip(std::mem::take(&mut shelf.instances)) {
        shelf.index.remove(number, &instance, entry);
    }
    for filter in exact_filters().into_iter().chain(searches()) {
        assert_eq!(shelf.page(&filter, FIRST), (vec![], 0, 0), "{filter:?}");
    }
    assert!(shelf.index.exact.is_empty());
}
