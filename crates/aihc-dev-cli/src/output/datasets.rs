//! Datasets in a table.

use aihc::datasets::Dataset;
use time::OffsetDateTime;

use super::table::Table;
use super::time::ago_text;

/// A row for each dataset.
pub(crate) fn dataset_table(datasets: &[Dataset]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::new([
        "ID",
        "NAME",
        "STORAGE",
        "INSTANCE",
        "VERSION",
        "VERSION ID",
        "OWNER",
        "AGE",
    ]);
    for dataset in datasets {
        let storage = dataset.storage_type.as_ref();
        let owner = [&dataset.owner_name, &dataset.owner];
        let owner = owner.into_iter().find(|name| !name.is_empty());
        table.row([
            (&dataset.id).into(),
            (&dataset.name).into(),
            storage.map_or("", |kind| kind.as_str()).into(),
            (&dataset.storage_instance).into(),
            (&dataset.latest_version).into(),
            (&dataset.latest_version_id).into(),
            owner.map_or("", String::as_str).into(),
            ago_text(&dataset.created_at, now).into(),
        ]);
    }
    table
}
