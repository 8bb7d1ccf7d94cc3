//! A change of an instance: computed, shown, sent and waited for.

use aihc_dev::model::DevInstanceStatus;
use aihc_dev::{Client, DevInstanceChange, DevInstanceEdit, DevInstanceSettings};
use serde_json::Value;

use super::names::Resolved;
use super::watch::Watch;
use crate::exit::Failure;
use crate::language::text;
use crate::request::{Change, Schema, changes, settings};

/// A change that was computed from an instance's settings and has not been sent.
pub(super) struct PlannedChange {
    one: Resolved,
    edit: Box<DevInstanceEdit>,
    old: Value,
    new: Value,
    wanted: Box<DevInstanceSettings>,
}

/// A change that was sent.
pub(super) struct SentChange {
    change: DevInstanceChange,
    before: Option<DevInstanceStatus>,
}

impl PlannedChange {
    /// Reads an instance. `wanted` turns its settings into the desired ones; it also gets whether
    /// the service shows an empty registry password, which may stand for any password.
    pub(super) async fn read(
        client: &Client,
        one: &Resolved,
        wanted: impl FnOnce(&Value, bool) -> Result<Value, Failure>,
    ) -> Result<Self, Failure> {
        Self::of(one, client.edit_dev_instance(&one.id).await?, wanted)
    }

    /// Like [`read`](Self::read), for an instance that was already read.
    pub(super) fn of(
        one: &Resolved,
        edit: DevInstanceEdit,
        wanted: impl FnOnce(&Value, bool) -> Result<Value, Failure>,
    ) -> Result<Self, Failure> {
        let old = settings::to_json(edit.before())?;
        let conf = edit.detail().conf.as_ref();
        let shown = conf.and_then(|conf| conf.image.password.as_ref());
        let is_shown_empty = shown.is_some_and(|shown| shown.expose().is_empty());
        let wanted = settings::from_json(wanted(&old, is_shown_empty)?)?;
        let new = settings::to_json(&wanted)?;
        Ok(Self {
            one: one.clone(),
            edit: Box::new(edit),
            old,
            new,
            wanted: Box::new(wanted),
        })
    }

    pub(super) fn one(&self) -> &Resolved {
        &self.one
    }

    pub(super) fn id(&self) -> &str {
        &self.one.id
    }

    /// Returns the settings before and after the change, including secrets.
    pub(super) fn bodies(&self) -> [&Value; 2] {
        [&self.old, &self.new]
    }

    pub(super) fn changes(&self) -> Vec<Change> {
        changes(&self.old, &self.new)
    }

    pub(super) fn wanted(&self) -> &DevInstanceSettings {
        &self.wanted
    }

    /// Refuses members that an update cannot change, by name.
    pub(super) fn refuse_fixed(&self) -> Result<(), Failure> {
        let fixed = Schema::of_update().fixed(&self.old, &self.new);
        match fixed.is_empty() {
            true => Ok(()),
            false => Err(Failure::usage(text!(
                "{members} cannot be changed; `aihc-dev clone` creates another instance",
                members = fixed.join(", ")
            ))),
        }
    }

    /// Sends the change, or returns `None` if nothing differs after all: the difference may stand
    /// for something that the service does not show.
    pub(super) async fn send(self) -> Result<Option<SentChange>, Failure> {
        let before = self.edit.detail().status;
        if self.old == self.new {
            return Ok(None);
        }
        let mut edit = self.edit;
        *edit.settings_mut() = *self.wanted;
        let sent = Box::pin(edit.send()).await?;
        Ok(sent.map(|change| SentChange { change, before }))
    }
}

impl SentChange {
    /// Waits for the result of the change and returns the word for it: a running instance is
    /// rebuilt and runs again, a stopped one stays stopped, and a failed one is not touched.
    pub(super) async fn settle(
        &self,
        watch: &Watch<'_>,
        client: &Client,
        id: &str,
    ) -> Result<&'static str, Failure> {
        match self.before {
            Some(DevInstanceStatus::Stopped | DevInstanceStatus::Stopping) => {
                let wait = client.wait_until_stopped(id).after_change(&self.change);
                watch.run(id, wait).await?;
                Ok("stopped")
            }
            Some(DevInstanceStatus::Failed | DevInstanceStatus::Abnormal) => Ok("accepted"),
            _ => {
                let wait = client.wait_until_running(id).after_change(&self.change);
                watch.run(id, wait).await?;
                Ok("running")
            }
        }
    }
}
