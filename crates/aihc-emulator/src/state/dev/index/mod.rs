//! Finds a page of dev instances without looking at those that are not on it.
//!
//! Filters that compare whole values have a set for each of their combinations. A search by a part
//! of a text looks once at the instances that may hold it; what it found is kept up to date for the
//! pages that follow.
//!
//! To look at all of them would be less code. Of a million, as many as the control interface makes at once,
//! that takes 40 to 160 ms for each page, in which everybody else waits for the lock.

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

/// How many results of searches are kept.
const KEPT_SEARCHES: usize = 16;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) skip: usize,
    pub(crate) size: usize,
    /// Oldest first.
    pub(crate) ascending: bool,
}

/// How one instance stands in the index.
#[derive(Debug)]
pub(crate) struct Entry {
    facets: Facets,
    seen: Option<Indexed>,
}

/// What may change about an instance, as it was last entered. `None` hides it from lists.
#[derive(Debug, PartialEq, Eq)]
struct Indexed {
    status: InstanceStatus,
    creator: String,
}

/// All indexes.
#[derive(Debug, Default)]
pub(crate) struct Index {
    exact: Exact,
    names: Grams,
    creators: Grams,
    /// Results of searches, the last one that was used in front.
    searches: VecDeque<(Filter, OrderedSet)>,
}

impl Index {
    /// Enters a new instance.
    pub(crate) fn insert(&mut self, number: u64, instance: &Instance) -> Entry {
        self.names.insert(number, &instance.name);
        let mut entry = Entry {
            facets: Facets::of(instance),
            seen: None,
        };
        self.refresh(number, instance, &mut entry);
        entry
    }

    /// Follows a change.
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

    /// Forgets an instance.
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

    /// Returns the numbers on one page, and how many there are on all pages. `look` gives the
    /// instance of a number; it is asked only about those that may match and that no set knows yet.
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

    /// Looks at every instance that may match.
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
