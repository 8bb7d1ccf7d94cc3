//! Checks of the datasets that a request mounts.

use serde_json::Value;

use crate::error::ApiError;
use crate::operation::Call;
use crate::state::unknown_version;

/// Refuses to mount a version that a dataset does not have. With the profile `Documented`, also
/// refuses to mount a dataset that does not exist.
pub(in crate::operation) fn check<'a>(
    call: &Call<'_>,
    mounts: impl Iterator<Item = &'a Value>,
) -> Result<(), ApiError> {
    for mount in mounts {
        let text = |name: &str| mount.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, version) = (text("datasetId"), text("versionId"));
        match call.state.datasets.get(id) {
            Ok(dataset) if version.is_empty() || dataset.version(version).is_some() => {}
            Ok(_) => return Err(unknown_version("dataset", version)),
            Err(unknown) if call.profile.is_documented() => return Err(unknown),
            Err(_) => {}
        }
    }
    Ok(())
}
