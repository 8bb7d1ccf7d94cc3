//! Jobs that save the environment of a dev instance as an image. The state of such a job is
//! computed from the time, unless the job was made to fail.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::status::ImagePackJobStatus;
use crate::delays::Pace;

/// The number of steps: initialising, running, building and pushing.
const STEPS: i32 = 4;

/// A job that saves the environment of a dev instance as an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImagePackJob {
    pub(crate) id: String,
    pub(crate) image_name: String,
    pub(crate) image_tag: String,
    pub(crate) registry: String,
    pub(crate) namespace: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    /// The time at which the steps of the job began. It is later than `created_at` only if the job
    /// was restored from a snapshot that was taken before the end of the job.
    #[serde(with = "time::serde::rfc3339")]
    begun_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    finished_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    failed_at: Option<OffsetDateTime>,
}

/// The name of the image that a job creates, and the registry to which it is pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageTarget {
    pub(crate) image_name: String,
    pub(crate) image_tag: String,
    pub(crate) registry: String,
    pub(crate) namespace: String,
}

impl ImagePackJob {
    pub(crate) fn new(id: String, target: ImageTarget, now: OffsetDateTime, pace: &Pace) -> Self {
        let ImageTarget {
            image_name,
            image_tag,
            registry,
            namespace,
        } = target;
        Self {
            id,
            image_name,
            image_tag,
            registry,
            namespace,
            created_at: now,
            begun_at: now,
            finished_at: pace.after(now, pace.delays.image_packing),
            failed_at: None,
        }
    }

    /// Makes the job fail. Returns `false`, and changes nothing, if it is already finished.
    pub(crate) fn fail(&mut self, now: OffsetDateTime) -> bool {
        let unfinished = self.failed_at.is_none() && now < self.finished_at;
        if unfinished {
            self.failed_at = Some(now);
        }
        unfinished
    }

    pub(crate) fn failed_at(&self) -> Option<OffsetDateTime> {
        self.failed_at
    }

    /// Postpones the steps and the end of the job by `pause`. Does nothing if it has finished or
    /// failed by `now`.
    pub(crate) fn postpone(&mut self, now: OffsetDateTime, pause: time::Duration) {
        if self.failed_at.is_some() || self.finished_at <= now {
            return;
        }
        let later = |at: OffsetDateTime| at.checked_add(pause).unwrap_or(at);
        self.begun_at = later(self.begun_at);
        self.finished_at = later(self.finished_at);
    }

    /// Returns the state at `now`, and the time since which the job has been in that state.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> (ImagePackJobStatus, OffsetDateTime) {
        match self.failed_at {
            Some(failed_at) => (ImagePackJobStatus::FAILED, failed_at),
            None => self.step_at(now),
        }
    }

    /// Returns the state at `then`, and the time since which the job has been in that state.
    /// Ignores a failure at `then` or later.
    pub(crate) fn status_before(
        &self,
        then: OffsetDateTime,
    ) -> (ImagePackJobStatus, OffsetDateTime) {
        match self.failed_at.filter(|failed_at| *failed_at < then) {
            Some(failed_at) => (ImagePackJobStatus::FAILED, failed_at),
            None => self.step_at(then),
        }
    }

    fn step_at(&self, now: OffsetDateTime) -> (ImagePackJobStatus, OffsetDateTime) {
        if now >= self.finished_at {
            return (ImagePackJobStatus::COMPLETED, self.finished_at);
        }
        let step = (self.finished_at - self.begun_at) / STEPS;
        let begun = |done: &i32| now >= self.begun_at + step * *done;
        let done = (1..STEPS).rev().find(begun).unwrap_or_default();
        (
            ImagePackJobStatus::from_code(i64::from(done) + 1),
            self.begun_at + step * done,
        )
    }

    /// Returns the image reference in the notation of container tools:
    /// `registry/namespace/name:tag`.
    pub(crate) fn reference(&self) -> String {
        let Self {
            registry,
            namespace,
            image_name,
            image_tag,
            ..
        } = self;
        format!("{registry}/{namespace}/{image_name}:{image_tag}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    fn job() -> ImagePackJob {
        let target = ImageTarget {
            image_name: "torch".into(),
            image_tag: "1".into(),
            registry: "ccr.example".into(),
            namespace: "team".into(),
        };
        ImagePackJob::new("tk-1".into(), target, START, &Pace::usual())
    }

    fn code(code: i64) -> ImagePackJobStatus {
        ImagePackJobStatus::from_code(code)
    }

    fn at(seconds: u64) -> OffsetDateTime {
        START + Duration::from_secs(seconds)
    }

    #[test]
    fn a_job_passes_its_steps_in_order() {
        let job = job();
        let codes: Vec<i64> = (0..10)
            .map(|second| job.status_at(at(second)).0.code())
            .collect();
        assert_eq!(codes, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(job.status_at(at(5)), (code(3), at(4)));
        assert_eq!(job.status_at(at(90)), (code(5), at(8)));
        assert_eq!(
            job.status_at(START - Duration::from_secs(1)),
            (code(1), START)
        );
    }

    #[test]
    fn a_pause_postpones_an_unfinished_job_only() {
        let hour = time::Duration::hours(1);
        let mut running = job();
        running.postpone(at(3), hour);
        assert_eq!(running.status_at(at(3603)), (code(2), at(3602)));
        assert_eq!(running.created_at, START);
        let mut finished = job();
        finished.postpone(at(8), hour);
        assert_eq!(finished.status_at(at(8)), (code(5), at(8)));
    }

    #[test]
    fn only_an_unfinished_job_can_fail() {
        let mut job = job();
        assert!(job.fail(at(3)));
        assert!(!job.fail(at(4)));
        assert_eq!(job.status_at(at(90)), (code(30), at(3)));
        assert_eq!(job.status_before(at(3)).0, code(2));
        assert_eq!(job.status_before(at(4)), (code(30), at(3)));
        let mut finished = self::job();
        assert!(!finished.fail(at(8)));
        assert_eq!(finished.status_at(at(8)), (code(5), at(8)));
    }
}
