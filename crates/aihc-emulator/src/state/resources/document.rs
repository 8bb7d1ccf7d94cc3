//! The document that describes the initial resources of an emulator.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::pool::{Node, Pool, Queue};
use crate::scenario::SettingError;

/// The initial resources of an emulator: pools with their queues, datasets and models.
///
/// The default is a pool `cce-emulator` with the queues `default` and `train`, and a dataset
/// `ds-emulator`.
///
/// ```
/// use aihc_emulator::{Emulator, Resources};
///
/// let resources = Resources::from_json(
///     r#"{"pools": [{
///         "id": "cce-small", "name": "small",
///         "nodes": [{"name": "10.0.0.1", "cpus": 16, "memory": 64,
///             "acceleratorType": "A10-24G", "accelerator": "baidu.com/a10_24g_cgpu",
///             "acceleratorCount": 1}],
///         "queues": [{"id": "queue-1", "name": "default"}]
///     }]}"#,
/// )?;
/// let emulator = Emulator::builder().resources(resources);
/// # let _ = emulator;
/// # Ok::<(), aihc_emulator::SettingError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resources {
    #[serde(default)]
    pub(crate) pools: Vec<Pool>,
    #[serde(default)]
    pub(crate) datasets: Vec<CatalogEntry>,
    #[serde(default)]
    pub(crate) models: Vec<CatalogEntry>,
}

/// A dataset or a model among the initial resources. It has the members of the request that would
/// create it, but it lists all versions, whereas such a request contains only the first version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogEntry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) versions: Vec<CatalogVersion>,
    #[serde(flatten)]
    pub(crate) members: BTreeMap<String, Value>,
}

/// A version of a dataset or a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogVersion {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) members: BTreeMap<String, Value>,
}

/// Members that a dataset may have besides id and name.
const DATASET: [&str; 5] = [
    "storageType",
    "storageInstance",
    "importFormat",
    "description",
    "visibilityScope",
];
/// Members that a version of a dataset may have besides its id.
const DATASET_VERSION: [&str; 3] = ["description", "storagePath", "mountPath"];
/// Members that a model may have besides id and name.
const MODEL: [&str; 3] = ["modelFormat", "description", "visibilityScope"];
/// Members that a version of a model may have besides its id.
const MODEL_VERSION: [&str; 5] = [
    "source",
    "storageBucket",
    "storagePath",
    "description",
    "modelMetrics",
];

impl Default for Resources {
    fn default() -> Self {
        let nodes = (1..=16).map(|number| Node {
            name: format!("192.168.1.{number}"),
            cpus: 192,
            memory: 2048,
            accelerator_type: "A800-80G".into(),
            accelerator: "baidu.com/a800_80g_cgpu".into(),
            accelerator_count: 8,
        });
        let queue = |id: &str, name: &str, kind: &str| Queue {
            id: id.into(),
            name: name.into(),
            kind: kind.into(),
            description: String::new(),
            parent: None,
            opened: true,
            strategy: "BestEffortFIFO".into(),
            cpus: None,
            memory: None,
            accelerators: None,
        };
        let train = Queue {
            cpus: Some(1536),
            memory: Some(16_384),
            accelerators: Some([("baidu.com/a800_80g_cgpu".to_owned(), 64.0)].into()),
            ..queue("queue-emulator2", "train", "Physical")
        };
        Self {
            pools: vec![Pool {
                id: "cce-emulator".into(),
                name: "emulator".into(),
                kind: "common".into(),
                description: String::new(),
                nodes: nodes.collect(),
                queues: vec![queue("queue-emulator1", "default", "Elastic"), train],
            }],
            datasets: vec![CatalogEntry {
                id: "ds-emulator".into(),
                name: "emulator".into(),
                versions: vec![CatalogVersion {
                    id: "ds-version1".into(),
                    members: members(&json!({
                        "description": "first version", "storagePath": "/datasets/emulator",
                        "mountPath": "/mnt/datasets/emulator",
                    })),
                }],
                members: members(&json!({
                    "storageType": "PFS", "storageInstance": "pfs-emulator", "importFormat": "FOLDER",
                    "visibilityScope": "ALL_PEOPLE",
                })),
            }],
            models: vec![],
        }
    }
}

fn members(value: &Value) -> BTreeMap<String, Value> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

impl Resources {
    /// Returns an empty set of resources. All pools and queues are then unknown. With the profile
    /// [`Documented`](crate::Profile::Documented), requests for instances, jobs and services that
    /// name a pool or a queue are refused. With the other profiles, they are accepted, and
    /// resources are unlimited.
    pub fn none() -> Self {
        Self {
            pools: vec![],
            datasets: vec![],
            models: vec![],
        }
    }

    /// Parses a document; `docs/resources.md` of the crate describes its members.
    ///
    /// # Errors
    ///
    /// If `text` is not such a document. The error states the position, unless `text` is not a JSON
    /// object.
    pub fn from_json(text: &str) -> Result<Self, SettingError> {
        if !text.trim_start().starts_with('{') {
            return Err(SettingError("resources must be a JSON object".into()));
        }
        let read: Self =
            serde_json::from_str(text).map_err(|error| SettingError(error.to_string()))?;
        read.check().map_err(SettingError)?;
        Ok(read)
    }

    /// Checks that the resources are valid and do not contradict each other. The error states the
    /// position of the first mistake.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut ids = HashSet::new();
        for (place, pool) in self.pools.iter().enumerate() {
            let place = format!("pools[{place}]");
            unique(&mut ids, &pool.id, &place)?;
            check_pool(pool, &place)?;
        }
        for (place, entry) in self.datasets.iter().enumerate() {
            let place = format!("datasets[{place}]");
            check_entry(entry, &place, &mut ids, (&DATASET, &DATASET_VERSION))?;
        }
        for (place, entry) in self.models.iter().enumerate() {
            let place = format!("models[{place}]");
            check_entry(entry, &place, &mut ids, (&MODEL, &MODEL_VERSION))?;
        }
        Ok(())
    }
}

fn check_pool(pool: &Pool, place: &str) -> Result<(), String> {
    one_of(
        &pool.kind,
        &["common", "dedicatedV2"],
        &format!("{place}.type"),
    )?;
    let mut names = HashSet::new();
    for (number, node) in pool.nodes.iter().enumerate() {
        let place = format!("{place}.nodes[{number}]");
        filled(&node.name, &format!("{place}.name"))?;
        if !names.insert(&node.name) {
            return Err(format!(
                "{place}.name: there is another node with this name"
            ));
        }
        if node.cpus < 0 || node.memory < 0 || node.accelerator_count < 0 {
            return Err(format!("{place}: amounts must not be negative"));
        }
        if node.accelerator_count > 0 {
            filled(&node.accelerator, &format!("{place}.accelerator"))?;
        }
    }
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for (number, queue) in pool.queues.iter().enumerate() {
        let place = format!("{place}.queues[{number}]");
        unique(&mut ids, &queue.id, &place)?;
        filled(&queue.name, &format!("{place}.name"))?;
        let words = ["Regular", "Elastic", "Physical"];
        one_of(&queue.kind, &words, &format!("{place}.type"))?;
        let words = ["BestEffortFIFO", "StrictFIFO"];
        one_of(
            &queue.strategy,
            &words,
            &format!("{place}.queueingStrategy"),
        )?;
        if let Some(parent) = &queue.parent
            && !names.contains(parent)
        {
            return Err(format!("{place}.parent: no preceding queue has this name"));
        }
        if !names.insert(queue.name.clone()) {
            return Err(format!(
                "{place}.name: there is another queue with this name"
            ));
        }
        let counts = queue.accelerators.iter().flat_map(BTreeMap::values);
        let negative = queue.cpus.is_some_and(|it| it < 0) || queue.memory.is_some_and(|it| it < 0);
        if negative
            || counts
                .into_iter()
                .any(|count| count.is_nan() || *count < 0.0)
        {
            return Err(format!("{place}: amounts must not be negative"));
        }
    }
    Ok(())
}

fn check_entry(
    entry: &CatalogEntry,
    place: &str,
    ids: &mut HashSet<String>,
    (members, version_members): (&[&str], &[&str]),
) -> Result<(), String> {
    unique(ids, &entry.id, place)?;
    filled(&entry.name, &format!("{place}.name"))?;
    known(&entry.members, members, place)?;
    if entry.versions.is_empty() {
        return Err(format!("{place}.versions: there must be at least one"));
    }
    for (number, version) in entry.versions.iter().enumerate() {
        let place = format!("{place}.versions[{number}]");
        unique(ids, &version.id, &place)?;
        known(&version.members, version_members, &place)?;
    }
    Ok(())
}

/// Checks that every member is among `names` and is a string; `place` is part of the error.
fn known(members: &BTreeMap<String, Value>, names: &[&str], place: &str) -> Result<(), String> {
    for (name, value) in members {
        if !names.contains(&name.as_str()) {
            return Err(format!(
                "{place}: unknown member {name}; known members are {}",
                names.join(", ")
            ));
        }
        if !value.is_string() {
            return Err(format!("{place}.{name}: must be text"));
        }
    }
    Ok(())
}

fn unique(ids: &mut HashSet<String>, id: &str, place: &str) -> Result<(), String> {
    filled(id, &format!("{place}.id"))?;
    match ids.insert(id.to_owned()) {
        true => Ok(()),
        false => Err(format!("{place}.id: it occurs twice")),
    }
}

fn filled(text: &str, place: &str) -> Result<(), String> {
    match text.is_empty() {
        true => Err(format!("{place}: must not be empty")),
        false => Ok(()),
    }
}

fn one_of(text: &str, words: &[&str], place: &str) -> Result<(), String> {
    match words.contains(&text) {
        true => Ok(()),
        false => Err(format!("{place}: must be one of {}", words.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Value)) -> String {
        let mut document = serde_json::to_value(Resources::default()).unwrap();
        change(&mut document);
        Resources::from_json(&document.to_string())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let written = serde_json::to_string(&Resources::default()).unwrap();
        assert_eq!(Resources::from_json(&written), Ok(Resources::default()));
        assert_eq!(Resources::from_json("{}"), Ok(Resources::none()));
    }

    #[test]
    fn mistakes_are_named_with_their_places() {
        for (pointer, value, part) in [
            (
                "/pools/0/type",
                json!("own"),
                "pools[0].type: must be one of common",
            ),
            (
                "/pools/0/queues/1/name",
                json!("default"),
                "pools[0].queues[1].name",
            ),
            (
                "/pools/0/queues/1/id",
                json!("queue-emulator1"),
                "pools[0].queues[1].id: it occurs twice",
            ),
            (
                "/pools/0/queues/0/parent",
                json!("train"),
                "pools[0].queues[0].parent",
            ),
            ("/pools/0/queues/0/opened", json!("yes"), "invalid type"),
            ("/pools/0/queues/0/cpus", json!(-1), "pools[0].queues[0]"),
            (
                "/pools/0/nodes/3/name",
                json!("192.168.1.1"),
                "pools[0].nodes[3].name",
            ),
            (
                "/pools/0/nodes/3/accelerator",
                json!(""),
                "pools[0].nodes[3].accelerator",
            ),
            ("/datasets/0/id", json!(""), "datasets[0].id"),
            (
                "/datasets/0/size",
                json!("1"),
                "datasets[0]: unknown member size",
            ),
            ("/datasets/0/versions", json!([]), "datasets[0].versions"),
            (
                "/datasets/0/versions/0/mountPath",
                json!(1),
                "datasets[0].versions[0].mountPath",
            ),
            ("/queues", json!([]), "unknown field"),
        ] {
            let problem = problem(|document| {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                document.pointer_mut(parent).unwrap()[name] = value.clone();
            });
            assert!(problem.contains(part), "{pointer}: {problem}");
        }
        assert!(Resources::from_json("[]").is_err());
    }
}
