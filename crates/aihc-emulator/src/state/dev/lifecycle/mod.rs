//! The states of a dev instance and the transitions between them, without a clock.
//!
//! The current time is a parameter of the methods that need it. [`Lifecycle::step`] carries out the
//! transitions that happen without a request, as of the time at which each was due.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::delays::Pace;
use crate::error::ApiError;
use crate::state::dev::status::InstanceStatus;

/// A timer that stops a dev instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TimedStop {
    /// The number of emulated seconds from `armed_at` to the stop.
    pub(crate) delay_seconds: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) armed_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    due: OffsetDateTime,
}

/// A transition from one state to another, and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) from: InstanceStatus,
    pub(crate) to: InstanceStatus,
    pub(crate) at: OffsetDateTime,
    /// The reason for a transition that was not requested and needs an explanation; otherwise
    /// `None`.
    pub(crate) reason: Option<&'static str>,
}

/// The position of a dev instance in its life cycle.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Lifecycle {
    status: InstanceStatus,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    next: Option<Next>,
    timed_stop: Option<TimedStop>,
    /// Whether the instance is queued until it can be deployed.
    waiting: bool,
}

/// A transition that happens without a request.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Next {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    to: InstanceStatus,
}

impl Lifecycle {
    /// Returns the life cycle of a new instance.
    pub(crate) fn create(now: OffsetDateTime, pace: &Pace) -> Self {
        let mut new = Self {
            status: InstanceStatus::CREATING,
            since: now,
            next: None,
            timed_stop: None,
            waiting: false,
        };
        new.enter(InstanceStatus::CREATING, now, pace);
        new
    }

    pub(crate) fn status(&self) -> InstanceStatus {
        self.status
    }

    pub(crate) fn timed_stop(&self) -> Option<&TimedStop> {
        self.timed_stop.as_ref()
    }

    /// Starts the instance, which must be stopped or failed.
    pub(crate) fn start(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<Move, ApiError> {
        match self.status {
            InstanceStatus::STOPPED | InstanceStatus::FAILED => {
                Ok(self.enter(InstanceStatus::STARTING, now, pace))
            }
            _ => Err(self.refuse("started")),
        }
    }

    /// Stops the instance; returns `None` if it is already being stopped.
    pub(crate) fn stop(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<Option<Move>, ApiError> {
        match self.status {
            InstanceStatus::STOPPED
            | InstanceStatus::DELETING
            | InstanceStatus::FAILED
            | InstanceStatus::ABNORMAL
            | InstanceStatus::DELETED => Err(self.refuse("stopped")),
            InstanceStatus::STOPPING => Ok(None),
            _ => Ok(Some(self.enter(InstanceStatus::STOPPING, now, pace))),
        }
    }

    /// Does the same as [`stop`](Self::stop), but also accepts two states that only an older copy
    /// of the documentation allows: `DELETING`, in which it has no effect, and `ABNORMAL`.
    pub(crate) fn stop_lenient(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<Option<Move>, ApiError> {
        match self.status {
            InstanceStatus::DELETING => Ok(None),
            InstanceStatus::ABNORMAL => Ok(Some(self.enter(InstanceStatus::STOPPING, now, pace))),
            _ => self.stop(now, pace),
        }
    }

    /// Deletes the instance; returns `None` if it is already being deleted.
    pub(crate) fn delete(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<Option<Move>, ApiError> {
        match self.status {
            InstanceStatus::DELETED => Err(self.refuse("deleted")),
            InstanceStatus::DELETING => Ok(None),
            _ => Ok(Some(self.enter(InstanceStatus::DELETING, now, pace))),
        }
    }

    /// Starts packing the environment of the instance, which must be running, into an image.
    pub(crate) fn pack(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<Move, ApiError> {
        match self.status {
            InstanceStatus::RUNNING => Ok(self.enter(InstanceStatus::IMAGE_PACKING, now, pace)),
            _ => Err(self.refuse("packed into an image")),
        }
    }

    /// Ends the packing of an image early. Returns `None` if the instance is not being packed.
    pub(crate) fn unpack(&mut self, now: OffsetDateTime, pace: &Pace) -> Option<Move> {
        (self.status == InstanceStatus::IMAGE_PACKING)
            .then(|| self.enter(InstanceStatus::RUNNING, now, pace))
    }

    /// Begins to rebuild a running instance whose configuration changes. Fails if the instance is
    /// being stopped, packed or deleted, or has been deleted. Otherwise, returns `None` if the
    /// instance is not running, since only a running instance is rebuilt.
    pub(crate) fn modify(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<Option<Move>, ApiError> {
        match self.status {
            InstanceStatus::STOPPING
            | InstanceStatus::IMAGE_PACKING
            | InstanceStatus::DELETING
            | InstanceStatus::DELETED => Err(self.refuse("modified")),
            InstanceStatus::RUNNING => Ok(Some(self.enter(InstanceStatus::DEPLOYING, now, pace))),
            _ => Ok(None),
        }
    }

    /// Schedules a stop of the instance, which must be running. This replaces an existing timer.
    pub(crate) fn arm(
        &mut self,
        delay_seconds: u32,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.allow_timed_stop()?;
        let due = pace.after(now, Duration::from_secs(delay_seconds.into()));
        self.timed_stop = Some(TimedStop {
            delay_seconds,
            armed_at: now,
            due,
        });
        Ok(())
    }

    /// Removes the timer that stops the instance. The instance must be running.
    pub(crate) fn disarm(&mut self) -> Result<(), ApiError> {
        self.allow_timed_stop()?;
        self.timed_stop = None;
        Ok(())
    }

    /// Makes the instance fail; `to` is `FAILED` or `ABNORMAL`. Returns `None` if the instance has
    /// been deleted or is being deleted.
    pub(crate) fn fail(
        &mut self,
        to: InstanceStatus,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Option<Move> {
        let alive = !matches!(
            self.status,
            InstanceStatus::DELETING | InstanceStatus::DELETED
        );
        alive.then(|| self.enter(to, now, pace))
    }

    /// Returns the time of the next transition or, for a deleted instance, the time of its removal;
    /// `None` if nothing happens without a request.
    pub(crate) fn due(&self, pace: &Pace) -> Option<OffsetDateTime> {
        match self.status {
            InstanceStatus::DELETED => Some(pace.after(self.since, pace.delays.deleted_visible)),
            _ => self.next_move(pace).map(|next| next.at),
        }
    }

    /// Returns whether the instance is due to be deployed at `now`. The caller then has to call
    /// [`admit`](Self::admit) or [`wait`](Self::wait).
    pub(crate) fn wants_place(&self, now: OffsetDateTime, pace: &Pace) -> bool {
        matches!(
            self.status,
            InstanceStatus::QUEUED | InstanceStatus::STARTING
        ) && self
            .next_move(pace)
            .is_some_and(|next| next.at <= now && next.to == InstanceStatus::DEPLOYING)
    }

    /// Returns whether the instance is queued until it can be deployed.
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// Queues the instance until [`admit`](Self::admit) is called, because it cannot be deployed
    /// yet. Returns `None` if its state is already `QUEUED`.
    pub(crate) fn wait(&mut self, now: OffsetDateTime, pace: &Pace) -> Option<Move> {
        let step = (self.status != InstanceStatus::QUEUED)
            .then(|| self.enter(InstanceStatus::QUEUED, now, pace));
        self.next = None;
        self.waiting = true;
        step
    }

    /// Begins the deployment of the instance. If `fails` is set, the deployment will fail at its
    /// end.
    pub(crate) fn admit(&mut self, now: OffsetDateTime, fails: bool, pace: &Pace) -> Move {
        let step = self.enter(InstanceStatus::DEPLOYING, now, pace);
        if fails && let Some(next) = &mut self.next {
            next.to = InstanceStatus::FAILED;
        }
        step
    }

    /// Queues the instance again, so that another one can be deployed in its place. Returns `None`
    /// if the instance has no container.
    pub(crate) fn preempt(&mut self, now: OffsetDateTime, pace: &Pace) -> Option<Move> {
        self.status.has_container().then(|| Move {
            reason: Some("preempted by an instance with a higher priority"),
            ..self.enter(InstanceStatus::QUEUED, now, pace)
        })
    }

    /// Puts the instance into a state, regardless of its current one.
    pub(crate) fn force(&mut self, to: InstanceStatus, now: OffsetDateTime, pace: &Pace) -> Move {
        self.enter(to, now, pace)
    }

    /// Postpones all pending transitions, and the timer that stops the instance, by `pause`.
    pub(crate) fn postpone(&mut self, pause: time::Duration) {
        let later = |at: OffsetDateTime| at.checked_add(pause).unwrap_or(at);
        self.since = later(self.since);
        if let Some(next) = &mut self.next {
            next.at = later(next.at);
        }
        if let Some(timer) = &mut self.timed_stop {
            timer.due = later(timer.due);
        }
    }

    /// Carries out the next transition; returns `None` if none is due at `now`.
    pub(crate) fn step(&mut self, now: OffsetDateTime, pace: &Pace) -> Option<Move> {
        let next = self.next_move(pace).filter(|next| next.at <= now)?;
        let reason = match (self.status, next.to) {
            (InstanceStatus::DEPLOYING, InstanceStatus::FAILED) => Some("the deployment failed"),
            (InstanceStatus::RUNNING, _)
                if self.timed_stop.as_ref().is_none_or(|timer| timer.due > now) =>
            {
                Some("stopped because it was idle")
            }
            _ => None,
        };
        Some(Move {
            reason,
            ..self.enter(next.to, next.at, pace)
        })
    }

    fn next_move(&self, pace: &Pace) -> Option<Next> {
        if self.status != InstanceStatus::RUNNING {
            return self.next;
        }
        let timer = self.timed_stop.as_ref().map(|timer| timer.due);
        let idle = pace.scenario.idle_stop;
        let idle = idle.map(|limit| pace.after(self.since, limit));
        // If a timer elapses while the instance is being packed or rebuilt, it takes effect
        // afterwards.
        let stop = |at: OffsetDateTime| Next {
            at: at.max(self.since),
            to: InstanceStatus::STOPPING,
        };
        timer.into_iter().chain(idle).min().map(stop)
    }

    fn enter(&mut self, to: InstanceStatus, at: OffsetDateTime, pace: &Pace) -> Move {
        let delays = &pace.delays;
        let next = match to {
            InstanceStatus::CREATING => Some((delays.creating, InstanceStatus::QUEUED)),
            InstanceStatus::QUEUED => Some((delays.queued, InstanceStatus::DEPLOYING)),
            InstanceStatus::STARTING => Some((delays.starting, InstanceStatus::DEPLOYING)),
            InstanceStatus::DEPLOYING => Some((delays.deploying, InstanceStatus::RUNNING)),
            InstanceStatus::IMAGE_PACKING => Some((delays.image_packing, InstanceStatus::RUNNING)),
            InstanceStatus::STOPPING => Some((delays.stopping, InstanceStatus::STOPPED)),
            InstanceStatus::DELETING => Some((delays.deleting, InstanceStatus::DELETED)),
            _ => None,
        };
        let goes_on = matches!(
            to,
            InstanceStatus::RUNNING | InstanceStatus::IMAGE_PACKING | InstanceStatus::DEPLOYING
        );
        if !goes_on {
            self.timed_stop = None;
        }
        let from = std::mem::replace(&mut self.status, to);
        self.since = at;
        self.waiting = false;
        self.next = next.map(|(delay, to)| Next {
            at: pace.after(at, delay),
            to,
        });
        Move {
            from,
            to,
            at,
            reason: None,
        }
    }

    fn allow_timed_stop(&self) -> Result<(), ApiError> {
        match self.status {
            InstanceStatus::RUNNING => Ok(()),
            _ => Err(self.refuse("given a timed stop")),
        }
    }

    fn refuse(&self, done: &str) -> ApiError {
        let (code, status) = (self.status.code(), self.status);
        ApiError::forbidden(format!(
            "an instance in state {code} ({status}) cannot be {done}"
        ))
    }
}

#[cfg(test)]
mod tests;
