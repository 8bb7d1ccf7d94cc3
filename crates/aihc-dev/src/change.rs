//! The difference that an update of an instance makes, and whether a description of the instance
//! shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bce_http::wait::ShowsChange;
use serde::Serialize;
use serde_json::Value;

use crate::model::{DevInstanceDetail, UpdateDevInstanceResponse};
use crate::{DevInstanceSettings, Secret, Timestamp};

/// The difference that an update of an instance makes. Pass it to
/// [`Wait::after_change`](bce_http::wait::Wait::after_change) when you wait for the instance, so
/// that the state from before the change is not mistaken for the state after it.
///
/// [`change_dev_instance`](crate::Client::change_dev_instance) and
/// [`DevInstanceEdit::send`](crate::DevInstanceEdit::send) return the change that they made. For a
/// plain [`update_dev_instance`](crate::Client::update_dev_instance), create it from the
/// description that was read before the update:
///
/// ```no_run
/// # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aihc_dev::{DevInstanceChange, DevInstanceSettings};
///
/// let read = client.query_dev_instance_detail("dv-1").await?.dev_instance;
/// let mut wanted = DevInstanceSettings::of(&read).ok_or("it shows no configuration")?;
/// wanted.conf.resources.cpus = 8;
/// let change = DevInstanceChange::new(&read, &wanted);
/// client.update_dev_instance().id("dv-1").settings(wanted).await?;
/// client.wait_until_running("dv-1").after_change(&change).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DevInstanceChange {
    response: Option<UpdateDevInstanceResponse>,
    members: BTreeMap<String, Member>,
    /// The value of `updatedAt` before this change.
    updated_at: Option<Timestamp>,
}

/// The old and the new value of a member of the settings that an update changes. Every value is
/// stored as a secret, since it may be that of an environment variable.
#[derive(Clone)]
struct Member {
    old: Option<Secret>,
    new: Option<Secret>,
}

/// How the value of a changed member in a description compares with the old and the new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Old,
    New,
    /// A value that is neither the old nor the new one.
    Other,
    /// No value: the description does not show the member.
    Nothing,
}

impl DevInstanceChange {
    /// Returns the difference between a description that was read and the settings that an update
    /// sends. The members `visible_scope`, `notify` and `is_public_mgmt` count as unchanged if they
    /// are `None` in `wanted`.
    pub fn new(read: &DevInstanceDetail, wanted: &DevInstanceSettings) -> Self {
        Self::between(read, &wanted.clone().shown_in(read))
    }

    fn between(read: &DevInstanceDetail, wanted: &DevInstanceDetail) -> Self {
        let mut wanted = wanted.clone();
        wanted.conf = wanted.conf.or_else(|| read.conf.clone());
        wanted.visible_scope = wanted.visible_scope.or_else(|| read.visible_scope.clone());
        wanted.notify = wanted.notify.or_else(|| read.notify.clone());
        wanted.is_public_mgmt = wanted.is_public_mgmt.or(read.is_public_mgmt);
        let (mut old, mut new) = (settings(read), settings(&wanted));
        let names: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
        let members = names.into_iter().map(|name| {
            let (old, new) = (old.remove(&name), new.remove(&name));
            (name, Member { old, new })
        });
        Self {
            response: None,
            members: members.filter(|(_, member)| member.differs()).collect(),
            updated_at: read.updated_at,
        }
    }

    pub(crate) fn answered(mut self, response: UpdateDevInstanceResponse) -> Self {
        self.response = Some(response);
        self
    }

    /// Returns the response to the update, or `None` if this value was created with
    /// [`new`](Self::new).
    pub fn response(&self) -> Option<&UpdateDevInstanceResponse> {
        self.response.as_ref()
    }

    /// Returns the members that differ, by their names in the API, such as `conf.resources.cpus`.
    /// The registry password is never among them.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// Returns whether a description shows this change: at least one of the changed members has its
    /// new value, and none has its old value.
    ///
    /// - A member that is absent from the description, or empty, is ignored, with two exceptions.
    ///   If the change removes the member, it counts as having its new value. If the change adds
    ///   the member, it counts as having its old value if it is present but empty, or if the
    ///   description has the same `updatedAt` as before the change.
    /// - If the change removes a member, but the description shows a value other than the old one,
    ///   such as a default, the member counts as having its new value.
    /// - If all changed members are ignored, the result is `true`.
    pub fn is_shown_by(&self, detail: &DevInstanceDetail) -> bool {
        let settings = settings(detail);
        let untouched = detail.updated_at.is_some() && detail.updated_at == self.updated_at;
        let shown: Vec<Shown> = self
            .members
            .iter()
            .map(|(name, member)| member.shown(settings.get(name), untouched))
            .collect();
        let has = |what| shown.contains(&what);
        !has(Shown::Old) && (has(Shown::New) || !has(Shown::Other))
    }
}

impl ShowsChange for DevInstanceDetail {
    type Change = DevInstanceChange;

    fn can_show(change: &DevInstanceChange) -> bool {
        !change.members.is_empty()
    }

    fn shows(&self, change: &DevInstanceChange) -> bool {
        change.is_shown_by(self)
    }
}

impl Member {
    fn differs(&self) -> bool {
        !same(self.old.as_ref(), self.new.as_ref())
    }

    fn shown(&self, value: Option<&Secret>, untouched: bool) -> Shown {
        let (old, new) = (self.old.as_ref(), self.new.as_ref());
        if value.is_some() && same(value, old) {
            Shown::Old
        } else if same(value, new) {
            Shown::New
        } else if !is_nothing(value) {
            // A removed member may be shown with its default.
            let taken_out = is_nothing(new);
            if taken_out { Shown::New } else { Shown::Other }
        } else if same(value, old) && untouched {
            Shown::Old
        } else {
            Shown::Nothing
        }
    }
}

/// Returns whether the value is absent or empty.
fn is_nothing(value: Option<&Secret>) -> bool {
    value.is_none_or(Secret::is_empty)
}

fn same(a: Option<&Secret>, b: Option<&Secret>) -> bool {
    a == b || (is_nothing(a) && is_nothing(b))
}

/// Writes the names of the changed members but not their values, since any value may be secret.
impl fmt::Debug for DevInstanceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevInstanceChange")
            .field("members", &self.members.keys())
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

/// Returns the settings of an instance, except for the registry password, as a map from the name of
/// each leaf member in the API, such as `conf.resources.cpus`, to its value. A zero becomes an
/// empty string, so that it counts as absent.
fn settings(detail: &DevInstanceDetail) -> BTreeMap<String, Secret> {
    let mut found = BTreeMap::new();
    let mut put = |name: &str, value: Value| flatten(name.to_owned(), value, &mut found);
    put("name", json(&detail.name));
    put("creator", json(&detail.creator));
    put("creatorId", json(&detail.creator_id));
    put("visibleScope", json(&detail.visible_scope));
    put("notify", json(&detail.notify));
    put("isPublicMgmt", json(&detail.is_public_mgmt));
    let Some(mut conf) = detail.conf.clone() else {
        return found;
    };
    // Secrets stay in their type.
    conf.image.password = None;
    let envs = conf.envs.take().unwrap_or_default();
    put("conf", json(&conf));
    let envs = envs.into_iter();
    found.extend(envs.map(|(name, value)| (format!("conf.envs.{name}"), value)));
    found
}

/// Converts a model to JSON. This cannot fail, since models hold only values that JSON can
/// represent.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn flatten(name: String, value: Value, found: &mut BTreeMap<String, Secret>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                flatten(format!("{name}.{member}"), value, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.into_iter().enumerate() {
                flatten(format!("{name}.{index}"), item, found);
            }
        }
        Value::String(text) => {
            found.insert(name, text.into());
        }
        Value::Number(number) if number.as_i64() == Some(0) => {
            found.insert(name, Secret::default());
        }
        Value::Number(_) | Value::Bool(_) => {
            found.insert(name, value.to_string().into());
        }
        Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DevInstanceConf, VisibleScope, VolumeConf};

    /// Returns an instance with two cores and an environment variable, whose `updatedAt` is 100.
    fn read() -> DevInstanceDetail {
        let mut conf = DevInstanceConf::default();
        conf.resources.cpus = 2;
        conf.resources.memory = 4;
        conf.envs = Some([("LANG".to_owned(), Secret::new("C"))].into());
        conf.start_cmd = Some("run".to_owned());
        DevInstanceDetail {
            conf: Some(conf),
            updated_at: Some(100.into()),
            ..DevInstanceDetail::default()
        }
    }

    fn with(change: impl FnOnce(&mut DevInstanceConf)) -> DevInstanceDetail {
        let mut detail = read();
        change(detail.conf.as_mut().unwrap());
        detail
    }

    fn names(change: &DevInstanceChange) -> Vec<&str> {
        change.members().collect()
    }

    #[test]
    fn members_are_told_by_their_names_and_values_not_at_all() {
        let mut wanted = with(|conf| {
            conf.resources.cpus = 8;
            conf.start_cmd = None;
            conf.volume_confs = vec![VolumeConf::new("cds", "/.rootfs")];
            conf.envs = Some([("TOKEN".to_owned(), Secret::new("hunter2"))].into());
            conf.image.password = Some(Secret::new("s3cret"));
        });
        wanted.is_public_mgmt = Some(true);
        let change = DevInstanceChange::between(&read(), &wanted);
        let expected = [
            "conf.envs.LANG",
            "conf.envs.TOKEN",
            "conf.resources.cpus",
            "conf.startCmd",
            "conf.volumnConfs.0.mountPath",
            "conf.volumnConfs.0.volumnType",
            "isPublicMgmt",
        ];
        assert_eq!(names(&change), expected);
        let shown = format!("{change:?}");
        assert!(shown.contains("conf.envs.TOKEN"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("s3cret"));
        assert!(change.is_shown_by(&wanted) && !change.is_shown_by(&read()));
    }

    #[test]
    fn a_description_is_old_as_long_as_one_member_is() {
        let both = |conf: &mut DevInstanceConf| {
            conf.resources.cpus = 8;
            conf.resources.memory = 16;
        };
        let change = DevInstanceChange::between(&read(), &with(both));
        assert!(!change.is_shown_by(&read()));
        assert!(!change.is_shown_by(&with(|conf| conf.resources.cpus = 8)));
        assert!(change.is_shown_by(&with(both)));
        // Traces of somebody else's earlier change do not count as this one.
        assert!(!change.is_shown_by(&with(|conf| {
            conf.resources.cpus = 4;
            conf.resources.memory = 8;
        })));
        // The service has rounded one of them.
        assert!(change.is_shown_by(&with(|conf| {
            conf.resources.cpus = 8;
            conf.resources.memory = 15;
        })));
    }

    #[test]
    fn what_is_not_shown_does_not_count() {
        let change = DevInstanceChange::between(&read(), &with(|conf| conf.resources.cpus = 8));
        assert!(change.is_shown_by(&DevInstanceDetail::default()));
        assert!(change.is_shown_by(&with(|conf| conf.resources.cpus = 0)));

        let secret = with(|conf| conf.image.password = Some(Secret::new("registry")));
        let change = DevInstanceChange::between(&read(), &secret);
        assert_eq!(change.members().count(), 0);
        assert!(change.is_shown_by(&read()));

        // A variable without a value reads as absent.
        let empty = with(|conf| {
            let envs = conf.envs.get_or_insert_default();
            envs.insert("EMPTY".to_owned(), Secret::new(""));
        });
        assert_eq!(
            DevInstanceChange::between(&read(), &empty)
                .members()
                .count(),
            0
        );
    }

    #[test]
    fn what_was_taken_out_is_gone_or_a_default() {
        let change = DevInstanceChange::between(&read(), &with(|conf| conf.start_cmd = None));
        assert!(!change.is_shown_by(&read()));
        assert!(change.is_shown_by(&with(|conf| conf.start_cmd = None)));
        assert!(change.is_shown_by(&with(|conf| conf.start_cmd = Some(String::new()))));
        assert!(change.is_shown_by(&with(|conf| conf.start_cmd = Some("true".to_owned()))));
    }

    #[test]
    fn what_was_not_there_before_is_waited_for_until_the_instance_was_touched() {
        let added = |conf: &mut DevInstanceConf| conf.workspace_dir = Some("/work".to_owned());
        let change = DevInstanceChange::between(&read(), &with(added));
        assert!(!change.is_shown_by(&read()));
        // Empty text is a value, and is shown.
        let empty = |conf: &mut DevInstanceConf| conf.workspace_dir = Some(String::new());
        let was_empty = DevInstanceChange::between(&with(empty), &with(added));
        assert!(!was_empty.is_shown_by(&with(empty)));
        // Within the same second.
        assert!(change.is_shown_by(&with(added)));
        // The service does not show the member at all.
        let mut later = read();
        later.updated_at = Some(101.into());
        assert!(change.is_shown_by(&later));
        // Nothing distinguishes the two descriptions.
        let mut timeless = read();
        timeless.updated_at = None;
        assert!(DevInstanceChange::between(&timeless, &with(added)).is_shown_by(&timeless));
    }

    #[test]
    fn what_an_update_leaves_out_stays() {
        let mut public = read();
        public.is_public_mgmt = Some(true);
        public.visible_scope = Some(VisibleScope::new().r#type(1));
        let wanted = with(|conf| conf.resources.cpus = 8);
        let change = DevInstanceChange::between(&public, &wanted);
        assert_eq!(names(&change), ["conf.resources.cpus"]);
        let nothing = DevInstanceChange::between(&read(), &DevInstanceDetail::default());
        assert_eq!(nothing.members().count(), 0);
    }
}
