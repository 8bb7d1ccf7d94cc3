//! The instances that count toward the `capacity` of the scenario, and those that wait to be
//! deployed although their queue does not exist. Instances that wait in an existing queue are
//! recorded by `Board` instead.
//!
//! The capacity is the number of instances that can be deployed at the same time. An instance
//! counts from the beginning of its deployment, as long as it has a container.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::state::capacity::Priority;

/// Whether an instance counts toward the `capacity` of the scenario, or waits until it can be
/// deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The instance does not count toward the capacity, and is not recorded as waiting.
    Apart,
    /// The instance counts toward the capacity of the scenario.
    Placed(Priority),
    /// The instance has been waiting to be deployed since this instant.
    Waiting(Priority, OffsetDateTime),
}

/// All instances that count toward the `capacity` of the scenario, and those that wait to be
/// deployed although their queue does not exist.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// The instances that count toward the capacity: lowest priority first, and newest first among
    /// equals.
    taken: BTreeSet<(Priority, Reverse<u64>)>,
    /// The instances that wait to be deployed although their queue does not exist: highest priority
    /// first, and longest waiting first among equals.
    waiting: BTreeSet<(Reverse<Priority>, OffsetDateTime, u64)>,
}

impl Placement {
    /// Records that the [`Standing`] of an instance has changed.
    pub(super) fn shift(&mut self, number: u64, from: Standing, to: Standing) {
        if from == to {
            return;
        }
        match from {
            Standing::Apart => {}
            Standing::Placed(priority) => {
                self.taken.remove(&(priority, Reverse(number)));
            }
            Standing::Waiting(priority, since) => {
                self.waiting.remove(&(Reverse(priority), since, number));
            }
        }
        match to {
            Standing::Apart => {}
            Standing::Placed(priority) => {
                self.taken.insert((priority, Reverse(number)));
            }
            Standing::Waiting(priority, since) => {
                self.waiting.insert((Reverse(priority), since, number));
            }
        }
    }

    /// Returns whether another instance can be deployed. `capacity` is the maximum number of
    /// deployed instances; `None` if it is unlimited.
    pub(super) fn has_room(&self, capacity: Option<usize>) -> bool {
        capacity.is_none_or(|capacity| self.taken.len() < capacity)
    }

    /// Returns the priority of the first instance in `waiting`, the time since which it has been
    /// waiting, and its number. Returns `None` if `waiting` is empty.
    pub(super) fn first_waiting(&self) -> Option<(Priority, OffsetDateTime, u64)> {
        let first = self.waiting.first();
        first.map(|(Reverse(priority), since, number)| (*priority, *since, *number))
    }

    /// Returns the instance that has to be preempted so that one with this `priority` can be
    /// deployed; `None` if there is none. Only a high priority preempts an instance, and only one
    /// with a lower priority.
    pub(super) fn victim(&self, priority: Priority) -> Option<u64> {
        let (lowest, Reverse(number)) = self.taken.first()?;
        (priority == Priority::High && *lowest < priority).then_some(*number)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    fn places(standings: &[Standing]) -> Placement {
        let mut places = Placement::default();
        for (number, standing) in (0..).zip(standings) {
            places.shift(number, Standing::Apart, *standing);
        }
        places
    }

    fn first(places: &Placement) -> Option<u64> {
        places.first_waiting().map(|(_, _, number)| number)
    }

    #[test]
    fn room_is_what_the_capacity_leaves() {
        let places = places(&[Standing::Placed(Priority::High), Standing::Apart]);
        assert!(places.has_room(None));
        assert!(places.has_room(Some(2)));
        assert!(!places.has_room(Some(1)));
    }

    #[test]
    fn the_highest_priority_goes_first_and_then_the_longest_waiting() {
        let later = START + time::Duration::SECOND;
        let mut places = places(&[
            Standing::Waiting(Priority::Low, START),
            Standing::Waiting(Priority::High, later),
            Standing::Waiting(Priority::High, START),
        ]);
        assert_eq!(first(&places), Some(2));
        places.shift(2, Standing::Waiting(Priority::High, START), Standing::Apart);
        assert_eq!(first(&places), Some(1));
    }

    #[test]
    fn only_high_priority_takes_a_place_and_only_from_a_lower_one() {
        let placed = |priorities: &[Priority]| {
            let standings: Vec<_> = priorities.iter().copied().map(Standing::Placed).collect();
            places(&standings)
        };
        let mixed = placed(&[
            Priority::High,
            Priority::Normal,
            Priority::Low,
            Priority::Low,
        ]);
        assert_eq!(mixed.victim(Priority::High), Some(3));
        assert_eq!(mixed.victim(Priority::Normal), None);
        assert_eq!(placed(&[Priority::High]).victim(Priority::High), None);
    }
}
