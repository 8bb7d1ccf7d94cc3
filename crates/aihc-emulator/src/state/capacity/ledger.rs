//! A ledger of the resources taken from each queue, and of the instances, jobs and pods (the
//! holders) that wait for resources.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use time::OffsetDateTime;

use super::amount::{Amount, Limit};
use crate::state::capacity::Priority;

/// The maximum number of waiting instances, jobs and pods that are examined in each queue,
/// beginning with the first. Those behind them move up when some of those before them get their
/// resources or stop waiting.
const LOOKED_AT: usize = 64;

/// Identifies a queue in the ledger, or a pool, which the ledger treats like a queue that contains
/// the queues of the pool.
pub(crate) type QueueNumber = usize;

/// The kind of a holder of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Instance,
    Job,
    Pod,
}

/// An instance, a job or a pod that takes resources, identified by its kind and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Holder {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
}

/// The resources that an instance, a job or a pod takes, or waits to take, from a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) queue: QueueNumber,
    pub(crate) demand: Amount,
}

/// Whether a holder has the resources of a claim, or waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Held,
    Waiting(Priority, OffsetDateTime),
}

/// The number of jobs that have resources of a queue, and of those that wait for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) running: i64,
    pub(crate) waiting: i64,
}

/// A queue, or a pool that contains queues, with its limit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    pub(crate) limit: Limit,
    /// The queue or pool that contains this one, from which resources are taken as well.
    pub(crate) parent: Option<QueueNumber>,
    /// Whether the queue is open. A closed queue does not give resources to holders that wait.
    pub(crate) opened: bool,
    /// Whether the first waiting holder blocks all others until it gets its resources.
    pub(crate) strict: bool,
}

#[derive(Debug, Default)]
struct Slot {
    room: Room,
    taken: Amount,
    waiting: BTreeSet<(Reverse<Priority>, OffsetDateTime, Holder)>,
    jobs: Counts,
}

/// All queues, and all claims on them.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    slots: Vec<Slot>,
    claims: HashMap<Holder, (Claim, Standing)>,
    /// A number that changes whenever the claim of a waiting holder may have become possible.
    revision: u64,
    /// For each kind of holder, the latest value of `revision` at which no claim of a waiting
    /// holder could be met.
    stuck: HashMap<Kind, u64>,
}

impl Ledger {
    pub(super) fn add(&mut self, room: Room) -> QueueNumber {
        self.slots.push(Slot {
            room,
            ..Slot::default()
        });
        self.slots.len() - 1
    }

    /// Returns what is lacking for a claim: the name of a resource, or `an open queue` if the queue
    /// or one that contains it is closed. Returns `None` if the claim can be met.
    pub(super) fn lacks(&self, claim: &Claim) -> Option<String> {
        let mut next = Some(claim.queue);
        while let Some(slot) = next.and_then(|number| self.slots.get(number)) {
            if !slot.room.opened {
                return Some("an open queue".into());
            }
            let lacking = slot.room.limit.lacks(&slot.taken, &claim.demand);
            if lacking.is_some() {
                return lacking;
            }
            next = slot.room.parent;
        }
        None
    }

    /// Records that a holder has the resources of a claim, or waits for them. If `claim` is `None`,
    /// removes the claim of the holder.
    pub(super) fn set(&mut self, holder: Holder, claim: Option<(Claim, Standing)>) {
        if self.claims.get(&holder) == claim.as_ref() {
            return;
        }
        if let Some((old, standing)) = self.claims.remove(&holder) {
            self.enter(holder, &old, standing, false);
        }
        if let Some((claim, standing)) = claim {
            self.enter(holder, &claim, standing, true);
            self.claims.insert(holder, (claim, standing));
        }
        self.revision += 1;
    }

    fn enter(&mut self, holder: Holder, claim: &Claim, standing: Standing, comes: bool) {
        let count = if comes { 1 } else { -1 };
        if let Some(slot) = self.slots.get_mut(claim.queue) {
            match standing {
                Standing::Held => {}
                Standing::Waiting(priority, since) if comes => {
                    slot.waiting.insert((Reverse(priority), since, holder));
                }
                Standing::Waiting(priority, since) => {
                    slot.waiting.remove(&(Reverse(priority), since, holder));
                }
            }
            if holder.kind == Kind::Job {
                match standing {
                    Standing::Held => slot.jobs.running += count,
                    Standing::Waiting(..) => slot.jobs.waiting += count,
                }
            }
        }
        let mut next = Some(claim.queue).filter(|_| standing == Standing::Held);
        while let Some(slot) = next.and_then(|number| self.slots.get_mut(number)) {
            slot.taken = match comes {
                true => slot.taken.plus(&claim.demand),
                false => slot.taken.minus(&claim.demand),
            };
            next = slot.room.parent;
        }
    }

    /// Returns the next waiting holder of this kind whose claim can be met: the one with the
    /// highest priority, and among equals the one that has waited longest. The result consists of
    /// the priority of that holder, the time since which it has been waiting, and its number.
    ///
    /// In each queue, only the first [`LOOKED_AT`] waiting holders are examined, or only the first
    /// one if the queue is [strict](Room::strict). Returns `None` if the claim of none of these can
    /// be met.
    pub(super) fn next_of(&mut self, kind: Kind) -> Option<(Priority, OffsetDateTime, u64)> {
        if self.stuck.get(&kind) == Some(&self.revision) {
            return None;
        }
        let numbers = 0..self.slots.len();
        let firsts = numbers.filter_map(|number| self.first_of(number, kind));
        let first =
            firsts.min_by_key(|(priority, since, number)| (Reverse(*priority), *since, *number));
        if first.is_none() {
            self.stuck.insert(kind, self.revision);
        }
        first
    }

    fn first_of(&self, queue: QueueNumber, kind: Kind) -> Option<(Priority, OffsetDateTime, u64)> {
        let slot = self.slots.get(queue)?;
        let most = if slot.room.strict { 1 } else { LOOKED_AT };
        let fits = |holder: &Holder| {
            let claim = self.claims.get(holder);
            claim.is_some_and(|(claim, _)| self.lacks(claim).is_none())
        };
        let mut waiting = slot.waiting.iter().take(most);
        let found = waiting.find(|(_, _, holder)| holder.kind == kind && fits(holder));
        found.map(|(priority, since, holder)| (priority.0, *since, holder.number))
    }

    /// Returns the resources taken from a queue, including those taken from queues that it
    /// contains.
    pub(super) fn taken(&self, queue: QueueNumber) -> Amount {
        self.slots
            .get(queue)
            .map(|slot| slot.taken.clone())
            .unwrap_or_default()
    }

    /// Returns the resources that remain in a queue, limited by those that remain in the queues and
    /// the pool that contain it.
    pub(super) fn left(&self, queue: QueueNumber) -> Limit {
        let mut left = Limit::default();
        let mut next = Some(queue);
        while let Some(slot) = next.and_then(|number| self.slots.get(number)) {
            left = left.and(&slot.room.limit.left(&slot.taken));
            next = slot.room.parent;
        }
        left
    }

    /// Returns the number of jobs that run in a queue, and the number of those that wait.
    pub(super) fn jobs(&self, queue: QueueNumber) -> Counts {
        self.slots
            .get(queue)
            .map(|slot| slot.jobs)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    /// Returns a queue that has this number of cores.
    fn room(cpus: i64, strict: bool, parent: Option<QueueNumber>) -> Room {
        Room {
            limit: Amount::whole(cpus, 1000, "", 0).into(),
            parent,
            opened: true,
            strict,
        }
    }

    fn job(number: u64) -> Holder {
        let kind = Kind::Job;
        Holder { kind, number }
    }

    fn wants(queue: QueueNumber, cpus: i64) -> Claim {
        let demand = Amount::whole(cpus, 1, "", 0);
        Claim { queue, demand }
    }

    fn next(ledger: &mut Ledger) -> Option<u64> {
        ledger.next_of(Kind::Job).map(|(_, _, number)| number)
    }

    #[test]
    fn what_is_small_enough_passes_unless_the_queue_is_strict() {
        for (strict, expected) in [(false, Some(3)), (true, None)] {
            let mut ledger = Ledger::default();
            let queue = ledger.add(room(4, strict, None));
            ledger.set(job(1), Some((wants(queue, 3), Standing::Held)));
            let waiting = |seconds| {
                let since = START + time::Duration::seconds(seconds);
                Standing::Waiting(Priority::Normal, since)
            };
            ledger.set(job(2), Some((wants(queue, 2), waiting(0))));
            ledger.set(job(3), Some((wants(queue, 1), waiting(1))));
            assert_eq!(next(&mut ledger), expected, "{strict}");
            // Once there are enough resources for the first holder, it comes first again.
            ledger.set(job(1), None);
            assert_eq!(next(&mut ledger), Some(2), "{strict}");
        }
    }

    #[test]
    fn the_highest_priority_of_all_queues_goes_first_and_then_the_longest_waiting() {
        let mut ledger = Ledger::default();
        let queues = [
            ledger.add(room(4, false, None)),
            ledger.add(room(4, false, None)),
        ];
        for (number, queue, priority, seconds) in [
            (1, queues[0], Priority::Low, 0),
            (2, queues[0], Priority::High, 2),
            (3, queues[1], Priority::High, 1),
        ] {
            let since = START + time::Duration::seconds(seconds);
            let standing = Standing::Waiting(priority, since);
            ledger.set(job(number), Some((wants(queue, 1), standing)));
        }
        for expected in [Some(3), Some(2), Some(1), None] {
            let number = next(&mut ledger);
            assert_eq!(number, expected);
            if let Some(number) = number {
                ledger.set(job(number), None);
            }
        }
    }

    #[test]
    fn what_is_taken_of_a_queue_is_taken_of_all_around_it() {
        let mut ledger = Ledger::default();
        let pool = ledger.add(room(4, false, None));
        let inner = ledger.add(room(100, false, Some(pool)));
        ledger.set(job(1), Some((wants(inner, 3), Standing::Held)));
        assert_eq!(ledger.taken(pool).milli_cpus, 3000);
        assert_eq!(ledger.left(inner).milli_cpus, Some(1000));
        assert_eq!(ledger.lacks(&wants(inner, 2)).as_deref(), Some("cpu"));
        let counts = ledger.jobs(inner);
        assert_eq!((counts.running, counts.waiting), (1, 0));
        ledger.set(job(1), Some((wants(inner, 1), Standing::Held)));
        assert_eq!(ledger.lacks(&wants(inner, 2)), None);
    }

    #[test]
    fn a_closed_queue_lets_nobody_in() {
        let mut ledger = Ledger::default();
        let queue = ledger.add(Room {
            opened: false,
            ..room(4, false, None)
        });
        assert!(ledger.lacks(&wants(queue, 0)).is_some());
    }
}
