//! The settings that a creation or an update of a dev instance sends.

use bce_auth::Secret;
use bce_http::rt::codec::{
    self, Failed, FromWire, Members, Missing, Partial, SecretKind, Slot, ToWire, Value, Wire,
};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::keep_secrets::is_masked;
use crate::model::{DevInstanceConf, DevInstanceDetail, ImageType, NotifyDetail, VisibleScope};
use crate::operation::{CreateDevInstance, UpdateDevInstance};

/// The settings of a dev instance, as a creation and an update send them.
///
/// [`of`](Self::of) extracts the settings from the description of an instance. An
/// [edit](crate::DevInstanceEdit) sends them back, and the builders of a
/// [creation](CreateDevInstance::settings) and an [update](UpdateDevInstance::settings) accept
/// them. `Serialize` and `Deserialize` use the names of the API. `Serialize` masks secrets, whereas
/// [`ToWire`] writes them in clear text.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevInstanceSettings {
    /// Name of the instance. An update cannot change it.
    pub name: String,
    /// Configuration of the instance.
    pub conf: DevInstanceConf,
    /// Visibility of the instance. If it is `None`, an update keeps the current visibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_scope: Option<VisibleScope>,
    /// Notification settings. If they are `None`, an update keeps the current settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<NotifyDetail>,
    /// Whether members of the pool and the queue may manage the instance. If this is `None`, an
    /// update keeps the current setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_public_mgmt: Option<bool>,
    /// Name of the owner.
    pub creator: String,
    /// User id of the owner.
    pub creator_id: String,
}

impl DevInstanceSettings {
    /// Returns the settings that a description contains, or `None` if the description has no
    /// configuration.
    ///
    /// The registry password is left out if the description contains an empty string or `***` in
    /// its place. The time of the last change is left out as well, since it is not a setting. An
    /// image type that the service leaves out is `Unspecified`, since a type is always sent.
    pub fn of(detail: &DevInstanceDetail) -> Option<Self> {
        let mut conf = detail.conf.clone()?;
        conf.updated_at = None;
        conf.image.image_type.get_or_insert(ImageType::Unspecified);
        let password = &mut conf.image.password;
        if password.as_ref().is_some_and(is_hidden) {
            *password = None;
        }
        Some(Self {
            name: detail.name.clone(),
            conf,
            visible_scope: detail.visible_scope.clone(),
            notify: detail.notify.clone(),
            is_public_mgmt: detail.is_public_mgmt,
            creator: detail.creator.clone(),
            creator_id: detail.creator_id.clone(),
        })
    }

    /// Returns a copy of `detail` that has these settings in place of its own.
    pub(crate) fn shown_in(self, detail: &DevInstanceDetail) -> DevInstanceDetail {
        let mut detail = detail.clone();
        detail.name = self.name;
        detail.conf = Some(self.conf);
        detail.visible_scope = self.visible_scope;
        detail.notify = self.notify;
        detail.is_public_mgmt = self.is_public_mgmt;
        detail.creator = self.creator;
        detail.creator_id = self.creator_id;
        detail
    }
}

/// Implements the method `settings`, which sets all settings at once, for the builders of several
/// operations. The setters of single settings have the same names in all of these builders.
macro_rules! takes_settings {
    ($($call:ident),*) => {$(
        /// The setter of all settings at once.
        impl $call {
            /// Sets the name, the configuration, the owner and all other settings that are not
            /// `None`. For a setting that is `None`, the builder keeps an earlier value.
            pub fn settings(self, settings: DevInstanceSettings) -> Self {
                let mut call = self
                    .name(settings.name)
                    .conf(settings.conf)
                    .creator(settings.creator)
                    .creator_id(settings.creator_id);
                if let Some(scope) = settings.visible_scope {
                    call = call.visible_scope(scope);
                }
                if let Some(notify) = settings.notify {
                    call = call.notify(notify);
                }
                if let Some(public) = settings.is_public_mgmt {
                    call = call.is_public_mgmt(public);
                }
                call
            }
        }
    )*};
}

takes_settings!(CreateDevInstance, UpdateDevInstance);

/// Returns whether a password is only a placeholder, that is, empty or `***`: a description
/// contains one of these in place of the registry password.
pub(crate) fn is_hidden(password: &Secret) -> bool {
    password.is_empty() || is_masked(password)
}

/// The members of `DevInstanceSettings` that have been parsed so far. Those of the type `Slot` are
/// required, since an update always sends them.
#[derive(Default)]
struct Parts {
    name: Slot<String>,
    conf: Slot<DevInstanceConf>,
    visible_scope: Option<VisibleScope>,
    notify: Option<NotifyDetail>,
    is_public_mgmt: Option<bool>,
    creator: Slot<String>,
    creator_id: Slot<String>,
}

impl Members for Parts {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        match name {
            "name" => value.slot(&mut self.name, 0),
            "conf" => value.slot(&mut self.conf, 0),
            "visibleScope" => value.optional(&mut self.visible_scope),
            "notify" => value.optional(&mut self.notify),
            "isPublicMgmt" => value.optional(&mut self.is_public_mgmt),
            "creator" => value.slot(&mut self.creator, 0),
            "creatorId" => value.slot(&mut self.creator_id, 0),
            _ => Ok(()),
        }
    }

    fn complete(&self) -> Result<(), Missing> {
        self.name.check("name")?;
        self.conf.check("conf")?;
        self.creator.check("creator")?;
        self.creator_id.check("creatorId")
    }
}

impl Partial for Parts {
    type Model = DevInstanceSettings;

    fn finish(self) -> Option<DevInstanceSettings> {
        Some(DevInstanceSettings {
            name: self.name.into_value()?,
            conf: self.conf.into_value()?,
            visible_scope: self.visible_scope,
            notify: self.notify,
            is_public_mgmt: self.is_public_mgmt,
            creator: self.creator.into_value()?,
            creator_id: self.creator_id.into_value()?,
        })
    }
}

impl FromWire for DevInstanceSettings {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        value.partial::<Parts>(place)
    }
}

impl<'de> Deserialize<'de> for DevInstanceSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        codec::read(deserializer)
    }
}

impl ToWire for DevInstanceSettings {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("name", &self.name)?;
        object.serialize_entry("conf", &Wire(&self.conf))?;
        if let Some(scope) = &self.visible_scope {
            object.serialize_entry("visibleScope", scope)?;
        }
        if let Some(notify) = &self.notify {
            object.serialize_entry("notify", notify)?;
        }
        if let Some(public) = &self.is_public_mgmt {
            object.serialize_entry("isPublicMgmt", public)?;
        }
        object.serialize_entry("creator", &self.creator)?;
        object.serialize_entry("creatorId", &self.creator_id)?;
        object.end()
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        ToWire::secrets(&self.conf, kind, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn settings_go_through_json_and_are_sent_with_their_secrets() {
        let body = json!({
            "name": "n", "creator": "c", "creatorId": "i", "isPublicMgmt": true,
            "conf": {
                "resourcePool": {"queueName": "q"},
                "resources": {"cpus": 1, "memory": 1},
                "image": {"imageType": 2, "imageUrl": "u", "password": "hunter2"},
                "volumnConfs": [],
                "envs": {"A": "s3cret"},
            },
        });
        let settings: DevInstanceSettings = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(serde_json::to_value(Wire(&settings)).unwrap(), body);
        let shown: Value = serde_json::to_value(&settings).unwrap();
        assert_eq!(shown["conf"]["envs"]["A"], "***");
        let mut secrets = Vec::new();
        settings.secrets(SecretKind::Value, &mut |_, secret| {
            secrets.push(secret.expose().to_owned());
        });
        secrets.sort();
        assert_eq!(secrets, ["hunter2", "s3cret"]);
    }

    #[test]
    fn settings_are_read_as_models_are() {
        let conf = json!({"resources": {"cpus": "1"}, "envs": null});
        let body = json!({
            "name": "n", "conf": conf, "creator": "c", "creatorId": "i",
            "isPublicMgmt": "true", "notify": null, "another": 1,
        });
        let settings: DevInstanceSettings = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(settings.conf.resources.cpus, 1);
        assert_eq!(settings.is_public_mgmt, Some(true));
        let refused = |body: Value| serde_json::from_value::<DevInstanceSettings>(body).is_err();
        assert!(refused(json!(["n", conf, null, null, null, "c", "i"])));
        assert!(refused(Value::Null));
        for name in ["name", "conf", "creator", "creatorId"] {
            let mut without = body.clone();
            without[name] = Value::Null;
            assert!(refused(without.clone()), "{name}");
            without.as_object_mut().unwrap().remove(name);
            assert!(refused(without), "{name}");
        }
    }

    #[test]
    fn both_calls_take_all_settings() {
        let settings = DevInstanceSettings {
            name: "n".to_owned(),
            is_public_mgmt: Some(true),
            notify: Some(NotifyDetail::default()),
            visible_scope: Some(VisibleScope::default()),
            ..DevInstanceSettings::default()
        };
        let credentials = bce_auth::Credentials::new("ak", "sk").unwrap();
        let client = crate::Client::builder().credentials(credentials);
        let client = client.endpoint("https://aihc.example").build().unwrap();
        let create = format!(
            "{:?}",
            client.create_dev_instance().settings(settings.clone())
        );
        let update = format!("{:?}", client.update_dev_instance().settings(settings));
        for part in [
            "Some(\"n\")",
            "Some(VisibleScope",
            "Some(NotifyDetail",
            "Some(true)",
        ] {
            assert!(create.contains(part) && update.contains(part), "{part}");
        }
    }

    #[test]
    fn what_a_description_hides_is_no_setting() {
        let mut detail = DevInstanceDetail::default();
        assert_eq!(DevInstanceSettings::of(&detail), None);
        for password in ["", "***"] {
            let mut conf = DevInstanceConf::default();
            conf.image.password = Some(Secret::new(password));
            conf.updated_at = Some(5.into());
            detail.conf = Some(conf);
            let settings = DevInstanceSettings::of(&detail).unwrap();
            let mut expected = DevInstanceSettings::default();
            expected.conf.image.image_type = Some(ImageType::Unspecified);
            assert_eq!(settings, expected);
        }
    }
}
