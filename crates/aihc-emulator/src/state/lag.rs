//! Reads that lag behind writes.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::lifecycle::TimedStop;
use super::settings::Settings;
use super::status::Status;
use crate::delays::Pace;

/// What reads show of a dev machine, where that may change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) status: Status,
    pub(crate) status_reason: &'a str,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) timed_stop: Option<&'a TimedStop>,
}

/// Hides writes from reads for a while.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lag {
    #[serde(with = "time::serde::rfc3339")]
    pub(super) until: OffsetDateTime,
    /// What was there before; nothing before the creation.
    before: Option<Box<Before>>,
}

/// What [`Shown`] borrows, owned.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Before {
    settings: Settings,
    status: Status,
    status_reason: String,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    timed_stop: Option<TimedStop>,
}

impl Lag {
    /// Hides a new machine, if reads lag.
    pub(super) fn of_creation(now: OffsetDateTime, pace: &Pace) -> Option<Self> {
        let until = end(now, pace)?;
        Some(Self {
            until,
            before: None,
        })
    }

    /// Keeps what a write is about to change, if reads lag and nothing older is being shown.
    pub(super) fn remember(shown: Option<Shown<'_>>, pace: &Pace) -> Option<Box<Before>> {
        if pace.scenario.read_after_write.is_zero() {
            return None;
        }
        shown.map(|shown| {
            Box::new(Before {
                settings: shown.settings.clone(),
                status: shown.status,
                status_reason: shown.status_reason.to_owned(),
                updated_at: shown.updated_at,
                timed_stop: shown.timed_stop.cloned(),
            })
        })
    }

    /// Hides the write that was made at `now` behind what was there `before`.
    pub(super) fn of_write(
        before: Option<Box<Before>>,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Option<Self> {
        let until = end(now, pace)?;
        Some(Self { until, before })
    }

    pub(super) fn shown(&self) -> Option<Shown<'_>> {
        let before = self.before.as_deref()?;
        Some(Shown {
            settings: &before.settings,
            status: before.status,
            status_reason: &before.status_reason,
            updated_at: before.updated_at,
            timed_stop: before.timed_stop.as_ref(),
        })
    }

    /// Shows the write later by `pause`.
    pub(super) fn postpone(&mut self, pause: time::Duration) {
        self.until = self.until.checked_add(pause).unwrap_or(self.until);
    }
}

fn end(now: OffsetDateTime, pace: &Pace) -> Option<OffsetDateTime> {
    let delay = pace.scenario.read_after_write;
    (!delay.is_zero()).then(|| pace.after(now, delay))
}
