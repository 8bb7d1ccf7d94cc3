//! All dev machines in a file.

use std::io;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::state::Instance;

/// Changes whenever older files can no longer be read.
const FORMAT: &str = "aihc-emulator/1";

/// Why a snapshot was not taken or not restored. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The text is no snapshot, or one of another version.
    #[error("not a snapshot of {FORMAT}: {0}")]
    Format(String),
    /// The file cannot be read or written.
    #[error("cannot access the snapshot: {0}")]
    File(#[from] io::Error),
}

/// What is written: no secrets, since neither passwords nor keys are among it.
#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    instances: Vec<&'a Instance>,
}

/// What is read.
#[derive(Deserialize)]
pub(crate) struct Snapshot {
    format: String,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    pub(crate) taken_at: OffsetDateTime,
    pub(crate) instances: Vec<Instance>,
}

/// The snapshot as JSON.
pub(crate) fn write<'a>(
    instances: impl Iterator<Item = &'a Instance>,
    now: OffsetDateTime,
) -> Result<String, SnapshotError> {
    let written = Written {
        format: FORMAT,
        taken_at: now,
        instances: instances.collect(),
    };
    serde_json::to_string(&written).map_err(|error| SnapshotError::Format(error.to_string()))
}

/// Reads what [`write`] wrote.
pub(crate) fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    let format = |problem: String| SnapshotError::Format(problem);
    let snapshot: Snapshot =
        serde_json::from_str(text).map_err(|error| format(error.to_string()))?;
    if snapshot.format != FORMAT {
        return Err(format(format!("the format is {:?}", snapshot.format)));
    }
    Ok(snapshot)
}
