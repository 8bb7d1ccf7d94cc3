//! Instances as rows of a table.

use std::borrow::Borrow;

use aihc_dev::Timestamp;
use aihc_dev::model::{DevInstanceBrief, DevInstanceStatus, Resources};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::state::state_name;
use super::table::{Cell, Column, Table, Tone};
use super::time::ago;

/// Returns the table cell that shows a state, coloured by the severity of the state.
pub(crate) fn state(status: Option<DevInstanceStatus>) -> Cell {
    let Some(status) = status else {
        return Cell::from("");
    };
    let tone = if status.is_running() {
        Tone::Good
    } else if status.is_failure() {
        Tone::Bad
    } else if status.is_transient() {
        Tone::Busy
    } else {
        Tone::Plain
    };
    Cell::new(status.to_string(), tone)
}

/// An instance in a list, in machine-readable output: its state is a word, and the numeric code of
/// the state is in another member.
#[derive(Clone, Debug)]
pub(crate) struct Instance(pub(crate) DevInstanceBrief);

impl From<DevInstanceBrief> for Instance {
    fn from(instance: DevInstanceBrief) -> Self {
        Self(instance)
    }
}

impl Borrow<DevInstanceBrief> for Instance {
    fn borrow(&self) -> &DevInstanceBrief {
        &self.0
    }
}

impl Serialize for Instance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            id: &'a str,
            name: &'a str,
            resource_pool_id: &'a str,
            resource_pool_name: &'a str,
            queue_name: &'a str,
            image_url: &'a str,
            resources: Option<&'a Resources>,
            account_id: &'a str,
            creator: &'a str,
            creator_id: &'a str,
            region: &'a str,
            version: &'a str,
            status: Option<String>,
            status_code: Option<i64>,
            status_reason: &'a str,
            created_at: Option<Timestamp>,
            updated_at: Option<Timestamp>,
        }
        let it = &self.0;
        let document = Document {
            id: &it.id,
            name: &it.name,
            resource_pool_id: &it.resource_pool_id,
            resource_pool_name: &it.resource_pool_name,
            queue_name: &it.queue_name,
            image_url: &it.image_url,
            resources: it.resources.as_ref(),
            account_id: &it.account_id,
            creator: &it.creator,
            creator_id: &it.creator_id,
            region: &it.region,
            version: &it.version,
            status: it.status.map(state_name),
            status_code: it.status.map(DevInstanceStatus::code),
            status_reason: &it.status_reason,
            created_at: it.created_at,
            updated_at: it.updated_at,
        };
        document.serialize(serializer)
    }
}

/// Returns a table with a row for each instance.
pub(crate) fn instances<I: Borrow<DevInstanceBrief>>(instances: &[I]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::of(
        [
            Column::new("ID", "id"),
            Column::new("NAME", "name").folds(),
            Column::new("STATE", "status"),
            Column::new("CPUS", "resources.cpus").rank(2),
            Column::new("MEMORY", "resources.memory").rank(2),
            Column::new("ACCEL", "accelerators").rank(1).for_people(),
            Column::new("QUEUE", "queueName").rank(4),
            Column::new("OWNER", "creator").rank(3).folds(),
            Column::since("AGE", "createdAt").rank(5),
            Column::since("UPDATED", "updatedAt").wide(),
            Column::new("POOL", "resourcePoolId").wide(),
            Column::new("IMAGE", "imageUrl").wide().folds(),
            Column::new("REASON", "statusReason").wide().folds(),
        ],
        &[
            "statusCode",
            "resources.acceleratorCount",
            "resources.acceleratorType",
            "resources.shmSize",
            "resourcePoolName",
            "accountId",
            "creatorId",
            "region",
            "version",
        ],
    );
    for instance in instances {
        let instance = instance.borrow();
        let sizes = instance.resources.as_ref();
        table.row([
            (&instance.id).into(),
            (&instance.name).into(),
            state(instance.status),
            sizes.map(|r| r.cpus.to_string()).unwrap_or_default().into(),
            sizes
                .map(|r| format!("{} GiB", r.memory))
                .unwrap_or_default()
                .into(),
            sizes.map(accelerators).unwrap_or_default().into(),
            (&instance.queue_name).into(),
            (&instance.creator).into(),
            ago(instance.created_at, now).into(),
            ago(instance.updated_at, now).into(),
            (&instance.resource_pool_id).into(),
            (&instance.image_url).into(),
            (&instance.status_reason).into(),
        ]);
    }
    table
}

/// Returns the number and the kind of the accelerators, such as `2 a800_80g_cgpu`; empty if there
/// are none.
pub(super) fn accelerators(resources: &Resources) -> String {
    match resources.accelerator_count {
        None | Some(0) => String::new(),
        Some(count) => {
            let name = resources.accelerator_type.as_deref().unwrap_or_default();
            let name = name.strip_prefix("baidu.com/").unwrap_or(name);
            format!("{count} {name}").trim_end().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_document_has_all_members_of_the_api_and_the_state_as_a_word() {
        let full = json!({
            "id": "dv-1", "name": "n", "resourcePoolId": "p", "resourcePoolName": "pn",
            "queueName": "q", "imageUrl": "i", "resources": {"cpus": 1, "memory": 2},
            "accountId": "a", "creator": "c", "creatorId": "ci", "region": "bj", "version": "v",
            "status": 10, "statusReason": "r", "createdAt": 1_767_225_600,
            "updatedAt": 1_767_225_600,
        });
        let brief: DevInstanceBrief = serde_json::from_value(full).unwrap();
        let mut api = object(serde_json::to_value(&brief).unwrap());
        let mut shown = object(serde_json::to_value(Instance(brief)).unwrap());
        assert_eq!(api.remove("status"), Some(json!(10)));
        assert_eq!(shown.remove("status"), Some(json!("image-packing")));
        assert_eq!(shown.remove("statusCode"), Some(json!(10)));
        assert_eq!(shown, api);
    }

    #[test]
    fn what_is_not_there_is_null_so_that_every_document_has_all_members() {
        let empty = Instance(DevInstanceBrief::default());
        let shown = object(serde_json::to_value(empty).unwrap());
        for member in [
            "status",
            "statusCode",
            "resources",
            "createdAt",
            "updatedAt",
        ] {
            assert_eq!(shown.get(member), Some(&Value::Null), "{member}");
        }
    }
}
