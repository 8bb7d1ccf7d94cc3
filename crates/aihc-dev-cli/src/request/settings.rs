//! The settings of an instance as JSON, as in the API.

use aihc_dev::DevInstanceSettings;
use bce_http::rt::codec::{self, Wire};
use serde_json::Value;

use crate::exit::Failure;
use crate::language::text;

/// Converts a complete body to settings.
pub(crate) fn from_json(body: Value) -> Result<DevInstanceSettings, Failure> {
    codec::read_placed(body).map_err(Failure::usage)
}

/// Removes an empty registry password: descriptions of instances contain an empty string in place
/// of any password. Fails if there is a user name, since the actual password is then missing.
pub(crate) fn without_hidden_password(body: &mut Value) -> Result<(), Failure> {
    let Some(image) = body
        .pointer_mut("/conf/image")
        .and_then(Value::as_object_mut)
    else {
        return Ok(());
    };
    if image.get("password").and_then(Value::as_str) != Some("") {
        return Ok(());
    }
    let user = image.get("username").and_then(Value::as_str);
    if user.is_some_and(|user| !user.is_empty()) {
        return Err(Failure::usage(text!(
            "conf.image.password is empty, which the service shows for any password: write its \
             value, or leave it out if the registry needs none"
        )));
    }
    image.remove("password");
    Ok(())
}

/// Converts settings to a request body. The secrets in it are in clear text, whereas the usual
/// serialization of the models masks them.
pub(crate) fn to_json(settings: &DevInstanceSettings) -> Result<Value, Failure> {
    Ok(serde_json::to_value(Wire(settings)).map_err(std::io::Error::from)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Tests that secrets are unchanged after conversion to settings and back, for every member
    /// that is secret according to the API description.
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
        let settings = from_json(body.clone()).unwrap();
        assert_eq!(to_json(&settings).unwrap(), body);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_place() {
        let body = json!({"name": "n", "conf": {"volumnConfs": [{}, {"readOnly": []}]}});
        let error = from_json(body).unwrap_err().to_string();
        assert!(
            error.contains("conf.volumnConfs[1].readOnly: invalid type: sequence"),
            "{error}"
        );
    }

    #[test]
    fn settings_are_read_from_yaml_as_from_json() {
        let yaml = "
name: web
creator: c
creatorId: i
isPublicMgmt: 'true'
another: [1, {a: ~}]
notify:
conf:
  resources: {cpus: '2', memory: 4}
  volumnConfs:
    - {volumeType: cds, mountPath: /a}
  envs: {A: s3cret}
";
        let settings: DevInstanceSettings = serde_saphyr::from_str(yaml).unwrap();
        let json = json!({
            "name": "web", "creator": "c", "creatorId": "i", "isPublicMgmt": true,
            "conf": {
                "resources": {"cpus": 2, "memory": 4},
                "volumnConfs": [{"volumnType": "cds", "mountPath": "/a"}],
                "envs": {"A": "s3cret"},
            },
        });
        assert_eq!(settings, from_json(json.clone()).unwrap());
        assert_eq!(settings, serde::Deserialize::deserialize(&json).unwrap());
        assert!(serde_saphyr::from_str::<DevInstanceSettings>("[web, c]").is_err());
    }
}
