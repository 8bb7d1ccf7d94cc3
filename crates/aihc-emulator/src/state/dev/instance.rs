//! A dev instance: its configuration, its life cycle, its events and its image pack jobs.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::event::{Event, Subject, events_of};
use super::image_pack::{ImagePackJob, ImageTarget};
use super::lifecycle::{Lifecycle, Move};
use super::read_lag::{Before, ReadLag, Shown};
use super::settings::InstanceSettings;
use super::status::InstanceStatus;
use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::state::history::History;

/// The address that responses show for the node of a dev instance or of a service's pod. It is also
/// shown as the node of a job's pod if the pool of the job is unknown or has no nodes.
pub(crate) const NODE_IP: &str = "192.168.0.4";

/// The identity of a new dev instance: its ids, its name and its owner.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: Principal,
    pub(crate) service_id: String,
}

/// A dev instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: Principal,
    /// The name of the underlying service instance; the name of its pod has `-0` appended.
    pub(crate) service_id: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    pub(super) settings: InstanceSettings,
    pub(super) status_reason: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) updated_at: OffsetDateTime,
    pub(super) life: Lifecycle,
    lag: ReadLag,
    events: History<Event>,
    jobs: History<ImagePackJob>,
}

impl Instance {
    pub(crate) fn create(
        identity: Identity,
        settings: InstanceSettings,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Self {
        let mut new = Self {
            id: identity.id,
            name: identity.name,
            owner: identity.owner,
            service_id: identity.service_id,
            created_at: now,
            settings,
            status_reason: String::new(),
            updated_at: now,
            life: Lifecycle::create(now, pace),
            lag: ReadLag::default(),
            events: History::new(),
            jobs: History::new(),
        };
        new.lag.hide(None, now, pace);
        let status = new.status();
        new.moved(Move {
            from: status,
            to: status,
            at: now,
            reason: None,
        });
        new
    }

    /// Returns the actual state, which read requests may not see yet.
    pub(crate) fn status(&self) -> InstanceStatus {
        self.life.status()
    }

    /// Returns the actual settings, which read requests may not see yet.
    pub(crate) fn settings(&self) -> &InstanceSettings {
        &self.settings
    }

    /// Returns the data that read requests see; `None` as long as they do not find the instance.
    pub(crate) fn shown(&self) -> Option<Shown<'_>> {
        self.lag.shown(self.truth())
    }

    fn truth(&self) -> Shown<'_> {
        Shown {
            settings: &self.settings,
            status: self.status(),
            status_reason: &self.status_reason,
            updated_at: self.updated_at,
            timed_stop: self.life.timed_stop(),
            events: self.events.count(),
            jobs: self.jobs.count(),
            hidden_since: None,
        }
    }

    /// Returns the events that read requests see, oldest first.
    pub(crate) fn shown_events(&self, shown: Shown<'_>) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.first(shown.events)
    }

    /// Returns the image pack job with this id, the code of its state, and the time since which it
    /// has been in that state; `None` if read requests do not see such a job.
    pub(crate) fn shown_job(
        &self,
        id: &str,
        shown: Shown<'_>,
        now: OffsetDateTime,
    ) -> Option<(&ImagePackJob, i64, OffsetDateTime)> {
        let job = self.jobs.first(shown.jobs).find(|job| job.id == id)?;
        let (status, since) = match shown.hidden_since {
            Some(at) => job.status_before(at),
            None => job.status_at(now),
        };
        Some((job, status.code(), since))
    }

    /// Returns the actual events, oldest first.
    #[cfg(test)]
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }

    /// Returns the actual image pack jobs, oldest first.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &ImagePackJob> {
        self.jobs.iter()
    }

    /// Returns the actual settings, and all older ones that read requests may still see.
    pub(crate) fn all_settings(&self) -> impl Iterator<Item = &InstanceSettings> {
        std::iter::once(&self.settings).chain(self.lag.settings())
    }

    /// Removes the oldest events and image pack jobs beyond the maximum number. A snapshot file may
    /// contain more.
    pub(crate) fn trim(&mut self) {
        self.events.trim();
        self.jobs.trim();
    }

    /// Returns whether some changes are still hidden from read requests.
    pub(crate) fn lags(&self) -> bool {
        !self.lag.is_empty()
    }

    /// Makes read requests see the actual data from now on.
    pub(crate) fn catch_up(&mut self) {
        self.lag.clear();
    }

    pub(crate) fn pod_name(&self) -> String {
        format!("{}-0", self.service_id)
    }

    pub(crate) fn pool(&self) -> &str {
        self.settings.conf_text("/resourcePool/resourcePoolId")
    }

    pub(crate) fn pool_type(&self) -> &str {
        self.settings.conf_text("/resourcePool/resourcePoolType")
    }

    pub(crate) fn queue(&self) -> &str {
        self.settings.conf_text("/resourcePool/queueName")
    }

    /// Returns the time of the next change that happens without a request; `None` if there is none.
    pub(crate) fn due(&self, pace: &Pace) -> Option<OffsetDateTime> {
        self.lag.due().into_iter().chain(self.life.due(pace)).min()
    }

    /// Returns whether the instance is due to be deployed at `now`. The caller then has to call
    /// [`admit`](Self::admit) or [`wait`](Self::wait).
    pub(crate) fn wants_place(&self, now: OffsetDateTime, pace: &Pace) -> bool {
        self.life.wants_place(now, pace)
    }

    /// Returns whether the instance is queued until it can be deployed.
    pub(crate) fn is_waiting(&self) -> bool {
        self.life.is_waiting()
    }

    /// Carries out what is due at `now`: makes hidden writes visible to read requests, and makes at
    /// most one transition to another state. Returns `false` if the instance is to be removed.
    pub(crate) fn step(&mut self, now: OffsetDateTime, pace: &Pace) -> bool {
        self.lag.show(now);
        if let Some(step) = self.life.step(now, pace) {
            self.moved(step);
        }
        self.status() != InstanceStatus::DELETED || self.due(pace).is_none_or(|forget| now < forget)
    }

    /// Queues the instance, because it cannot be deployed yet. `reason` states what the queue
    /// lacks, such as a resource; it is `None` if as many instances are deployed as the `capacity`
    /// of the scenario allows.
    pub(crate) fn wait(&mut self, now: OffsetDateTime, reason: Option<String>, pace: &Pace) {
        if let Some(reason) = reason {
            self.status_reason = reason;
        }
        if let Some(step) = self.life.wait(now, pace) {
            self.moved(step);
        }
    }

    /// Begins the deployment of the instance. If `fails` is set, the deployment will fail at its
    /// end.
    pub(crate) fn admit(&mut self, now: OffsetDateTime, fails: bool, pace: &Pace) {
        let step = self.life.admit(now, fails, pace);
        self.moved(step);
    }

    /// Queues the instance again, so that another one can be deployed in its place. Returns
    /// `false`, and changes nothing, if the instance has no container.
    pub(crate) fn preempt(&mut self, now: OffsetDateTime, pace: &Pace) -> bool {
        let step = self.life.preempt(now, pace);
        self.interrupted(step, now);
        step.is_some()
    }

    /// Puts the instance into a state, regardless of its current one.
    pub(crate) fn force(
        &mut self,
        to: InstanceStatus,
        reason: String,
        now: OffsetDateTime,
        pace: &Pace,
    ) {
        self.lag.clear();
        self.status_reason = reason;
        let step = self.life.force(to, now, pace);
        self.interrupted(Some(step), now);
    }

    /// Postpones everything that is pending at `now` by `pause`.
    pub(crate) fn postpone(&mut self, now: OffsetDateTime, pause: time::Duration) {
        self.life.postpone(pause);
        self.lag.postpone(pause);
        let jobs = self.jobs.iter_mut();
        jobs.for_each(|job| job.postpone(now, pause));
    }

    pub(crate) fn start(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.start(now, pace)?;
            instance.status_reason.clear();
            instance.moved(step);
            Ok(true)
        })
    }

    pub(crate) fn stop(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.stop(now, pace)?;
            let changed = step.is_some();
            instance.interrupted(step, now);
            Ok(changed)
        })
    }

    pub(crate) fn stop_lenient(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.stop_lenient(now, pace)?;
            let changed = step.is_some();
            instance.interrupted(step, now);
            Ok(changed)
        })
    }

    pub(crate) fn delete(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.delete(now, pace)?;
            let changed = step.is_some();
            instance.interrupted(step, now);
            Ok(changed)
        })
    }

    /// Changes the settings. An instance that is running is rebuilt.
    pub(crate) fn modify(
        &mut self,
        settings: InstanceSettings,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.modify(now, pace)?;
            instance.settings = settings;
            instance.updated_at = now;
            if let Some(step) = step {
                instance.moved(step);
            }
            Ok(true)
        })
    }

    /// Schedules a stop of the instance after `delay_seconds` emulated seconds.
    pub(crate) fn arm_timed_stop(
        &mut self,
        delay_seconds: u32,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            instance.life.arm(delay_seconds, now, pace)?;
            instance.updated_at = now;
            Ok(true)
        })
    }

    /// Removes the timer that stops the instance.
    pub(crate) fn disarm_timed_stop(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            instance.life.disarm()?;
            instance.updated_at = now;
            Ok(true)
        })
    }

    /// Starts an image pack job with this id.
    pub(crate) fn pack(
        &mut self,
        id: String,
        target: ImageTarget,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.write(now, pace, |instance| {
            let step = instance.life.pack(now, pace)?;
            let job = ImagePackJob::new(id, target, now, pace);
            instance.jobs.push(job);
            instance.moved(step);
            Ok(true)
        })
    }

    /// Makes the instance fail. Returns `false` if it has been deleted or is being deleted.
    pub(crate) fn fail(
        &mut self,
        to: InstanceStatus,
        reason: String,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> bool {
        let step = self.life.fail(to, now, pace);
        if step.is_some() {
            self.status_reason = reason;
        }
        self.interrupted(step, now);
        step.is_some()
    }

    /// Makes an image pack job fail. Returns `false` if there is no unfinished job with this id.
    pub(crate) fn fail_job(&mut self, id: &str, now: OffsetDateTime, pace: &Pace) -> bool {
        let failed = self
            .jobs
            .iter_mut()
            .find(|job| job.id == id)
            .is_some_and(|job| job.fail(now));
        if failed && let Some(step) = self.life.unpack(now, pace) {
            self.moved(step);
        }
        failed
    }

    /// Carries out a change that a caller requested. `act` makes the change, and returns whether it
    /// changed anything. Read requests see the change after the time `read_after_write` of the
    /// scenario, which may be zero.
    fn write(
        &mut self,
        now: OffsetDateTime,
        pace: &Pace,
        act: impl FnOnce(&mut Self) -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let before = ReadLag::is_wanted(pace).then(|| Before::of(self.truth(), now));
        if act(self)? {
            self.lag.hide(before, now, pace);
        }
        Ok(())
    }

    /// Records a transition, and makes the latest image pack job fail unless it is finished. Does
    /// nothing if `step` is `None`.
    fn interrupted(&mut self, step: Option<Move>, now: OffsetDateTime) {
        let Some(step) = step else { return };
        if let Some(job) = self.jobs.last_mut() {
            job.fail(now);
        }
        self.moved(step);
    }

    fn moved(&mut self, step: Move) {
        self.updated_at = step.at;
        match step.reason {
            Some(reason) => self.status_reason = reason.to_owned(),
            None if step.to == InstanceStatus::RUNNING => self.status_reason.clear(),
            None => {}
        }
        let subject = Subject {
            pod: &self.pod_name(),
            node: NODE_IP,
            image: self.settings.conf_text("/image/imageUrl"),
            status_reason: &self.status_reason,
            last_job: self.jobs.last(),
        };
        for event in events_of(step, &subject) {
            self.events.push(event);
        }
    }
}
