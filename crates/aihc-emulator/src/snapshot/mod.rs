//! Snapshots: the state of all emulated resources as one JSON document.

mod file;

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

pub(crate) use self::file::{save, try_path};
use crate::state::{Entry, Instance, Job, Pool, Resources, Service};

/// The name and the version of the snapshot format. The version changes whenever older files can no
/// longer be read.
const FORMAT: &str = "aihc-emulator/2";

/// The error returned when a snapshot cannot be taken, written, read or restored. The state of the
/// emulator has not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The text is not a snapshot, or has another version of the format; or a time stamp cannot be
    /// represented in JSON.
    #[error("not a snapshot of {FORMAT}: {0}")]
    Format(String),
    /// The file cannot be read or written.
    #[error("cannot access the snapshot: {0}")]
    File(#[from] io::Error),
}

/// The data of a snapshot that is written. It includes neither access keys nor passwords, but it
/// does include the environment variables of instances, jobs and services, which are part of their
/// configuration.
#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    instances: Vec<&'a Instance>,
    #[serde(flatten)]
    rest: &'a Rest,
}

/// The data of a snapshot except for dev instances.
#[derive(Debug, Serialize)]
pub(crate) struct Rest {
    /// The time since which the pools have existed.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) since: OffsetDateTime,
    pub(crate) pools: Vec<Pool>,
    pub(crate) datasets: Vec<Entry>,
    pub(crate) models: Vec<Entry>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) services: Vec<Service>,
}

/// The data of a snapshot that is read. Besides the format and the time, only `instances` is
/// required.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    format: String,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    instances: Vec<Value>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    pools: Option<Vec<Pool>>,
    datasets: Option<Vec<Value>>,
    models: Option<Vec<Value>>,
    #[serde(default)]
    jobs: Vec<Value>,
    #[serde(default)]
    services: Vec<Value>,
}

/// A snapshot that can be restored. If a kind of resources is `None`, the existing resources of
/// that kind are kept.
pub(crate) struct Snapshot {
    pub(crate) taken_at: OffsetDateTime,
    pub(crate) instances: Vec<Instance>,
    pub(crate) since: Option<OffsetDateTime>,
    pub(crate) pools: Option<Vec<Pool>>,
    pub(crate) datasets: Option<Vec<Entry>>,
    pub(crate) models: Option<Vec<Entry>>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) services: Vec<Service>,
}

/// Returns a snapshot as JSON.
pub(crate) fn write(
    instances: &[Arc<Instance>],
    rest: &Rest,
    now: OffsetDateTime,
) -> Result<String, SnapshotError> {
    let written = Written {
        format: FORMAT,
        taken_at: now,
        instances: instances.iter().map(|instance| &**instance).collect(),
        rest,
    };
    serde_json::to_string(&written).map_err(|error| SnapshotError::Format(error.to_string()))
}

/// Parses the output of [`write()`], in which some members may be missing. Returns an error if the
/// text is anything else, or has another version of the format.
pub(crate) fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    if !text.trim_start().starts_with('{') {
        return Err(SnapshotError::Format("it is not a JSON object".into()));
    }
    let read: Read = serde_json::from_str(text)
        .map_err(|error| SnapshotError::Format(without_values(&error)))?;
    if read.format != FORMAT {
        return Err(SnapshotError::Format("it has another format".into()));
    }
    if let Some(pools) = &read.pools {
        let resources = Resources {
            pools: pools.clone(),
            ..Resources::none()
        };
        resources.check().map_err(SnapshotError::Format)?;
    }
    let entries = |kind: &str, values: Option<Vec<Value>>| {
        let entries = values.map(|values| all(kind, values, entry));
        entries.transpose()
    };
    Ok(Snapshot {
        taken_at: read.taken_at,
        instances: all("dev instance", read.instances, instance)?,
        since: read.since,
        pools: read.pools,
        datasets: entries("dataset", read.datasets)?,
        models: entries("model", read.models)?,
        jobs: all("job", read.jobs, object)?,
        services: all("service", read.services, service)?,
    })
}

/// Parses all resources of a kind. Errors contain the id of the resource, or its position if it has
/// no id.
fn all<T>(
    kind: &str,
    values: Vec<Value>,
    read: fn(Value) -> Result<T, String>,
) -> Result<Vec<T>, SnapshotError> {
    let mut ids = HashSet::new();
    let all = (1..).zip(values).map(|(place, value)| {
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let called = match id {
            "" => format!("{kind} number {place}"),
            id => format!("{kind} {id}"),
        };
        let is_new = ids.insert(id.to_owned());
        let read = match id {
            "" if value.is_object() && value.get("id").is_some() => {
                Err("id must not be empty".into())
            }
            _ => read(value),
        };
        let read = read.and_then(|it| match is_new {
            true => Ok(it),
            false => Err("its id occurs twice".into()),
        });
        read.map_err(|problem| SnapshotError::Format(format!("{called}: {problem}")))
    });
    all.collect()
}

/// Deserializes a value that must be a JSON object.
fn object<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    if !value.is_object() {
        return Err("it must be an object".into());
    }
    serde_json::from_value(value).map_err(|error| without_values(&error))
}

fn entry(value: Value) -> Result<Entry, String> {
    let entry: Entry = object(value)?;
    let mut ids = HashSet::new();
    match entry.versions.iter().all(|version| ids.insert(&version.id)) {
        true => Ok(entry),
        false => Err("the id of a version occurs twice".into()),
    }
}

fn service(value: Value) -> Result<Service, String> {
    let service: Service = object(value)?;
    match service.conf.is_object() {
        true => Ok(service),
        false => Err("conf must be an object".into()),
    }
}

fn instance(value: Value) -> Result<Instance, String> {
    let instance: Instance = object(value)?;
    let mut job_ids = HashSet::new();
    let problem = if instance.service_id.is_empty() {
        "serviceId must not be empty"
    } else if !instance
        .all_settings()
        .all(|settings| settings.conf.is_object())
    {
        "conf must be an object"
    } else if !instance
        .jobs()
        .all(|job| !job.id.is_empty() && job_ids.insert(&job.id))
    {
        "the id of an image pack job is empty or occurs twice"
    } else {
        return Ok(instance);
    };
    Err(problem.into())
}

/// Describes an error of the JSON parser without values from the parsed text, because they may be
/// secret. The description may contain names and positions.
pub(crate) fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let about_names = ["unknown field", "missing field", "duplicate field"];
    if error.is_syntax()
        || error.is_eof()
        || about_names.iter().any(|words| message.starts_with(words))
    {
        return message;
    }
    match error.line() {
        0 => "a value with the wrong type or form".into(),
        line => format!(
            "a value with the wrong type or form at line {line} column {}",
            error.column()
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access::Principal;
    use crate::delays::Pace;
    use crate::handle::small;
    use crate::state::Instances;

    fn snapshot() -> Value {
        let mut instances = Instances::new(Pace::usual(), Some(1));
        let now = OffsetDateTime::UNIX_EPOCH;
        for name in ["a", "b"] {
            instances.create(name, Principal::User("u".into()), small(), now);
        }
        let rest = Rest {
            since: now,
            pools: Resources::default().pools,
            datasets: vec![],
            models: vec![],
            jobs: vec![],
            services: vec![],
        };
        serde_json::from_str(&write(&instances.all(), &rest, now).unwrap()).unwrap()
    }

    fn problem(change: impl FnOnce(&mut Value)) -> String {
        let mut snapshot = snapshot();
        change(&mut snapshot);
        match read(&snapshot.to_string()) {
            Ok(_) => panic!("accepted: {snapshot}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let read = read(&snapshot().to_string()).unwrap();
        assert_eq!(read.instances.len(), 2);
    }

    #[test]
    fn a_snapshot_of_dev_instances_alone_is_read() {
        let mut old = snapshot();
        for name in ["since", "pools", "datasets", "models", "jobs", "services"] {
            old.as_object_mut().unwrap().remove(name);
        }
        let read = read(&old.to_string()).unwrap();
        assert_eq!(read.instances.len(), 2);
        assert!(read.pools.is_none() && read.datasets.is_none());
    }

    #[test]
    fn what_no_emulator_wrote_is_refused_and_the_instance_named() {
        let first = snapshot()["instances"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        for (pointer, name, value) in [
            ("", "extra", json!(1)),
            ("/settings", "conf", json!(5)),
            ("/settings", "extra", json!(1)),
            ("/life", "extra", json!(1)),
            ("/life", "status", json!("running")),
            ("", "serviceId", json!("")),
            ("", "lag", json!(null)),
        ] {
            let problem = problem(|snapshot| {
                let instance = &mut snapshot["instances"][0];
                instance.pointer_mut(pointer).unwrap()[name] = value.clone();
            });
            assert!(problem.contains(&first), "{pointer}/{name}: {problem}");
        }
        assert!(problem(|s| s["instances"][0]["id"] = json!("")).contains("number 1"));
        let twice = problem(|s| s["instances"][1]["id"] = json!(first));
        assert!(twice.contains("twice"), "{twice}");
        problem(|s| s["more"] = json!(1));
        assert!(problem(|s| s["jobs"] = json!([{"id": "job-1"}])).contains("job job-1"));
        assert!(problem(|s| s["services"] = json!([5])).contains("service number 1"));
        assert!(
            problem(|s| s["pools"][0]["queues"][1]["id"] = json!(""))
                .contains("pools[0].queues[1]")
        );
        problem(|s| s["format"] = json!("aihc-emulator/1"));
    }

    #[test]
    fn errors_show_no_values() {
        let problem = problem(|snapshot| {
            snapshot["instances"][0]["events"] = json!("s3cret");
        });
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}
