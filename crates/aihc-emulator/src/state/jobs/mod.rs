//! The collection of all training jobs: their transitions, and the resources they take from queues.

mod job;
mod settings;
mod status;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::OffsetDateTime;

pub(crate) use self::job::{Condition, Job};
pub(crate) use self::settings::{JobSettings, Role};
pub use self::status::JobStatus;
use super::capacity::Priority;
use super::capacity::{Board, Claim, Holder, Kind, Standing};
use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random::Random;

/// The number of letters and digits of an id after its prefix.
const ID_LENGTH: usize = 12;

/// The jobs, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Jobs {
    board: Board,
    random: Random,
    slots: BTreeMap<u64, Slot>,
    numbers: HashMap<String, u64>,
    next_number: u64,
    /// The times at which jobs have to be examined again, each with the number of the job. There is
    /// at most one entry per job.
    due: BTreeSet<(OffsetDateTime, u64)>,
}

/// A job, the time of its entry in [`Jobs::due`], and the time since which it has been waiting for
/// resources.
#[derive(Debug)]
struct Slot {
    job: Job,
    due: Option<OffsetDateTime>,
    waiting_since: Option<OffsetDateTime>,
}

impl Jobs {
    pub(crate) fn new(board: Board, random: Random) -> Self {
        Self {
            board,
            random,
            slots: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
            due: BTreeSet::new(),
        }
    }

    /// Replaces all jobs with restored ones, whose transitions are postponed by `pause`. Records
    /// the resources of the jobs on `board`. The sequence of random numbers is not reset.
    pub(crate) fn restore(
        &mut self,
        board: Board,
        jobs: Vec<Job>,
        pause: time::Duration,
        now: OffsetDateTime,
        pace: &Pace,
    ) {
        self.board = board;
        self.slots.clear();
        self.numbers.clear();
        self.due.clear();
        for mut job in jobs {
            job.trim();
            job.postpone(pause);
            self.insert(job, now, pace);
        }
    }

    /// Creates a job and returns its id.
    pub(crate) fn create(
        &mut self,
        settings: JobSettings,
        owner: Principal,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> String {
        let id = loop {
            let id = format!("job-{}", self.random.letters(ID_LENGTH));
            if !self.numbers.contains_key(&id) {
                break id;
            }
        };
        self.insert(
            Job::create(id.clone(), settings, owner, now, pace),
            now,
            pace,
        );
        id
    }

    fn insert(&mut self, job: Job, now: OffsetDateTime, pace: &Pace) {
        if self.numbers.contains_key(&job.id) {
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.numbers.insert(job.id.clone(), number);
        let slot = Slot {
            job,
            due: None,
            waiting_since: None,
        };
        self.slots.insert(number, slot);
        self.refresh(number, now, pace);
    }

    /// Returns the jobs, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.slots.values().map(|slot| &slot.job)
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Job, ApiError> {
        let number = self.numbers.get(id);
        let slot = number.and_then(|number| self.slots.get(number));
        slot.map(|slot| &slot.job).ok_or_else(|| unknown(id))
    }

    /// Returns the number of a job; 0 if there is no such job. Jobs are numbered in the order of
    /// their creation.
    pub(crate) fn number(&self, id: &str) -> u64 {
        self.numbers.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn stop(
        &mut self,
        id: &str,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.change(id, now, pace, |job| job.stop(now, pace))
    }

    pub(crate) fn set_priority(
        &mut self,
        id: &str,
        priority: &str,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.change(id, now, pace, |job| job.set_priority(priority))
    }

    /// Puts a job into a state, regardless of its current one. If `to` is `Failed`, a
    /// fault-tolerant job restarts, unless it has already ended or has used up its restarts.
    pub(crate) fn force(
        &mut self,
        id: &str,
        to: JobStatus,
        reason: String,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.change(id, now, pace, |job| {
            match to {
                JobStatus::Failed if !job.status().is_final() => job.fail(reason, now, pace),
                to => job.force(to, reason, now, pace),
            }
            Ok(())
        })
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<Job, ApiError> {
        let number = *self.numbers.get(id).ok_or_else(|| unknown(id))?;
        self.forget(number).ok_or_else(|| unknown(id))
    }

    fn change(
        &mut self,
        id: &str,
        now: OffsetDateTime,
        pace: &Pace,
        change: impl FnOnce(&mut Job) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let number = *self.numbers.get(id).ok_or_else(|| unknown(id))?;
        let slot = self.slots.get_mut(&number).ok_or_else(|| unknown(id))?;
        change(&mut slot.job)?;
        self.refresh(number, now, pace);
        Ok(())
    }

    /// Returns the time at which a job next has to be examined; `None` if none has to.
    pub(crate) fn next_due(&self) -> Option<OffsetDateTime> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Carries out the earliest pending transition, as of the time for which it is scheduled, or
    /// removes a job whose retention period is over. A job that is to be started has to wait if its
    /// queue lacks resources.
    pub(crate) fn step_due(&mut self, pace: &Pace) {
        let Some((at, number)) = self.due.pop_first() else {
            return;
        };
        let fails = self.random.chance(pace.scenario.job_failure);
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        slot.due = None;
        if slot.job.wants_room(at) {
            match claim(&slot.job, &self.board).and_then(|claim| self.board.lacks(&claim)) {
                Some(lacking) => slot.job.wait(&lacking),
                None => slot.job.admit(at, pace),
            }
        } else if !slot.job.step(at, fails, pace) {
            self.forget(number);
            return;
        }
        self.refresh(number, at, pace);
    }

    /// Gives a waiting job its resources, and starts its pods.
    pub(crate) fn admit(&mut self, number: u64, now: OffsetDateTime, pace: &Pace) {
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.job.admit(now, pace);
        }
        self.refresh(number, now, pace);
    }

    fn forget(&mut self, number: u64) -> Option<Job> {
        let slot = self.slots.remove(&number)?;
        if let Some(at) = slot.due {
            self.due.remove(&(at, number));
        }
        self.numbers.remove(&slot.job.id);
        self.board.set(holder(number), None);
        Some(slot.job)
    }

    /// Updates the fields `due` and `board` after a job has changed.
    fn refresh(&mut self, number: u64, now: OffsetDateTime, pace: &Pace) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        let due = slot.job.due(pace);
        if due != slot.due {
            if let Some(at) = slot.due {
                self.due.remove(&(at, number));
            }
            self.due.extend(due.map(|at| (at, number)));
            slot.due = due;
        }
        slot.waiting_since = match slot.job.is_waiting() {
            true => slot.waiting_since.or(Some(now)),
            false => None,
        };
        let priority = Priority::of(&slot.job.settings.priority);
        let standing = match slot.waiting_since {
            Some(since) => Some(Standing::Waiting(priority, since)),
            None => slot.job.status().has_pods().then_some(Standing::Held),
        };
        let claim = standing.and_then(|standing| Some((claim(&slot.job, &self.board)?, standing)));
        self.board.set(holder(number), claim);
    }
}

fn holder(number: u64) -> Holder {
    Holder {
        kind: Kind::Job,
        number,
    }
}

/// Returns the resources that a job takes; `None` if its queue does not exist.
fn claim(job: &Job, board: &Board) -> Option<Claim> {
    let queue = board.find(&job.settings.pool, &job.settings.queue)?;
    Some(Claim {
        queue,
        demand: job.settings.demand(board),
    })
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("job {id} does not exist"))
}

#[cfg(test)]
mod tests;
