//! A training job and its life cycle.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::settings::JobSettings;
use super::status::JobStatus;
use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::state::history::History;

/// A training job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) settings: JobSettings,
    pub(crate) owner: Principal,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) finished_at: Option<OffsetDateTime>,
    /// The reason why the job waits or failed, or the reason given when its state was set through a
    /// handle.
    pub(crate) reason: String,
    pub(crate) restarts: u32,
    status: JobStatus,
    next: Option<Next>,
    /// Whether the job is queued until there are resources.
    waiting: bool,
    conditions: History<Condition>,
}

/// The transition that a job makes at the time `at`, unless something else changes the job earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Next {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    to: JobStatus,
}

/// An entry of the timeline of a job: the state that the job entered, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) to: JobStatus,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
    pub(crate) reason: String,
}

impl Job {
    pub(super) fn create(
        id: String,
        settings: JobSettings,
        owner: Principal,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Self {
        let mut new = Self {
            id,
            settings,
            owner,
            created_at: now,
            finished_at: None,
            reason: String::new(),
            restarts: 0,
            status: JobStatus::Created,
            next: None,
            waiting: false,
            conditions: History::new(),
        };
        new.enter(JobStatus::Created, now, pace);
        new
    }

    pub(crate) fn status(&self) -> JobStatus {
        self.status
    }

    /// Returns the timeline of the job, oldest entry first.
    pub(crate) fn conditions(&self) -> impl DoubleEndedIterator<Item = &Condition> {
        self.conditions.iter()
    }

    /// Returns the time at which the job last entered a state; `None` if it never did.
    pub(crate) fn last(&self, status: JobStatus) -> Option<OffsetDateTime> {
        let found = self.conditions.iter().rev().find(|it| it.to == status);
        found.map(|condition| condition.at)
    }

    /// Returns the time at which the pods were last started; `None` if they never were. If the job
    /// never was in the starting state, returns the time at which it first had pods.
    pub(crate) fn started_at(&self) -> Option<OffsetDateTime> {
        let starting = self.last(JobStatus::Starting);
        // A job whose state was set through a handle may have skipped the starting state.
        let mut all = self.conditions.iter();
        starting.or_else(|| all.find(|it| it.to.has_pods()).map(|it| it.at))
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// Returns the time of the next change that happens without a request; `None` if there is none.
    pub(super) fn due(&self, pace: &Pace) -> Option<OffsetDateTime> {
        let forgotten = self.finished_at.zip(self.settings.retention);
        let forgotten = forgotten.map(|(at, kept)| pace.after(at, kept));
        self.next.map(|next| next.at).or(forgotten)
    }

    /// Returns whether the job is to be started at `at`. The pods of the job then need resources.
    pub(super) fn wants_room(&self, at: OffsetDateTime) -> bool {
        let wanted = |next: Next| next.at <= at && next.to == JobStatus::Starting;
        self.status == JobStatus::Created && self.next.is_some_and(wanted)
    }

    /// Makes the job wait for resources. `lacking` is the name of a resource, or the text
    /// `an open queue` if the queue is closed.
    pub(super) fn wait(&mut self, lacking: &str) {
        self.next = None;
        self.waiting = true;
        self.reason = format!("the queue does not have enough {lacking}");
    }

    /// Gives the job its resources, and starts its pods.
    pub(super) fn admit(&mut self, at: OffsetDateTime, pace: &Pace) {
        self.reason.clear();
        self.enter(JobStatus::Starting, at, pace);
    }

    /// Carries out the transition that is due at `at`. If `fails` is set, a running job fails
    /// instead of succeeding. Returns `false` if the job is to be removed.
    pub(super) fn step(&mut self, at: OffsetDateTime, fails: bool, pace: &Pace) -> bool {
        let Some(next) = self.next.filter(|next| next.at <= at) else {
            return self.due(pace).is_none_or(|forget| at < forget);
        };
        if self.status == JobStatus::Running && fails {
            self.fail("a pod ended with exit code 1".into(), next.at, pace);
        } else {
            self.enter(next.to, next.at, pace);
        }
        true
    }

    /// Makes the job fail, or restart if it is fault-tolerant and has restarts left.
    pub(super) fn fail(&mut self, reason: String, at: OffsetDateTime, pace: &Pace) {
        self.reason = reason;
        let again = self.restarts < self.settings.retries;
        let to = if again {
            JobStatus::Abnormal
        } else {
            JobStatus::Failed
        };
        self.enter(to, at, pace);
    }

    /// Stops the job. Fails if the job has ended or is already being stopped.
    pub(super) fn stop(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        if self.status.is_final() || self.status == JobStatus::Stopping {
            let status = self.status;
            return Err(ApiError::forbidden(format!(
                "a job that is {status} cannot be stopped"
            )));
        }
        self.enter(JobStatus::Stopping, now, pace);
        Ok(())
    }

    /// Puts the job into a state, regardless of its current one.
    pub(super) fn force(&mut self, to: JobStatus, reason: String, at: OffsetDateTime, pace: &Pace) {
        self.reason = reason;
        self.enter(to, at, pace);
    }

    /// Changes the priority of the job. Fails if the job is not queued.
    pub(super) fn set_priority(&mut self, priority: &str) -> Result<(), ApiError> {
        if self.status != JobStatus::Created {
            let status = self.status;
            let message = format!("the priority of a job that is {status} cannot be changed");
            return Err(ApiError::forbidden(message));
        }
        self.settings.priority = priority.to_owned();
        Ok(())
    }

    /// Postpones the next transition by `pause`.
    pub(super) fn postpone(&mut self, pause: time::Duration) {
        if let Some(next) = &mut self.next {
            next.at = next.at.checked_add(pause).unwrap_or(next.at);
        }
    }

    /// Removes the oldest entries of the timeline beyond the maximum number. A snapshot file may
    /// contain more.
    pub(super) fn trim(&mut self) {
        self.conditions.trim();
    }

    fn enter(&mut self, to: JobStatus, at: OffsetDateTime, pace: &Pace) {
        let delays = &pace.delays;
        let next: Option<(Duration, JobStatus)> = match to {
            JobStatus::Created => Some((delays.queued, JobStatus::Starting)),
            JobStatus::Starting => Some((delays.deploying, JobStatus::Running)),
            JobStatus::Running => Some((delays.job_running, JobStatus::Succeeded)),
            JobStatus::Stopping => Some((delays.stopping, JobStatus::Stopped)),
            JobStatus::Abnormal => Some((delays.starting, JobStatus::Restarting)),
            JobStatus::Restarting => Some((delays.starting, JobStatus::Starting)),
            JobStatus::Stopped | JobStatus::Failed | JobStatus::Succeeded => None,
        };
        if to == JobStatus::Restarting {
            self.restarts = self.restarts.saturating_add(1);
        }
        self.status = to;
        self.waiting = false;
        self.next = next.map(|(delay, to)| Next {
            at: pace.after(at, delay),
            to,
        });
        self.finished_at = to.is_final().then_some(at);
        self.conditions.push(Condition {
            to,
            at,
            reason: self.reason.clone(),
        });
    }
}
