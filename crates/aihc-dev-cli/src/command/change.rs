//! Plans, shows and sends a change of the settings of an instance, and waits for its effect.

use aihc_dev::model::DevInstanceStatus;
use aihc_dev::{Client, DevInstanceChange, DevInstanceEdit, DevInstanceSettings};
use serde_json::Value;

use super::names::Resolved;
use super::watch::Watch;
use crate::exit::Failure;
use crate::language::text;
use crate::request::{Change, Schema, changes, settings};

/// A change to the settings of an instance, before it is sent.
pub(super) struct PlannedChange {
    one: Resolved,
    edit: Box<DevInstanceEdit>,
    old: Value,
    new: Value,
    wanted: Box<DevInstanceSettings>,
}

/// A change to the settings of an instance that has been sent to the service.
pub(super) struct SentChange {
    change: DevInstanceChange,
    before: Option<DevInstanceStatus>,
}

impl PlannedChange {
    /// Reads an instance and plans a change. `wanted` turns the current settings into the desired
    /// ones. Its second argument is `true` if the service shows an empty string in place of the
    /// password of the image registry; the actual password is then unknown.
    pub(super) async fn read(
        client: &Client,
        one: &Resolved,
        wanted: impl FnOnce(&Value, bool) -> Result<Value, Failure>,
    ) -> Result<Self, Failure> {
        Self::of(one, client.edit_dev_instance(&one.id).await?, wanted)
    }

    /// Plans a change to an instance that has already been read. Unlike [`read`](Self::read), sends
    /// no request. `wanted` turns the current settings into the desired ones.
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

    /// Returns the settings before and after the change, with secrets in clear text.
    pub(super) fn bodies(&self) -> [&Value; 2] {
        [&self.old, &self.new]
    }

    pub(super) fn changes(&self) -> Vec<Change> {
        changes(&self.old, &self.new)
    }

    pub(super) fn wanted(&self) -> &DevInstanceSettings {
        &self.wanted
    }

    /// Fails if the change affects settings that the API cannot change after the creation of the
    /// instance. The error names them.
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

    /// Sends the change. Returns `None`, and changes nothing, if the settings before and after the
    /// change are equal. If the service shows an empty string or `***` in place of the password of
    /// the image registry, the same placeholder in the new settings does not count as a difference.
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
    /// Waits for the effect of the change, and returns the word for the state that was reached:
    /// `stopped` for an instance that was stopped or being stopped before the change; `accepted`,
    /// without a wait, for one that had failed or was abnormal; and `running` for any other.
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
