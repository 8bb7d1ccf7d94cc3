//! A resource pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::state::capacity::{Amount, GIB, Limit, MILLI};

/// The type of the pools that the service manages for its users.
const MANAGED: &str = "dedicatedV2";

/// A resource pool with its nodes and queues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type", default = "common")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) nodes: Vec<Node>,
    #[serde(default)]
    pub(crate) queues: Vec<Queue>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) cpus: i64,
    /// Memory in GiB.
    pub(crate) memory: i64,
    /// The common name of the accelerators, such as `A800-80G`.
    #[serde(default)]
    pub(crate) accelerator_type: String,
    /// The name of the accelerators in requests, such as `baidu.com/a800_80g_cgpu`.
    #[serde(default)]
    pub(crate) accelerator: String,
    #[serde(default)]
    pub(crate) accelerator_count: i64,
}

/// A queue of a pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Queue {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type", default = "regular")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) description: String,
    /// The name of the parent queue; `None` if the queue is directly in the pool.
    #[serde(default)]
    pub(crate) parent: Option<String>,
    #[serde(default = "yes")]
    pub(crate) opened: bool,
    #[serde(rename = "queueingStrategy", default = "best_effort")]
    pub(crate) strategy: String,
    /// The maximum number of cores; `None` if only the parent queue or the pool limits them.
    #[serde(default)]
    pub(crate) cpus: Option<i64>,
    #[serde(default)]
    pub(crate) memory: Option<i64>,
    #[serde(default)]
    pub(crate) accelerators: Option<BTreeMap<String, f64>>,
}

fn common() -> String {
    "common".into()
}

fn regular() -> String {
    "Regular".into()
}

fn best_effort() -> String {
    "BestEffortFIFO".into()
}

fn yes() -> bool {
    true
}

impl Pool {
    /// Returns whether the service manages the pool for its users.
    pub(crate) fn is_managed(&self) -> bool {
        self.kind == MANAGED
    }

    /// Returns the resources of all nodes.
    pub(crate) fn capacity(&self) -> Amount {
        let amounts = self.nodes.iter().map(Node::amount);
        amounts.fold(Amount::default(), |all, one| all.plus(&one))
    }

    /// Returns the limit of the pool: the resources of all nodes, or no limit if there are no
    /// nodes.
    pub(crate) fn limit(&self) -> Limit {
        match self.nodes.is_empty() {
            true => Limit::default(),
            false => self.capacity().into(),
        }
    }

    /// Returns the common name that the first node with this accelerator has for it; `accelerator`
    /// itself if there is none.
    pub(crate) fn accelerator_type<'a>(&'a self, accelerator: &'a str) -> &'a str {
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.accelerator == accelerator);
        let named = node.map(|node| node.accelerator_type.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(accelerator)
    }
}

impl Node {
    /// Returns the resources of the node.
    pub(crate) fn amount(&self) -> Amount {
        let count = self.accelerator_count;
        Amount::whole(self.cpus, self.memory, &self.accelerator, count)
    }
}

impl Queue {
    /// Returns the limit of the queue itself, without those of its parent queue and its pool.
    pub(crate) fn limit(&self) -> Limit {
        let accelerators = self.accelerators.as_ref().map(|all| {
            let parts = |count: &f64| (count * MILLI as f64) as i64;
            let all = all.iter().map(|(name, count)| (name.clone(), parts(count)));
            all.collect()
        });
        Limit {
            milli_cpus: self.cpus.map(|cpus| cpus.saturating_mul(MILLI)),
            memory: self.memory.map(|memory| memory.saturating_mul(GIB)),
            accelerators,
        }
    }

    /// Returns whether the queue has no limit of its own.
    pub(crate) fn has_no_limit(&self) -> bool {
        self.cpus.is_none() && self.memory.is_none() && self.accelerators.is_none()
    }
}
