//! Finds a page of dev instances, usually without examining those that are not on it.
//!
//! There is a set of instances for every combination of the filters that compare whole values. A
//! search for a part of a string, or for several states, has no such set: when its first page is
//! requested, the instances that may match are examined. The result is then kept up to date for the
//! following pages.
//!
//! Examining all instances for every page would be less code. But with a million instances, which
//! is the most that one request to the control interface can create, it takes 40 to 160 ms. During
//! that time, all other requests wait for the lock of the state.

mod exact;
mod filter;
mod grams;
mod ordered_set;

use std::collections::VecDeque;

use self::exact::{Exact, Facets};
pub(crate) use self::filter::{Filter, Search};
use self::grams::{Candidates, Grams};
use self::ordered_set::OrderedSet;
use crate::state::{Instance, InstanceStatus};

/// The maximum number of searches whose results are kept.
const KEPT_SEARCHES: usize = 16;

/// The part of a list that is requested: how many elements to skip, how many to return, and in
/// which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) skip: usize,
    pub(crate) size: usize,
    /// Whether the oldest instance comes first.
    pub(crate) ascending: bool,
}

/// The properties under which an instance is indexed.
#[derive(Debug)]
pub(crate) struct Entry {
    facets: Facets,
    /// The properties that can change; `None` if the instance is hidden from lists.
    seen: Option<Indexed>,
}

/// The changeable properties of an instance, as last indexed.
#[derive(Debug, PartialEq, Eq)]
struct Indexed {
    status: InstanceStatus,
    creator: String,
}

/// All indexes of dev instances.
#[derive(Debug, Default)]
pub(crate) struct Index {
    exact: Exact,
    names: Grams,
    creators: Grams,
    /// Search results, most recently used first.
    searches: VecDeque<(Filter, OrderedSet)>,
}

impl Index {
    /// Adds a new instance.
    pub(crate) fn insert(&mut self, number: u64, instance: &Instance) -> Entry {
        self.names.insert(number, &instance.name);
        let mut entry = Entry {
            facets: Facets::of(instance),
            seen: None,
        };
        self.refresh(number, instance, &mut entry);
        entry
    }

    /// Updates the index after an instance has changed.
    pub(crate) fn refresh(&mut self, number: u64, instance: &Instance, entry: &mut Entry) {
        let seen = instance.shown().map(|shown| Indexed {
            status: shown.status,
            creator: shown.settings.creator.clone(),
        });
        if seen == entry.seen {
            return;
        }
        self.enter(number, entry, seen);
        for (filter, found) in &mut self.searches {
            if filter.matches(instance) {
                found.insert(number);
            } else {
                found.remove(number);
            }
        }
    }

    /// Removes an instance.
    pub(crate) fn remove(&mut self, number: u64, instance: &Instance, mut entry: Entry) {
        self.names.remove(number, &instance.name);
        self.enter(number, &mut entry, None);
        for (_, found) in &mut self.searches {
            found.remove(number);
        }
    }

    fn enter(&mut self, number: u64, entry: &mut Entry, seen: Option<Indexed>) {
        let old = std::mem::replace(&mut entry.seen, seen);
        let (old, new) = (old.as_ref(), entry.seen.as_ref());
        let status = |seen: Option<&Indexed>| seen.map(|seen| seen.status);
        self.exact
            .shift(number, &entry.facets, status(old), status(new));
        if old.map(|seen| &seen.creator) != new.map(|seen| &seen.creator) {
            if let Some(old) = old {
                self.creators.remove(number, &old.creator);
            }
            if let Some(new) = new {
                self.creators.insert(number, &new.creator);
            }
        }
    }

    /// Returns the numbers of the instances on one page, and the number of instances on all pages.
    /// `look` returns the instance that has a given number; it is called only if the result of the
    /// search is not kept, and only for instances that may match.
    pub(crate) fn page<'a>(
        &mut self,
        filter: &Filter,
        window: Window,
        look: impl FnMut(u64) -> Option<&'a Instance>,
    ) -> (Vec<u64>, usize) {
        let cut = |set: &OrderedSet| {
            let page = set.page(window.skip, window.size, window.ascending);
            (page, set.len())
        };
        if filter.search.is_none() && filter.states.len() <= 1 {
            return self.exact.find(filter).map(cut).unwrap_or_default();
        }
        let known = self.searches.iter().position(|(known, _)| known == filter);
        let result = match known.and_then(|at| self.searches.remove(at)) {
            Some(result) => result,
            None => (filter.clone(), self.search(filter, look)),
        };
        let page = cut(&result.1);
        self.searches.truncate(KEPT_SEARCHES - 1);
        self.searches.push_front(result);
        page
    }

    /// Searches by examining every instance that may match.
    fn search<'a>(
        &self,
        filter: &Filter,
        mut look: impl FnMut(u64) -> Option<&'a Instance>,
    ) -> OrderedSet {
        let mut found = OrderedSet::default();
        let mut check = |set: &OrderedSet| {
            for number in set.iter() {
                if look(number).is_some_and(|instance| filter.matches(instance)) {
                    found.insert(number);
                }
            }
        };
        let by_text = match &filter.search {
            Some(Search::Name(part)) => self.names.candidates(part),
            Some(Search::Creator(part)) => self.creators.candidates(part),
            _ => None,
        };
        match by_text {
            Some(Candidates::None) => {}
            Some(Candidates::Among(set)) => check(set),
            None if filter.states.is_empty() => {
                self.exact.find(filter).into_iter().for_each(check);
            }
            None => {
                for code in &filter.states {
                    let one_state = Filter {
                        states: vec![*code],
                        ..filter.clone()
                    };
                    self.exact.find(&one_state).into_iter().for_each(&mut check);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
