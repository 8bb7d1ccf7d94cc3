//! JSON documents for a [`Scenario`] and for [`Delays`], and the replacement of some of their
//! members.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::seconds;
use crate::delays::Delays;
use crate::scenario::Scenario;

/// A scenario as JSON, with durations in seconds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScenarioDocument {
    read_after_write: f64,
    capacity: Option<usize>,
    preemption: bool,
    deployment_failure: f64,
    job_failure: f64,
    idle_stop: Option<f64>,
}

impl From<Scenario> for ScenarioDocument {
    fn from(scenario: Scenario) -> Self {
        Self {
            read_after_write: scenario.read_after_write.as_secs_f64(),
            capacity: scenario.capacity,
            preemption: scenario.preemption,
            deployment_failure: scenario.deployment_failure,
            job_failure: scenario.job_failure,
            idle_stop: scenario.idle_stop.map(|limit| limit.as_secs_f64()),
        }
    }
}

impl TryFrom<ScenarioDocument> for Scenario {
    type Error = String;

    fn try_from(document: ScenarioDocument) -> Result<Self, String> {
        let idle_stop = document.idle_stop.map(|limit| seconds("idleStop", limit));
        Ok(Self {
            read_after_write: seconds("readAfterWrite", document.read_after_write)?,
            capacity: document.capacity,
            preemption: document.preemption,
            deployment_failure: document.deployment_failure,
            job_failure: document.job_failure,
            idle_stop: idle_stop.transpose()?,
        })
    }
}

/// The delays in seconds; the members are named as in [`Delays`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DelaysDocument {
    creating: f64,
    queued: f64,
    deploying: f64,
    starting: f64,
    stopping: f64,
    deleting: f64,
    image_packing: f64,
    job_running: f64,
    deleted_visible: f64,
}

impl From<Delays> for DelaysDocument {
    fn from(delays: Delays) -> Self {
        Self {
            creating: delays.creating.as_secs_f64(),
            queued: delays.queued.as_secs_f64(),
            deploying: delays.deploying.as_secs_f64(),
            starting: delays.starting.as_secs_f64(),
            stopping: delays.stopping.as_secs_f64(),
            deleting: delays.deleting.as_secs_f64(),
            image_packing: delays.image_packing.as_secs_f64(),
            job_running: delays.job_running.as_secs_f64(),
            deleted_visible: delays.deleted_visible.as_secs_f64(),
        }
    }
}

impl TryFrom<DelaysDocument> for Delays {
    type Error = String;

    fn try_from(document: DelaysDocument) -> Result<Self, String> {
        Ok(Self {
            creating: seconds("creating", document.creating)?,
            queued: seconds("queued", document.queued)?,
            deploying: seconds("deploying", document.deploying)?,
            starting: seconds("starting", document.starting)?,
            stopping: seconds("stopping", document.stopping)?,
            deleting: seconds("deleting", document.deleting)?,
            image_packing: seconds("imagePacking", document.image_packing)?,
            job_running: seconds("jobRunning", document.job_running)?,
            deleted_visible: seconds("deletedVisible", document.deleted_visible)?,
        })
    }
}

/// Returns the document after replacing the members that `change` contains.
pub(super) fn merge<D>(document: D, change: Value) -> Result<D, String>
where
    D: Serialize + DeserializeOwned,
{
    let mut merged = serde_json::to_value(document).map_err(|error| error.to_string())?;
    match (&mut merged, change) {
        (Value::Object(members), Value::Object(change)) => members.extend(change),
        _ => return Err("the body must be a JSON object".into()),
    }
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn changed(change: Value) -> Result<Scenario, String> {
        let old = Scenario {
            capacity: Some(2),
            idle_stop: Some(Duration::from_secs(60)),
            ..Scenario::default()
        };
        merge(ScenarioDocument::from(old), change)?.try_into()
    }

    #[test]
    fn only_what_is_given_changes_and_null_takes_away() {
        let scenario = changed(json!({"capacity": null, "readAfterWrite": 1.5})).unwrap();
        let expected = Scenario {
            read_after_write: Duration::from_millis(1500),
            idle_stop: Some(Duration::from_secs(60)),
            ..Scenario::default()
        };
        assert_eq!(scenario, expected);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for change in [
            json!({"capacty": 1}),
            json!({"capacity": -1}),
            json!({"idleStop": -1}),
            json!([]),
        ] {
            assert!(changed(change.clone()).is_err(), "{change}");
        }
    }

    #[test]
    fn delays_are_written_as_they_are_read() {
        let change = json!({"queued": 600, "imagePacking": 0.25});
        let document = merge(DelaysDocument::from(Delays::default()), change).unwrap();
        let delays = Delays::try_from(document).unwrap();
        let expected = Delays {
            queued: Duration::from_secs(600),
            image_packing: Duration::from_millis(250),
            ..Delays::default()
        };
        assert_eq!(delays, expected);
    }
}
