//! Instances in a table.

use aihc_dev::model::{DevInstanceBrief, DevInstanceStatus, Resources};
use time::OffsetDateTime;

use super::table::{Cell, Table, Tone};
use super::time::ago;

/// A state and how good it is.
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

/// A row for each instance.
pub(crate) fn instances(instances: &[DevInstanceBrief]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::new([
        "ID", "NAME", "STATE", "CPUS", "MEMORY", "ACCEL", "QUEUE", "OWNER", "AGE",
    ]);
    for instance in instances {
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
        ]);
    }
    table
}

/// Number and kind, such as `2 a800_80g_cgpu`; empty without any.
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
