//! A change of an instance: worked out, shown, sent, waited for.

use aihc_dev::model::DevInstanceStatus;
use aihc_dev::{Client, DevInstanceChange, DevInstanceEdit, DevInstanceSettings};
use serde_json::Value;

use super::names::Resolved;
use super::watch::Watch;
use crate::exit::Failure;
use crate::language::text;
use crate::request::{Change, Schema, changes, settings};

/// A change that was worked out from what an instance is, and that was not sent.
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
    /// Reads an instance. `wanted` makes the settings that it is to have of those that it has; it is also told
    /// whether the service shows an empty registry password, as it may for any that there is.
    pub(super) async fn read(
        client: &Client,
        one: &Resolved,
        wanted: impl FnOnce(&Value, bool) -> Result<Value, Failure>,
    ) -> Result<Self, Failure> {
        Self::of(one, client.edit_dev_instance(&one.id).await?, wanted)
    }

    /// As [`read`](Self::read), of an instance that was read.
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

    /// The settings before and after it, with their secrets.
    pub(super) fn bodies(&self) -> [&Value; 2] {
        [&self.old, &self.new]
    }

    pub(super) fn changes(&self) -> Vec<Change> {
        changes(&self.old, &self.new)
    }

    pub(super) fn wanted(&self) -> &DevInstanceSettings {
        &self.wanted
    }

    /// Refuses what an update cannot change, by its name.
    pub(super) fn refuse_fixed(&self) -> Result<(), Failure> {
        let fixed = Schema::of_update().fixed(&self.old, &self.new);
        match fixed.is_empty() {
            true => Ok(()),
            false => Err(Failure::usage(text!(
                "{members} cannot be changed; `aihc-dev clone` makes another instance",
                members = fixed.join(", ")
            ))),
        }
    }

    /// Sends it; `None` if there is nothing to change after all, since what differs stands for what the
    /// service does not show.
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
    /// Waits for what it leads to, and gives the word for that: a running instance is rebuilt and runs again,
    /// a stopped one stays stopped, and one that has failed is not touched.
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
