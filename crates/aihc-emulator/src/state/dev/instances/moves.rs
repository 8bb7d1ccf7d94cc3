//! The transitions of dev instances, and the decision which instances can be deployed.

use std::cmp::Reverse;

use time::OffsetDateTime;

use super::Instances;
use crate::state::CHUNK;
use crate::state::capacity::Priority;
use crate::state::capacity::{Board, Claim, Holder, Kind, QueueNumber};
use crate::state::dev::instance::Instance;
use crate::state::dev::placement::Standing;
use crate::state::resources::pool_of;

impl Instances {
    /// Returns the time at which an instance next has to be examined; `None` if none has to.
    pub(crate) fn next_due(&self) -> Option<OffsetDateTime> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Carries out what is due next, as of the time for which it is scheduled: a transition, a
    /// hidden write that becomes visible to read requests, or the removal of a deleted instance.
    /// Then deploys waiting instances if possible.
    pub(crate) fn step_due(&mut self) {
        let Some((at, number)) = self.due.pop_first() else {
            return;
        };
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.due = None;
        }
        self.step(number, at);
    }

    /// Carries out up to [`CHUNK`] due transitions, in chronological order. Returns `true` once
    /// none is due, or `false` if the limit was reached, in which case more may be due.
    #[cfg(test)]
    pub(crate) fn advance(&mut self, now: OffsetDateTime) -> bool {
        for _ in 0..CHUNK {
            if self.next_due().is_none_or(|at| at > now) {
                return true;
            }
            self.step_due();
        }
        false
    }

    fn step(&mut self, number: u64, at: OffsetDateTime) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        if slot.instance.wants_place(at, &self.pace) {
            self.place(number, at);
        } else if !slot.edit().step(at, &self.pace) {
            self.forget(number);
            return;
        }
        self.refresh(number, at);
        self.fill(at);
    }

    /// Deploys an instance if possible. If its queue lacks resources, the instance has to wait. It
    /// also has to wait if as many instances are deployed as the `capacity` of the scenario allows,
    /// with one exception: if the scenario allows preemption, an instance with a high priority
    /// takes the place of one with a lower priority.
    fn place(&mut self, number: u64, at: OffsetDateTime) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        let queue = slot.queue;
        let claim = queue.map(|queue| claim_of(&slot.instance, queue, &self.board));
        if let Some(lacking) = claim.and_then(|claim| self.board.lacks(&claim)) {
            let reason = format!("the queue does not have enough {lacking}");
            slot.edit().wait(at, Some(reason), &self.pace);
            return;
        }
        let scenario = &self.pace.scenario;
        if scenario.preemption
            && !self.places.has_room(scenario.capacity)
            && let Some(victim) = self.places.victim(priority(&slot.instance))
        {
            self.preempt_number(victim, at);
        }
        // A preemption does not make room if the capacity has been lowered below the number of
        // deployed instances.
        if self.places.has_room(self.pace.scenario.capacity) {
            self.admit(number, at);
        } else if let Some(slot) = self.slots.get_mut(&number) {
            slot.edit().wait(at, None, &self.pace);
        }
    }

    /// Returns the priority of the waiting instance that is to be deployed next, the time since
    /// which it has been waiting, and its number. Returns `None` if no waiting instance can be
    /// deployed.
    pub(crate) fn next_waiting(&self) -> Option<(Priority, OffsetDateTime, u64)> {
        if !self.places.has_room(self.pace.scenario.capacity) {
            return None;
        }
        let apart = self.places.first_waiting();
        let of_queue = self.board.next_of(Kind::Instance);
        let first = apart.into_iter().chain(of_queue);
        first.min_by_key(|(priority, since, number)| (Reverse(*priority), *since, *number))
    }

    /// Begins the deployment of a waiting instance.
    pub(crate) fn let_in(&mut self, number: u64, now: OffsetDateTime) {
        self.admit(number, now);
        self.refresh(number, now);
    }

    /// Begins the deployment of up to [`CHUNK`] waiting instances. Returns `true` once no other can
    /// be deployed, or `false` if the limit was reached.
    pub(super) fn fill(&mut self, now: OffsetDateTime) -> bool {
        for _ in 0..CHUNK {
            let Some((_, _, number)) = self.next_waiting() else {
                return true;
            };
            self.let_in(number, now);
        }
        false
    }

    fn admit(&mut self, number: u64, at: OffsetDateTime) {
        let fails = self.random.chance(self.pace.scenario.deployment_failure);
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.edit().admit(at, fails, &self.pace);
        }
    }

    fn preempt_number(&mut self, number: u64, at: OffsetDateTime) {
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.edit().preempt(at, &self.pace);
        }
        self.refresh(number, at);
    }

    /// Updates the fields `index`, `due`, `places` and `board` after an instance has changed.
    pub(super) fn refresh(&mut self, number: u64, now: OffsetDateTime) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        self.index.refresh(number, &slot.instance, &mut slot.entry);
        let due = slot.instance.due(&self.pace);
        if due != slot.due {
            if let Some(at) = slot.due {
                self.due.remove(&(at, number));
            }
            self.due.extend(due.map(|at| (at, number)));
            slot.due = due;
        }
        let priority = priority(&slot.instance);
        let standing = match slot.standing {
            Standing::Waiting(_, since) if slot.instance.is_waiting() => {
                Standing::Waiting(priority, since)
            }
            _ if slot.instance.is_waiting() => Standing::Waiting(priority, now),
            _ if slot.instance.status().has_container() => Standing::Placed(priority),
            _ => Standing::Apart,
        };
        let before = slot.placement();
        slot.standing = standing;
        let pool = pool_of(slot.instance.pool_type(), slot.instance.pool());
        slot.queue = self.board.find(pool, slot.instance.queue());
        self.places.shift(number, before, slot.placement());
        self.board.set(holder(number), slot.claim(&self.board));
    }
}

pub(super) fn holder(number: u64) -> Holder {
    Holder {
        kind: Kind::Instance,
        number,
    }
}

pub(super) fn claim_of(instance: &Instance, queue: QueueNumber, board: &Board) -> Claim {
    Claim {
        queue,
        demand: instance.settings().demand(board),
    }
}

fn priority(instance: &Instance) -> Priority {
    Priority::of(instance.settings().conf_text("/scheduleConf/priority"))
}
