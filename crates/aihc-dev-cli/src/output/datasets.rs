//! Datasets as rows of a table.

use aihc::datasets::Dataset;
use time::OffsetDateTime;

use super::table::{Column, Table};
use super::time::ago_text;

/// Returns a table with a row for each dataset.
pub(crate) fn dataset_table(datasets: &[Dataset]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::of(
        [
            Column::new("ID", "id"),
            Column::new("NAME", "name").folds(),
            Column::new("STORAGE", "storageType").rank(2),
            Column::new("INSTANCE", "storageInstance").rank(4),
            Column::new("VERSION", "latestVersion").rank(3),
            Column::new("VERSION ID", "latestVersionId").rank(1),
            Column::new("OWNER", "ownerName").rank(5).folds(),
            Column::since("AGE", "createdAt").rank(6),
            Column::since("UPDATED", "updatedAt").wide(),
            Column::new("DESCRIPTION", "description").wide().folds(),
        ],
        &["owner", "visibilityScope", "permission", "importFormat"],
    );
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
            ago_text(&dataset.updated_at, now).into(),
            (&dataset.description).into(),
        ]);
    }
    table
}
