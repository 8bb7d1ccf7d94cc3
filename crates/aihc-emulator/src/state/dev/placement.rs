//! Who holds a place to be deployed in, and who waits for one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::state::capacity::Priority;

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It needs no place.
    Apart,
    /// It has one.
    Placed(Priority),
    /// It waits for one since an instant.
    Waiting(Priority, OffsetDateTime),
}

/// All instances that hold a place or wait for one.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// The lowest priority first, and then the newest.
    taken: BTreeSet<(Priority, Reverse<u64>)>,
    /// The highest priority first, and then the longest waiting.
    waiting: BTreeSet<(Reverse<Priority>, OffsetDateTime, u64)>,
}

impl Placement {
    /// Moves an instance from one standing to another.
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

    /// Returns whether one more instance finds a place.
    pub(super) fn has_room(&self, capacity: Option<usize>) -> bool {
        capacity.is_none_or(|capacity| self.taken.len() < capacity)
    }

    /// Whose turn it is, with the priority and since when it waits.
    pub(super) fn first_waiting(&self) -> Option<(Priority, OffsetDateTime, u64)> {
        let first = self.waiting.first();
        first.map(|(Reverse(priority), since, number)| (*priority, *since, *number))
    }

    /// Who has to give way to an instance of `priority`.
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
