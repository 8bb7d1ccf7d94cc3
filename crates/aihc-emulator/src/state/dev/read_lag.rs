//! Hides writes to a dev instance from read requests for some time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::lifecycle::TimedStop;
use super::settings::InstanceSettings;
use super::status::InstanceStatus;
use crate::delays::Pace;

/// The maximum number of writes to one instance that are hidden from read requests. If there are
/// more, the oldest becomes visible early.
const KEPT: usize = 16;

/// The changeable data of a dev instance, as read requests see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) settings: &'a InstanceSettings,
    pub(crate) status: InstanceStatus,
    pub(crate) status_reason: &'a str,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) timed_stop: Option<&'a TimedStop>,
    /// The number of events that read requests see.
    pub(super) events: u64,
    /// The number of image pack jobs that read requests see.
    pub(super) jobs: u64,
    /// The time of the first write that is still hidden; `None` if no write is hidden. What image
    /// pack jobs have done since then is hidden as well.
    pub(super) hidden_since: Option<OffsetDateTime>,
}

/// The writes to a dev instance that read requests do not see yet, oldest first. Each write becomes
/// visible at a certain time. As long as there are hidden writes, read requests see the data before
/// the oldest of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ReadLag(VecDeque<Hidden>);

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    #[serde(with = "time::serde::rfc3339")]
    until: OffsetDateTime,
    /// The data before the hidden write; `None` if that write created the instance.
    before: Option<Box<Before>>,
}

/// The data of [`Shown`] before a write, as owned values.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Before {
    settings: InstanceSettings,
    status: InstanceStatus,
    status_reason: String,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    timed_stop: Option<TimedStop>,
    events: u64,
    jobs: u64,
    /// The time of the write that changed these data.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

impl Before {
    /// Returns the data that the write at `at` is about to change.
    pub(super) fn of(shown: Shown<'_>, at: OffsetDateTime) -> Box<Self> {
        Box::new(Self {
            settings: shown.settings.clone(),
            status: shown.status,
            status_reason: shown.status_reason.to_owned(),
            updated_at: shown.updated_at,
            timed_stop: shown.timed_stop.cloned(),
            events: shown.events,
            jobs: shown.jobs,
            at,
        })
    }
}

impl ReadLag {
    /// Returns whether the scenario hides writes from read requests for some time.
    pub(super) fn is_wanted(pace: &Pace) -> bool {
        !pace.scenario.read_after_write.is_zero()
    }

    /// Hides a write made at `now` from read requests, if the scenario has a read lag. Until the
    /// write becomes visible, read requests see `before`, or do not find the instance if `before`
    /// is `None`. Without a read lag, makes all writes visible.
    pub(super) fn hide(&mut self, before: Option<Box<Before>>, now: OffsetDateTime, pace: &Pace) {
        if !Self::is_wanted(pace) {
            self.clear();
            return;
        }
        let until = pace.after(now, pace.scenario.read_after_write);
        // Writes become visible in the order in which they were made, even if the lag has become
        // shorter in the meantime.
        for hidden in &mut self.0 {
            hidden.until = hidden.until.min(until);
        }
        while self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Hidden { until, before });
    }

    /// Makes all hidden writes visible.
    pub(super) fn clear(&mut self) {
        self.0 = VecDeque::new();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the time at which the next write becomes visible; `None` if none is hidden.
    pub(super) fn due(&self) -> Option<OffsetDateTime> {
        self.0.front().map(|hidden| hidden.until)
    }

    /// Removes the writes that are no longer hidden from read requests at `now`.
    pub(super) fn show(&mut self, now: OffsetDateTime) {
        while self.due().is_some_and(|due| due <= now) {
            self.0.pop_front();
        }
    }

    /// Returns the data that read requests see while `truth` is the actual data; `None` as long as
    /// they do not find the instance.
    pub(super) fn shown<'a>(&'a self, truth: Shown<'a>) -> Option<Shown<'a>> {
        let Some(hidden) = self.0.front() else {
            return Some(truth);
        };
        let before = hidden.before.as_deref()?;
        Some(Shown {
            settings: &before.settings,
            status: before.status,
            status_reason: &before.status_reason,
            updated_at: before.updated_at,
            timed_stop: before.timed_stop.as_ref(),
            events: before.events,
            jobs: before.jobs,
            hidden_since: Some(before.at),
        })
    }

    /// Postpones the time at which each write becomes visible by `pause`.
    pub(super) fn postpone(&mut self, pause: time::Duration) {
        for hidden in &mut self.0 {
            let later = |at: OffsetDateTime| at.checked_add(pause).unwrap_or(at);
            hidden.until = later(hidden.until);
            if let Some(before) = &mut hidden.before {
                before.at = later(before.at);
            }
        }
    }

    pub(super) fn settings(&self) -> impl Iterator<Item = &InstanceSettings> {
        let before = self.0.iter().filter_map(|hidden| hidden.before.as_deref());
        before.map(|before| &before.settings)
    }
}
