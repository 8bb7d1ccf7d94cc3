//! What has been taken from each queue, and who waits.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use time::OffsetDateTime;

use super::amount::{Amount, Limit};
use crate::state::capacity::Priority;

/// How many of those who wait in a queue are looked at, beside the first: the rest has to wait for them.
const LOOKED_AT: usize = 64;

/// A queue, or the pool around queues.
pub(crate) type QueueNumber = usize;

/// Who takes resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Instance,
    Job,
    Pod,
}

/// One who takes resources, by the number that its kind has given it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Holder {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
}

/// What somebody wants of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) queue: QueueNumber,
    pub(crate) demand: Amount,
}

/// How a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Held,
    Waiting(Priority, OffsetDateTime),
}

/// How many of each kind hold something of a queue, and how many wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) running: i64,
    pub(crate) waiting: i64,
}

/// A queue, or the pool around queues: what there is, and what of it is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    pub(crate) limit: Limit,
    /// Where what is taken here is taken, too.
    pub(crate) parent: Option<QueueNumber>,
    /// A closed queue lets nobody in.
    pub(crate) opened: bool,
    /// Nobody passes the first of those who wait.
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
    /// Changes whenever somebody who waits may fit.
    revision: u64,
    /// For each kind the revision at which none of those who wait did fit.
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

    /// What a demand would lack in a queue; `None` if it fits.
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

    /// Lets a holder stand in another way; `None` if it takes nothing and waits for nothing.
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

    /// Whose turn it is among those of a kind that wait and would fit: the highest priority, and then
    /// the longest waiting.
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

    /// What is taken of a queue.
    pub(super) fn taken(&self, queue: QueueNumber) -> Amount {
        self.slots
            .get(queue)
            .map(|slot| slot.taken.clone())
            .unwrap_or_default()
    }

    /// What a queue and all around it leave.
    pub(super) fn left(&self, queue: QueueNumber) -> Limit {
        let mut left = Limit::default();
        let mut next = Some(queue);
        while let Some(slot) = next.and_then(|number| self.slots.get(number)) {
            left = left.and(&slot.room.limit.left(&slot.taken));
            next = slot.room.parent;
        }
        left
    }

    /// How many jobs run in a queue, and how many wait.
    pub(super) fn jobs(&self, queue: QueueNumber) -> Counts {
        self.slots
            .get(queue)
            .map(|slot| slot.jobs)
            .unwrap_or_default()
    }
}
