//! The settings of a dev instance.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::capacity::{Amount, Board};

/// The settings of a dev instance that a caller chooses. The configuration has the form that the
/// API documents, and contains no password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InstanceSettings {
    pub(crate) conf: Value,
    pub(crate) visible_scope: Value,
    pub(crate) notify: Value,
    pub(crate) is_public_mgmt: bool,
    pub(crate) creator: String,
    pub(crate) creator_id: String,
}

/// Omits the configuration, whose environment variables may be secret.
impl fmt::Debug for InstanceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceSettings")
            .field("creator", &self.creator)
            .field("creator_id", &self.creator_id)
            .finish_non_exhaustive()
    }
}

impl InstanceSettings {
    /// Returns the string to which a JSON pointer refers in the configuration; empty if it is
    /// missing.
    pub(crate) fn conf_text(&self, pointer: &str) -> &str {
        self.conf
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns the capacity of the largest cloud disk in GB; 0 if there is no disk.
    pub(crate) fn disk_capacity(&self) -> i64 {
        let volumes = self.conf.get("volumnConfs").and_then(Value::as_array);
        volumes
            .into_iter()
            .flatten()
            .filter_map(|volume| volume.pointer("/cds/capacity").and_then(Value::as_i64))
            .max()
            .unwrap_or_default()
    }

    /// Returns the resources that an instance takes from its queue while it is deployed.
    pub(crate) fn demand(&self, board: &Board) -> Amount {
        let number = |name: &str| {
            let pointer = format!("/resources/{name}");
            let value = self.conf.pointer(&pointer);
            value.and_then(Value::as_i64).unwrap_or_default()
        };
        let accelerator = self.conf_text("/resources/acceleratorType");
        Amount::whole(
            number("cpus"),
            number("memory"),
            &board.accelerator(accelerator),
            number("acceleratorCount"),
        )
    }
}
