//! One dev machine: its configuration, its life, its events and its image pack jobs.

use serde_json::Value;
use time::OffsetDateTime;

use super::event::{Event, Subject, events_of};
use super::image_pack::{ImagePackJob, ImageTarget};
use super::lifecycle::{Lifecycle, Move, Status, TimedStop};
use super::session::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random;

/// Address of the one node that the emulated pool has.
pub(crate) const NODE_IP: &str = "192.168.0.4";

/// What a caller decides about a dev machine. The configuration is in its documented shape and
/// holds no password.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) conf: Value,
    pub(crate) visible_scope: Value,
    pub(crate) notify: Value,
    pub(crate) is_public_mgmt: bool,
    pub(crate) creator: String,
    pub(crate) creator_id: String,
}

impl Settings {
    /// A text member of the configuration, by JSON pointer; empty when it is not there.
    pub(crate) fn conf_text(&self, pointer: &str) -> &str {
        self.conf
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Capacity of the cloud disk in GB; 0 without one.
    pub(crate) fn disk_capacity(&self) -> i64 {
        let volumes = self.conf.get("volumnConfs").and_then(Value::as_array);
        volumes
            .into_iter()
            .flatten()
            .filter_map(|volume| volume.pointer("/cds/capacity").and_then(Value::as_i64))
            .max()
            .unwrap_or_default()
    }
}

/// One dev machine.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: Principal,
    pub(crate) settings: Settings,
    pub(crate) status_reason: String,
    /// Name of the service instance behind it; its pod has `-0` added.
    pub(crate) service_id: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
    life: Lifecycle,
    events: Vec<Event>,
    jobs: Vec<ImagePackJob>,
}

impl Instance {
    pub(crate) fn create(
        id: String,
        name: String,
        owner: Principal,
        settings: Settings,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Self {
        let mut new = Self {
            id,
            name,
            owner,
            settings,
            status_reason: String::new(),
            service_id: format!("aibox-{}", random::hex8()),
            created_at: now,
            updated_at: now,
            life: Lifecycle::create(now, pace),
            events: Vec::new(),
            jobs: Vec::new(),
        };
        let status = new.status();
        new.moved(Move {
            from: status,
            to: status,
            at: now,
        });
        new
    }

    pub(crate) fn status(&self) -> Status {
        self.life.status()
    }

    pub(crate) fn timed_stop(&self) -> Option<&TimedStop> {
        self.life.timed_stop()
    }

    /// Events, oldest first.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Image pack jobs, oldest first.
    pub(crate) fn jobs(&self) -> &[ImagePackJob] {
        &self.jobs
    }

    pub(crate) fn pod_name(&self) -> String {
        format!("{}-0", self.service_id)
    }

    /// When something happens next without anybody asking.
    pub(crate) fn due(&self, pace: &Pace) -> Option<OffsetDateTime> {
        self.life.due(pace)
    }

    /// Takes every move that is due; tells whether the instance is still to be kept.
    pub(crate) fn advance(&mut self, now: OffsetDateTime, pace: &Pace) -> bool {
        while let Some(step) = self.life.step(now, pace) {
            self.moved(step);
        }
        self.status() != Status::Deleted || self.due(pace).is_none_or(|forget| now < forget)
    }

    pub(crate) fn start(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        let step = self.life.start(now, pace)?;
        self.status_reason.clear();
        self.moved(step);
        Ok(())
    }

    pub(crate) fn stop(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        let step = self.life.stop(now, pace)?;
        self.interrupted(step, now);
        Ok(())
    }

    pub(crate) fn delete(&mut self, now: OffsetDateTime, pace: &Pace) -> Result<(), ApiError> {
        let step = self.life.delete(now, pace)?;
        self.interrupted(step, now);
        Ok(())
    }

    /// Takes new settings; a running machine is rebuilt.
    pub(crate) fn modify(
        &mut self,
        settings: Settings,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        let step = self.life.modify(now, pace)?;
        self.settings = settings;
        self.updated_at = now;
        if let Some(step) = step {
            self.moved(step);
        }
        Ok(())
    }

    /// Sets the timer that stops the machine.
    pub(crate) fn arm_timed_stop(
        &mut self,
        delay_seconds: u32,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        self.life.arm(delay_seconds, now, pace)?;
        self.updated_at = now;
        Ok(())
    }

    /// Takes the timer away.
    pub(crate) fn disarm_timed_stop(&mut self, now: OffsetDateTime) -> Result<(), ApiError> {
        self.life.disarm()?;
        self.updated_at = now;
        Ok(())
    }

    /// Begins an image pack job and returns its id.
    pub(crate) fn pack(
        &mut self,
        target: ImageTarget,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<String, ApiError> {
        let step = self.life.pack(now, pace)?;
        let id = loop {
            let id = format!("tk-{}", random::hex8());
            if self.jobs.iter().all(|job| job.id != id) {
                break id;
            }
        };
        self.jobs
            .push(ImagePackJob::new(id.clone(), target, now, pace));
        self.moved(step);
        Ok(id)
    }

    /// Breaks the machine; false when it is deleted or being deleted.
    pub(crate) fn fail(
        &mut self,
        to: Status,
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

    /// Makes an image pack job fail; false when there is none of that id that still runs.
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

    /// A move that ends whatever was going on.
    fn interrupted(&mut self, step: Option<Move>, now: OffsetDateTime) {
        let Some(step) = step else { return };
        if let Some(job) = self.jobs.last_mut() {
            job.fail(now);
        }
        self.moved(step);
    }

    fn moved(&mut self, step: Move) {
        self.updated_at = step.at;
        let subject = Subject {
            pod: &self.pod_name(),
            node: NODE_IP,
            image: self.settings.conf_text("/image/imageUrl"),
            status_reason: &self.status_reason,
            last_job: self.jobs.last(),
        };
        let events = events_of(step, &subject);
        self.events.extend(events);
    }
}
