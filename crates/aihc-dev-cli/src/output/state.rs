//! States in machine-readable output: a word, with the code of the API in another member.

use std::borrow::Borrow;

use aihc::services::ServiceState;
use aihc_dev::Timestamp;
use aihc_dev::model::{DevInstanceStatus, ImagePackJobDetail, ImagePackJobStatus};
use serde::{Serialize, Serializer};

/// Returns the word for a state, which `--status` accepts; `unknown-17` for an unknown code.
pub(crate) fn state_name(status: DevInstanceStatus) -> String {
    match status {
        DevInstanceStatus::Unknown(_) => unknown(status.code()),
        known => word(&known.to_string()),
    }
}

/// Returns the word for the state of a service.
pub(super) fn service_state_name(state: ServiceState) -> String {
    match state {
        ServiceState::Unknown(_) => unknown(state.code()),
        known => word(&known.to_string()),
    }
}

fn pack_state_name(status: ImagePackJobStatus) -> String {
    match status {
        ImagePackJobStatus::Unknown(_) => unknown(status.code()),
        known => word(&known.to_string()),
    }
}

fn word(text: &str) -> String {
    text.replace(' ', "-")
}

fn unknown(code: i64) -> String {
    format!("unknown-{code}")
}

/// An image pack job in machine-readable output.
#[derive(Debug)]
pub(crate) struct PackJob<J>(pub(crate) J);

impl<J: Borrow<ImagePackJobDetail>> Serialize for PackJob<J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            id: &'a str,
            dev_instance_id: &'a str,
            image_name: &'a str,
            image_tag: &'a str,
            registry: &'a str,
            namespace: &'a str,
            status: Option<String>,
            status_code: Option<i64>,
            created_at: Option<Timestamp>,
            updated_at: Option<Timestamp>,
        }
        let it = self.0.borrow();
        let document = Document {
            id: &it.id,
            dev_instance_id: &it.dev_instance_id,
            image_name: &it.image_name,
            image_tag: &it.image_tag,
            registry: &it.registry,
            namespace: &it.namespace,
            status: it.status.map(pack_state_name),
            status_code: it.status.map(ImagePackJobStatus::code),
            created_at: it.created_at,
            updated_at: it.updated_at,
        };
        document.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_state_has_a_name_without_spaces_also_if_it_is_not_known() {
        assert_eq!(state_name(DevInstanceStatus::Running), "running");
        assert_eq!(state_name(DevInstanceStatus::ImagePacking), "image-packing");
        assert_eq!(state_name(DevInstanceStatus::from(17)), "unknown-17");
        assert_eq!(service_state_name(ServiceState::NotRunning), "not-running");
        assert_eq!(service_state_name(ServiceState::from(9)), "unknown-9");
        assert_eq!(pack_state_name(ImagePackJobStatus::from(-1)), "unknown--1");
    }

    #[test]
    fn a_packing_has_all_members_of_the_api() {
        let full = json!({
            "id": "tk-1", "devInstanceId": "dv-1", "imageName": "n", "imageTag": "t",
            "registry": "r", "namespace": "s", "status": 5, "createdAt": 1_767_225_600,
            "updatedAt": 1_767_225_600,
        });
        let job: ImagePackJobDetail = serde_json::from_value(full.clone()).unwrap();
        let mut shown = serde_json::to_value(PackJob(&job)).unwrap();
        assert_eq!(shown["statusCode"].take(), full["status"]);
        assert_eq!(shown["status"], json!(job.status.unwrap().to_string()));
        let names = |value: &serde_json::Value| value.as_object().unwrap().len();
        assert_eq!(names(&shown), names(&full) + 1);
    }
}
