//! Amounts of processors, memory and accelerators.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The number of thousandths in a unit: cores and accelerators are counted in thousandths, because
/// they can be divided.
pub(crate) const MILLI: i64 = 1000;
/// The number of MiB in a GiB.
pub(crate) const GIB: i64 = 1024;

/// An amount of resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    /// Thousandths of a core.
    pub(crate) milli_cpus: i64,
    /// Memory in MiB.
    pub(crate) memory: i64,
    /// Thousandths of an accelerator, by resource name.
    pub(crate) accelerators: BTreeMap<String, i64>,
}

impl Amount {
    /// Creates an amount from whole cores, GiB of memory, and whole accelerators of one kind.
    pub(crate) fn whole(cpus: i64, memory: i64, accelerator: &str, count: i64) -> Self {
        let accelerator = (!accelerator.is_empty() && count > 0)
            .then(|| (accelerator.to_owned(), count.saturating_mul(MILLI)));
        Self {
            milli_cpus: cpus.max(0).saturating_mul(MILLI),
            memory: memory.max(0).saturating_mul(GIB),
            accelerators: accelerator.into_iter().collect(),
        }
    }

    /// Returns the sum of two amounts.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        self.combined(other, i64::saturating_add)
    }

    /// Returns this amount less `other`, with zero in place of negative values.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a.saturating_sub(b).max(0))
    }

    /// Returns the amount multiplied by `count`.
    pub(crate) fn times(&self, count: i64) -> Self {
        Self {
            milli_cpus: self.milli_cpus.saturating_mul(count),
            memory: self.memory.saturating_mul(count),
            accelerators: (self.accelerators.iter())
                .map(|(name, parts)| (name.clone(), parts.saturating_mul(count)))
                .collect(),
        }
    }

    fn combined(&self, other: &Self, join: fn(i64, i64) -> i64) -> Self {
        let mut accelerators = self.accelerators.clone();
        for (name, parts) in &other.accelerators {
            let before = accelerators.get(name).copied().unwrap_or_default();
            accelerators.insert(name.clone(), join(before, *parts));
        }
        Self {
            milli_cpus: join(self.milli_cpus, other.milli_cpus),
            memory: join(self.memory, other.memory),
            accelerators,
        }
    }

    /// Returns the number of accelerators of all kinds, in thousandths.
    pub(crate) fn all_accelerators(&self) -> i64 {
        self.accelerators
            .values()
            .fold(0, |all, parts| all.saturating_add(*parts))
    }
}

/// The maximum amount of each resource. A field that is `None` sets no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) milli_cpus: Option<i64>,
    pub(crate) memory: Option<i64>,
    /// The limit for each kind of accelerator, by resource name. `None` means that there is no
    /// limit. If there is a map, kinds that it does not contain are not available.
    pub(crate) accelerators: Option<BTreeMap<String, i64>>,
}

impl Limit {
    /// Returns the name of the first resource for which `taken` and `demand` together exceed the
    /// limit; `None` if there is no such resource. Resources of which `demand` is zero are ignored.
    pub(crate) fn lacks(&self, taken: &Amount, demand: &Amount) -> Option<String> {
        let over = |limit: Option<i64>, taken: i64, wanted: i64| {
            wanted > 0 && limit.is_some_and(|limit| taken.saturating_add(wanted) > limit)
        };
        if over(self.milli_cpus, taken.milli_cpus, demand.milli_cpus) {
            return Some("cpu".into());
        }
        if over(self.memory, taken.memory, demand.memory) {
            return Some("memory".into());
        }
        let limits = self.accelerators.as_ref()?;
        let mut wanted = demand.accelerators.iter();
        let lacking = wanted.find(|(name, parts)| {
            let limit = limits.get(*name).copied().unwrap_or_default();
            let taken = taken.accelerators.get(*name).copied().unwrap_or_default();
            over(Some(limit), taken, **parts)
        });
        lacking.map(|(name, _)| name.clone())
    }

    /// Returns the part of the limit that remains when `taken` is in use.
    pub(crate) fn left(&self, taken: &Amount) -> Self {
        let left = |limit: Option<i64>, taken: i64| limit.map(|limit| (limit - taken).max(0));
        let accelerators = self.accelerators.as_ref().map(|limits| {
            let limits = limits.iter().map(|(name, limit)| {
                let taken = taken.accelerators.get(name).copied().unwrap_or_default();
                (name.clone(), (limit - taken).max(0))
            });
            limits.collect()
        });
        Self {
            milli_cpus: left(self.milli_cpus, taken.milli_cpus),
            memory: left(self.memory, taken.memory),
            accelerators,
        }
    }

    /// Returns the limit that results from applying both this one and `other`.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let least = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
        let accelerators = match (&self.accelerators, &other.accelerators) {
            (Some(ours), Some(theirs)) => Some(
                ours.iter()
                    .map(|(name, limit)| {
                        let other = theirs.get(name).copied().unwrap_or_default();
                        (name.clone(), other.min(*limit))
                    })
                    .collect(),
            ),
            (ours, theirs) => ours.clone().or_else(|| theirs.clone()),
        };
        Self {
            milli_cpus: least(self.milli_cpus, other.milli_cpus),
            memory: least(self.memory, other.memory),
            accelerators,
        }
    }
}

impl From<Amount> for Limit {
    fn from(amount: Amount) -> Self {
        Self {
            milli_cpus: Some(amount.milli_cpus),
            memory: Some(amount.memory),
            accelerators: Some(amount.accelerators),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "baidu.com/a800_80g_cgpu";

    #[test]
    fn what_is_lacking_is_named_and_what_is_not_limited_never_lacks() {
        let limit = Limit::from(Amount::whole(8, 16, CARD, 2));
        let taken = Amount::whole(4, 8, CARD, 1);
        let lacks = |demand: Amount| limit.lacks(&taken, &demand);
        assert_eq!(lacks(Amount::whole(4, 8, CARD, 1)), None);
        assert_eq!(lacks(Amount::whole(5, 8, CARD, 1)).as_deref(), Some("cpu"));
        assert_eq!(lacks(Amount::whole(1, 9, "", 0)).as_deref(), Some("memory"));
        assert_eq!(lacks(Amount::whole(0, 0, CARD, 2)).as_deref(), Some(CARD));
        assert_eq!(
            lacks(Amount::whole(0, 0, "other", 1)).as_deref(),
            Some("other")
        );
        assert_eq!(
            Limit::default().lacks(&taken, &Amount::whole(99, 99, "other", 9)),
            None
        );
    }

    #[test]
    fn what_wants_nothing_fits_where_nothing_is_left() {
        let limit = Limit::from(Amount::default());
        assert_eq!(
            limit.lacks(&Amount::whole(1, 1, CARD, 1), &Amount::default()),
            None
        );
    }

    #[test]
    fn the_narrower_of_two_limits_counts() {
        let wide = Limit::from(Amount::whole(8, 16, CARD, 2));
        let narrow = Limit {
            milli_cpus: Some(1),
            ..Limit::default()
        };
        let both = wide.and(&narrow);
        assert_eq!((both.milli_cpus, both.memory), (Some(1), wide.memory));
        assert_eq!(both.accelerators, wide.accelerators);
        assert_eq!(wide.left(&Amount::whole(9, 1, CARD, 1)).milli_cpus, Some(0));
    }
}
