//! Changing one thing in a configuration.

use std::fmt;

use bce_http::Error;

use crate::masked::is_masked;
use crate::model::{DevInstanceConf, DevInstanceDetail};
use crate::{Client, DevInstanceChange};

/// Why a change was not made.
#[non_exhaustive]
#[derive(Debug)]
pub enum ChangeError {
    /// A request failed; see [`Error::may_have_been_applied`].
    Request(Error),
    /// Somebody else has changed the instance since it was read. Nothing was sent; this is the
    /// instance as it is now.
    ChangedMeanwhile(Box<DevInstanceDetail>),
    /// The service described the instance without its configuration, so there is nothing to change.
    NoConfiguration,
}

impl Client {
    /// Changes the configuration of an instance: reads it, lets `change` edit it, and sends it back
    /// whole, together with the members beside it (name, owner, visibility, notification, public
    /// management) as they were read. `None` when `change` left everything as it was; then nothing
    /// is sent. A running instance is rebuilt and may queue; a wait takes what this returns, and so
    /// does not take the state from before for the one after it. A stopped instance stays stopped.
    ///
    /// ```no_run
    /// # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let change = client.change_dev_instance("dv-1", |conf| conf.resources.cpus = 8).await?;
    /// client.wait_until_running("dv-1").after_change(&change).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The configuration is read once more just before it is sent. The service has no conditional
    /// update, so a change that comes in after that is overwritten: the time in which that can
    /// happen is short, but it is there.
    ///
    /// What a description does not show cannot be sent back: members that this version of the crate
    /// does not know, and the registry password, which is left out when it reads as empty text or as
    /// `***`. Set the password in `change` if the registry needs it.
    ///
    /// A secret that `change` leaves as `***` keeps the value that was read, so that the configuration
    /// may go through JSON or YAML on its way, where `Serialize` masks secrets. One that had no value
    /// before is refused, by its name.
    ///
    /// # Errors
    /// See [`ChangeError`].
    #[doc(alias = "ModifyDevInstance")]
    pub async fn change_dev_instance(
        &self,
        dev_instance_id: impl Into<String>,
        change: impl FnOnce(&mut DevInstanceConf),
    ) -> Result<Option<DevInstanceChange>, ChangeError> {
        let id = dev_instance_id.into();
        let read = self
            .query_dev_instance_detail(&id)
            .send()
            .await?
            .dev_instance;
        let before = read.conf.as_ref().ok_or(ChangeError::NoConfiguration)?;
        let mut conf = before.clone();
        change(&mut conf);
        conf.keep_secrets(before);
        if conf == *before {
            return Ok(None);
        }
        let now = self
            .query_dev_instance_detail(&id)
            .send()
            .await?
            .dev_instance;
        if !same_settings(&read, &now) {
            return Err(ChangeError::ChangedMeanwhile(Box::new(now)));
        }
        without_hidden_password(&mut conf, before);
        let mut wanted = now.clone();
        wanted.conf = Some(conf.clone());
        let change = DevInstanceChange::new(&now, &wanted);
        let mut update =
            self.update_dev_instance(id, read.name, conf, read.creator, read.creator_id);
        if let Some(scope) = read.visible_scope {
            update = update.visible_scope(scope);
        }
        if let Some(notify) = read.notify {
            update = update.notify(notify);
        }
        if let Some(public) = read.is_public_mgmt {
            update = update.is_public_mgmt(public);
        }
        Ok(Some(change.answered(update.send().await?)))
    }
}

/// Whether two descriptions agree in everything that an update sets. The state and its times change
/// by themselves.
fn same_settings(a: &DevInstanceDetail, b: &DevInstanceDetail) -> bool {
    a.conf == b.conf
        && a.name == b.name
        && (&a.creator, &a.creator_id) == (&b.creator, &b.creator_id)
        && a.visible_scope == b.visible_scope
        && a.notify == b.notify
        && a.is_public_mgmt == b.is_public_mgmt
}

/// An empty password, or the mask that the service gave, stands for one that is not shown.
fn without_hidden_password(conf: &mut DevInstanceConf, read: &DevInstanceConf) {
    let shown = read.image.password.as_ref();
    let is_unshown = shown.is_some_and(is_masked);
    let password = &mut conf.image.password;
    if (password.as_ref())
        .is_some_and(|password| password.is_empty() || is_unshown && is_masked(password))
    {
        *password = None;
    }
}

impl From<Error> for ChangeError {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl std::error::Error for ChangeError {}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::ChangedMeanwhile(now) => write!(
                f,
                "{} was not changed: somebody else has changed it since it was read",
                now.id
            ),
            Self::NoConfiguration => f.write_str("the service gave no configuration to change"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn a_password_that_is_not_shown_is_not_sent_back() {
        let with = |password: &str| {
            let mut conf = DevInstanceConf::default();
            conf.image.password = Some(Secret::new(password));
            conf
        };
        for (given, read, sent) in [
            ("", "", None),
            ("***", "***", None),
            ("registry", "", Some("registry")),
            ("registry", "***", Some("registry")),
        ] {
            let mut conf = with(given);
            without_hidden_password(&mut conf, &with(read));
            assert_eq!(conf.image.password, sent.map(Secret::new), "{given} {read}");
        }
    }

    #[test]
    fn the_state_and_its_times_are_no_settings() {
        let read = DevInstanceDetail::default();
        let mut now = read.clone();
        now.status_reason = "scheduled".to_owned();
        now.updated_at = Some(5.into());
        assert!(same_settings(&read, &now));
        now.is_public_mgmt = Some(true);
        assert!(!same_settings(&read, &now));
        now = read.clone();
        now.conf = Some(DevInstanceConf::default());
        assert!(!same_settings(&read, &now));
    }
}
