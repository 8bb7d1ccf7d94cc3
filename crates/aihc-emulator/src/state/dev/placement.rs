//! The instances that have a place to be deployed, and those that wait for one.
//!
//! An instance needs a place for its deployment, and keeps it as long as it has a container. The
//! `capacity` of the scenario is the number of places.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::state::capacity::Priority;

/// Whether an instance has a place, waits for one, or needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Has no place, and is not among those that wait for one.
    Apart,
    /// Has a place.
    Placed(Priority),
    /// Has been waiting for a place since this instant.
    Waiting(Priority, OffsetDateTime),
}

/// All instances that have a place or wait for one.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// The instances that have a place: lowest priority first, and newest first among equals.
    taken: BTreeSet<(Priority, Reverse<u64>)>,
    /// The instances that wait: highest priority first, and longest waiting first among equals.
    waiting: BTreeSet<(Reverse<Priority>, OffsetDateTime, u64)>,
}

impl Placement {
    /// Records that the standing of an instance has changed.
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

    /// Returns whether there is a place for another instance. `capacity` is the number of places;
    /// `None` if it is unlimited.
    pub(super) fn has_room(&self, capacity: Option<usize>) -> bool {
        capacity.is_none_or(|capacity| self.taken.len() < capacity)
    }

    /// Returns the waiting instance that is next to get a place, with its priority and the time
    /// since which it has been waiting; `None` if none is waiting.
    pub(super) fn first_waiting(&self) -> Option<(Priority, OffsetDateTime, u64)> {
        let first = self.waiting.first();
        first.map(|(Reverse(priority), since, number)| (*priority, *since, *number))
    }

    /// Returns the instance that has to give up its place to one with this `priority`; `None` if
    /// none has to. Only a high priority takes places from instances with lower ones.
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
