//! Reads the settings of a dev instance, changes them, and sends them back.

use std::fmt;

use bce_http::Error;
use bce_http::rt::check;

use crate::model::{DevInstanceConf, DevInstanceDetail};
use crate::settings::is_hidden;
use crate::{Client, DevInstanceChange, DevInstanceSettings};

/// Settings that were read from an instance, to be changed and sent back.
///
/// [`Client::edit_dev_instance`] reads them. [`Client::change_dev_instance`] is a shorter way to
/// change only the configuration, in a closure.
///
/// ```no_run
/// # async fn publish(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
/// let mut edit = client.edit_dev_instance("dv-1").await?;
/// edit.settings_mut().is_public_mgmt = Some(true);
/// match edit.send().await? {
///     Some(change) => println!("changed {:?}", change.members().collect::<Vec<_>>()),
///     None => println!("nothing to change"),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is changed until it is sent"]
#[derive(Clone, Debug)]
pub struct DevInstanceEdit {
    client: Client,
    dev_instance_id: String,
    read: DevInstanceDetail,
    before: DevInstanceSettings,
    settings: DevInstanceSettings,
}

/// The reason why a change failed. If [a request failed](Self::Request), the change may have been
/// made nevertheless.
///
/// `Display` includes the cause, so [`source`](std::error::Error::source) is empty, as for
/// [`Error`]. The error of a failed request is in [`Request`](Self::Request), and [`Error::from`]
/// extracts it. The other variants convert to an error of the kind
/// [`InvalidInput`](crate::ErrorKind::InvalidInput): nothing was sent.
#[non_exhaustive]
#[derive(Debug)]
pub enum ChangeError {
    /// A request failed; see [`Error::may_have_been_applied`].
    Request(Error),
    /// Somebody else has changed the instance since it was read. Nothing was sent. The value is the
    /// current description of the instance.
    ChangedMeanwhile(Box<DevInstanceDetail>),
    /// The service described the instance without its configuration, so there is nothing to change.
    NoConfiguration,
}

impl Client {
    /// Reads the settings of an instance, so that they can be changed and sent back.
    ///
    /// # Errors
    ///
    /// If the instance cannot be read, or its description has no configuration.
    pub async fn edit_dev_instance(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Result<DevInstanceEdit, ChangeError> {
        let dev_instance_id = dev_instance_id.into();
        let read = self.query_dev_instance_detail(&dev_instance_id).send();
        let read = read.await?.dev_instance;
        let before = DevInstanceSettings::of(&read).ok_or(ChangeError::NoConfiguration)?;
        Ok(DevInstanceEdit {
            client: self.clone(),
            dev_instance_id,
            read,
            settings: before.clone(),
            before,
        })
    }

    /// Changes the configuration of an instance: reads it, lets `change` edit it, and sends the
    /// whole of it back, as [`DevInstanceEdit::send`] does.
    ///
    /// ```no_run
    /// # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let change = client.change_dev_instance("dv-1", |conf| conf.resources.cpus = 8).await?;
    /// client.wait_until_running("dv-1").after_change(&change).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If a request fails, or for another reason in [`ChangeError`]. Only a failed request may have
    /// changed something: see [`Error::may_have_been_applied`].
    #[doc(alias = "ModifyDevInstance")]
    pub async fn change_dev_instance(
        &self,
        dev_instance_id: impl Into<String>,
        change: impl FnOnce(&mut DevInstanceConf),
    ) -> Result<Option<DevInstanceChange>, ChangeError> {
        let mut edit = self.edit_dev_instance(dev_instance_id).await?;
        change(&mut edit.settings.conf);
        edit.send().await
    }
}

impl DevInstanceEdit {
    /// Returns the description of the instance as it was read.
    pub fn detail(&self) -> &DevInstanceDetail {
        &self.read
    }

    /// Returns the settings of the instance as they were read.
    pub fn before(&self) -> &DevInstanceSettings {
        &self.before
    }

    /// Returns the settings that [`send`](Self::send) will send.
    pub fn settings(&self) -> &DevInstanceSettings {
        &self.settings
    }

    /// Returns the settings that [`send`](Self::send) will send, for changing or replacing them.
    pub fn settings_mut(&mut self) -> &mut DevInstanceSettings {
        &mut self.settings
    }

    /// Sends all settings if they differ from those that were read, and returns `None` if they do
    /// not. A running instance is rebuilt and may queue; pass the returned change to a wait, so
    /// that it does not mistake the old state for the new one. A stopped instance stays stopped.
    ///
    /// The instance is read again just before it is updated. If its settings have changed since
    /// they were first read, nothing is sent, and the error is
    /// [`ChangedMeanwhile`](ChangeError::ChangedMeanwhile). This includes a configuration that was
    /// changed and changed back, if the service shows when it was last changed. The service has no
    /// conditional update, so a change that is made in the short time between the second read and
    /// the update is overwritten.
    ///
    /// Members that a description does not show cannot be sent back: those unknown to this version
    /// of the crate, and the registry password, which is left out if the description contains an
    /// empty string or `***` in its place. Set the password if the registry needs one. A password
    /// that differs from the one that was read is sent, even if it is empty.
    ///
    /// A secret that is `***` keeps the value that was read, so the settings may pass through JSON
    /// or YAML, where `Serialize` masks secrets. If there was no such value, nothing is sent, and
    /// the error names the secret.
    ///
    /// # Errors
    ///
    /// If a request fails, or for another reason in [`ChangeError`]. Only a failed request may have
    /// changed something: see [`Error::may_have_been_applied`].
    pub async fn send(self) -> Result<Option<DevInstanceChange>, ChangeError> {
        let Self {
            client,
            dev_instance_id: id,
            read,
            before,
            mut settings,
        } = self;
        let old = read.conf.as_ref().ok_or(ChangeError::NoConfiguration)?;
        settings.conf.keep_secrets(old);
        settings.conf.updated_at = None;
        without_hidden_password(&mut settings.conf, old);
        if settings == before {
            return Ok(None);
        }
        let now = client.query_dev_instance_detail(&id).send();
        let now = now.await?.dev_instance;
        if !same_settings(&read, &now) {
            return Err(ChangeError::ChangedMeanwhile(Box::new(now)));
        }
        let change = DevInstanceChange::new(&now, &settings);
        let update = client.update_dev_instance().id(id).settings(settings);
        Ok(Some(change.answered(update.send().await?)))
    }
}

/// Returns whether two descriptions have the same settings, and show the same time for the last
/// change of the configuration. The state and its times are not compared, because they change by
/// themselves.
fn same_settings(a: &DevInstanceDetail, b: &DevInstanceDetail) -> bool {
    a.conf == b.conf
        && a.name == b.name
        && (&a.creator, &a.creator_id) == (&b.creator, &b.creator_id)
        && a.visible_scope == b.visible_scope
        && a.notify == b.notify
        && a.is_public_mgmt == b.is_public_mgmt
}

/// Removes the registry password from `conf` if it is the same as in `read` and only a placeholder:
/// a description contains an empty string or `***` in place of the password. A changed password is
/// kept, even if it is empty, because the change is intended.
fn without_hidden_password(conf: &mut DevInstanceConf, read: &DevInstanceConf) {
    let shown = read
        .image
        .password
        .as_ref()
        .filter(|shown| is_hidden(shown));
    let password = &mut conf.image.password;
    if shown.is_some() && password.as_ref() == shown {
        *password = None;
    }
}

impl From<Error> for ChangeError {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

/// Returns the error of the failed request, if there is one. Every other `ChangeError` means that
/// nothing was sent, and becomes an error of the kind `InvalidInput`.
impl From<ChangeError> for Error {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Request(error) => error,
            other => check::refused(format_args!("{other}; nothing was sent")),
        }
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
            Self::NoConfiguration => f.write_str("the service returned no configuration to change"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, Secret};

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
            ("", "***", Some("")),
            ("", "registry", Some("")),
            ("***", "", Some("***")),
            ("***", "registry", Some("***")),
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

    #[test]
    fn a_change_that_was_not_sent_is_an_error_that_says_so() {
        let now = Box::new(DevInstanceDetail {
            id: "dv-1".to_owned(),
            ..DevInstanceDetail::default()
        });
        for error in [
            ChangeError::ChangedMeanwhile(now),
            ChangeError::NoConfiguration,
        ] {
            let text = error.to_string();
            assert!(std::error::Error::source(&error).is_none());
            let error = Error::from(error);
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(!error.may_have_been_applied() && !error.is_retryable());
            assert_eq!(error.to_string(), format!("{text}; nothing was sent"));
        }
    }
}
