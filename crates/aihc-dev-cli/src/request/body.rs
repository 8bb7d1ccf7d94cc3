//! The settings of an instance, as `create` and `update` send them.

use aihc_dev::model::{DevInstanceConf, DevInstanceDetail, NotifyDetail, VisibleScope};
use bce_http::rt::codec::Wire;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Failure;

/// The body of both operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceBody {
    pub(crate) name: String,
    pub(crate) conf: DevInstanceConf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) visible_scope: Option<VisibleScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notify: Option<NotifyDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_public_mgmt: Option<bool>,
    pub(crate) creator: String,
    pub(crate) creator_id: String,
}

impl InstanceBody {
    /// From JSON in the API's shape, in which nothing is missing.
    pub(crate) fn from_json(body: Value) -> Result<Self, Failure> {
        serde_path_to_error::deserialize(body)
            .map_err(|error| Failure::usage(format!("{}: {}", error.path(), error.inner())))
    }

    /// The settings that an instance has; `None` when the service does not tell.
    pub(crate) fn of(detail: DevInstanceDetail) -> Option<Self> {
        let mut conf = detail.conf?;
        // Empty text stands for a password that is not shown.
        if conf
            .image
            .password
            .as_ref()
            .is_some_and(|password| password.is_empty())
        {
            conf.image.password = None;
        }
        conf.updated_at = None;
        Some(Self {
            name: detail.name,
            conf,
            visible_scope: detail.visible_scope,
            notify: detail.notify,
            is_public_mgmt: detail.is_public_mgmt,
            creator: detail.creator,
            creator_id: detail.creator_id,
        })
    }

    /// The description of an instance with these settings.
    pub(crate) fn written_to(self, mut detail: DevInstanceDetail) -> DevInstanceDetail {
        detail.name = self.name;
        detail.conf = Some(self.conf);
        detail.visible_scope = self.visible_scope;
        detail.notify = self.notify;
        detail.is_public_mgmt = self.is_public_mgmt;
        detail.creator = self.creator;
        detail.creator_id = self.creator_id;
        detail
    }

    /// JSON in the API's shape, with the secrets themselves, whatever models write in their place.
    pub(crate) fn to_json(&self) -> Result<Value, Failure> {
        let mut body = serde_json::to_value(self).map_err(std::io::Error::from)?;
        // As it serializes, its secrets are masked.
        body["conf"] = serde_json::to_value(Wire(&self.conf)).map_err(std::io::Error::from)?;
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Every member that is a secret, by the description of the API.
    #[test]
    fn secrets_go_there_and_back() {
        let body = json!({
            "name": "n", "creator": "c", "creatorId": "i",
            "conf": {
                "resourcePool": {"queueName": "q"},
                "resources": {"cpus": 1, "memory": 1},
                "image": {"imageType": 2, "imageUrl": "u", "password": "hunter2"},
                "volumnConfs": [],
                "envs": {"A": "s3cret"},
            },
        });
        let settings = InstanceBody::from_json(body.clone()).unwrap();
        assert_eq!(settings.to_json().unwrap(), body);
    }
}
