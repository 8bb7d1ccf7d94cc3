//! The settings of an instance as JSON in the API's shape.

use aihc_dev::DevInstanceSettings;
use bce_http::rt::codec::Wire;
use serde_json::Value;

use crate::exit::Failure;

/// Reads a body in which nothing is missing.
pub(crate) fn from_json(body: Value) -> Result<DevInstanceSettings, Failure> {
    serde_path_to_error::deserialize(body)
        .map_err(|error| Failure::usage(format!("{}: {}", error.path(), error.inner())))
}

/// Writes a body with the secrets themselves, whatever models write in their place.
pub(crate) fn to_json(settings: &DevInstanceSettings) -> Result<Value, Failure> {
    Ok(serde_json::to_value(Wire(settings)).map_err(std::io::Error::from)?)
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
        let settings = from_json(body.clone()).unwrap();
        assert_eq!(to_json(&settings).unwrap(), body);
    }
}
