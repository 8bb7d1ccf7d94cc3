//! An index of dev instances: for every combination of the list filters that compare whole values,
//! the set of matching instances.

use std::collections::HashMap;
use std::sync::Arc;

use super::filter::Filter;
use super::ordered_set::OrderedSet;
use crate::access::Principal;
use crate::state::{Instance, InstanceStatus};

/// A combination of list filters. `None` matches every value of a field; in `state`, it matches
/// every state except deleted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// A state; `None` matches every state except deleted.
    state: Option<i64>,
    owner: Option<Arc<Principal>>,
    pool: Option<Arc<str>>,
    queue: Option<Arc<str>>,
}

/// The properties of an instance that filters compare and that do not change.
#[derive(Debug)]
pub(super) struct Facets {
    owner: Arc<Principal>,
    pools: Vec<Arc<str>>,
    queue: Arc<str>,
}

impl Facets {
    pub(super) fn of(instance: &Instance) -> Self {
        Self {
            owner: Arc::new(instance.owner.clone()),
            pools: Filter::pools_of(instance).map(Arc::from).collect(),
            queue: Arc::from(instance.queue()),
        }
    }

    /// Returns all combinations of filters with this `state` that an instance with these properties
    /// matches.
    fn keys(&self, state: Option<i64>) -> impl Iterator<Item = Key> {
        let owners = [None, Some(&self.owner)];
        let queues = [None, Some(&self.queue)];
        let pools = std::iter::once(None).chain(self.pools.iter().map(Some));
        pools.flat_map(move |pool| {
            owners.into_iter().flat_map(move |owner| {
                queues.into_iter().map(move |queue| Key {
                    state,
                    owner: owner.cloned(),
                    pool: pool.cloned(),
                    queue: queue.cloned(),
                })
            })
        })
    }
}

/// The set of matching instances for each combination of filters.
#[derive(Debug, Default)]
pub(super) struct Exact(HashMap<Key, OrderedSet>);

impl Exact {
    /// Moves an instance from one state to another. A state of `None` means that lists do not
    /// contain the instance.
    pub(super) fn shift(
        &mut self,
        number: u64,
        facets: &Facets,
        from: Option<InstanceStatus>,
        to: Option<InstanceStatus>,
    ) {
        let (from, to) = (states(from), states(to));
        for state in from.iter().filter(|state| !to.contains(state)) {
            for key in facets.keys(*state) {
                if let Some(set) = self.0.get_mut(&key) {
                    set.remove(number);
                    if set.is_empty() {
                        self.0.remove(&key);
                    }
                }
            }
        }
        for state in to.iter().filter(|state| !from.contains(state)) {
            for key in facets.keys(*state) {
                self.0.entry(key).or_default().insert(number);
            }
        }
    }

    /// Returns the set of instances that match a filter; `None` if there are none. Ignores the
    /// search of the filter, and all states of the filter except the first.
    pub(super) fn find(&self, filter: &Filter) -> Option<&OrderedSet> {
        self.0.get(&Key {
            state: filter.states.first().copied(),
            owner: filter.owner.clone().map(Arc::new),
            pool: filter.pool.as_deref().map(Arc::from),
            queue: filter.queue.as_deref().map(Arc::from),
        })
    }
}

#[cfg(test)]
impl Exact {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns the values of [`Key::state`] under which an instance in the state `status` is found.
fn states(status: Option<InstanceStatus>) -> Vec<Option<i64>> {
    match status {
        None => vec![],
        Some(InstanceStatus::DELETED) => vec![Some(InstanceStatus::DELETED.code())],
        Some(status) => vec![None, Some(status.code())],
    }
}
