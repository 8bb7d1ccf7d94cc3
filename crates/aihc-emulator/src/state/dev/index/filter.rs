//! Filters of a list of dev instances.

use crate::access::Principal;
use crate::state::{Instance, InstanceStatus};

/// The value of the list filter `resourcePoolId` that stands for all managed pools. It is also the
/// `resourcePoolType` of instances in managed pools.
const MANAGED: &str = "serverless";

/// The conditions that the instances in a list meet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    /// The codes of the states; if empty, every state except deleted matches.
    pub(crate) states: Vec<i64>,
    pub(crate) owner: Option<Principal>,
    pub(crate) pool: Option<String>,
    pub(crate) queue: Option<String>,
    pub(crate) search: Option<Search>,
}

/// A search by the request parameters `queryKey` and `queryVal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// Matches instances whose name contains this text.
    Name(String),
    /// Matches the instance that has this id.
    Id(String),
    /// Matches instances whose creator has a name that contains this text.
    Creator(String),
}

impl Filter {
    /// Returns whether a list with this filter contains the instance. Considers the data that read
    /// requests currently see, which may be older than the actual data.
    pub(crate) fn matches(&self, instance: &Instance) -> bool {
        let Some(shown) = instance.shown() else {
            return false;
        };
        let found = |search: &Search| match search {
            Search::Name(part) => instance.name.contains(part.as_str()),
            Search::Id(id) => instance.id == *id,
            Search::Creator(part) => shown.settings.creator.contains(part.as_str()),
        };
        let in_pool = |pool: &String| match pool.as_str() {
            MANAGED => is_managed(instance),
            _ => instance.pool() == pool,
        };
        let state_fits = match self.states.as_slice() {
            [] => shown.status != InstanceStatus::DELETED,
            codes => codes.contains(&shown.status.code()),
        };
        state_fits
            && self
                .owner
                .as_ref()
                .is_none_or(|owner| instance.owner == *owner)
            && self.pool.as_ref().is_none_or(in_pool)
            && self
                .queue
                .as_ref()
                .is_none_or(|queue| instance.queue() == queue)
            && self.search.as_ref().is_none_or(found)
    }

    /// Returns the values of the filter `resourcePoolId` that match the instance.
    pub(super) fn pools_of(instance: &Instance) -> impl Iterator<Item = &str> {
        let by_id = Some(instance.pool()).filter(|pool| *pool != MANAGED && !pool.is_empty());
        by_id
            .into_iter()
            .chain(is_managed(instance).then_some(MANAGED))
    }
}

fn is_managed(instance: &Instance) -> bool {
    instance.pool_type() == MANAGED
}
