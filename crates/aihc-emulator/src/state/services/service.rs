//! An inference service, its pods and its changes.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::access::Principal;
use crate::state::capacity::{Amount, Board};
use crate::state::history::History;

/// An inference service.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) id: String,
    /// The configuration, with only the members that the API description defines, and without
    /// registry passwords.
    pub(crate) conf: Value,
    pub(crate) owner: Principal,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    /// The token that callers of the service have to send if its gateway requires one.
    pub(crate) gateway_token: String,
    /// The part of the pods' names that changes whenever a modification recreates the pods.
    pub(crate) revision: String,
    pub(super) changes: History<Change>,
    /// The pods, oldest first; the pods of an instance are adjacent.
    pub(crate) pods: Vec<ServicePod>,
}

/// A change that was made to a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) kind: ChangeKind,
    pub(crate) description: String,
    pub(crate) author: Principal,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChangeKind {
    Create = 1,
    Update = 2,
    Scale = 3,
    Traffic = 4,
}

/// A pod of a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServicePod {
    pub(crate) id: String,
    /// The id of the pod's instance; the pod's own id if the instance has no other pod.
    pub(crate) group: String,
    /// The number under which the pod takes resources from its queue.
    pub(super) number: u64,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    pub(crate) state: PodState,
    pub(crate) blocked: bool,
    /// The reason why the pod waits, or why it failed.
    pub(crate) reason: String,
}

/// The state of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum PodState {
    /// The pod has been waiting for resources since this instant.
    Waiting(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// The pod is starting, and will run from this instant on.
    Starting(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// The pod has been running since this instant.
    Running(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// The pod has failed.
    Broken,
}

/// Omits the configuration, whose environment variables may be secret.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("id", &self.id)
            .field("pods", &self.pods)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// Returns the string to which a JSON pointer refers in the configuration; empty if it is
    /// missing.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let value = self.conf.pointer(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the number to which a JSON pointer refers in the configuration; 0 if it is missing.
    pub(crate) fn number(&self, pointer: &str) -> i64 {
        let value = self.conf.pointer(pointer);
        value.and_then(Value::as_i64).unwrap_or_default()
    }

    /// Returns the boolean to which a JSON pointer refers in the configuration; `false` if it is
    /// missing.
    pub(crate) fn is(&self, pointer: &str) -> bool {
        let value = self.conf.pointer(pointer);
        value.and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.text("/name")
    }

    /// Returns the containers of each pod.
    pub(crate) fn containers(&self) -> &[Value] {
        let containers = self.conf.get("containers").and_then(Value::as_array);
        containers.map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the number of pods that each instance has.
    pub(crate) fn pods_of_instance(&self) -> i64 {
        match self.text("/workloadType") {
            "fed" => self.number("/misc/fedPodsPerIns").max(1),
            _ => 1,
        }
    }

    /// Returns the resources of one pod.
    pub(super) fn demand(&self, board: &Board) -> Amount {
        let accelerator = board.accelerator(self.text("/acceleratorType"));
        let amounts = self.containers().iter().map(|container| {
            let number = |name: &str| {
                container
                    .get(name)
                    .and_then(Value::as_i64)
                    .unwrap_or_default()
            };
            Amount::whole(
                number("cpus"),
                number("memory"),
                &accelerator,
                number("acceleratorCount"),
            )
        });
        amounts.fold(Amount::default(), |all, one| all.plus(&one))
    }

    /// Returns the changes, oldest first.
    pub(crate) fn changes(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.changes.iter()
    }

    /// Returns the pods of the service, grouped by instance.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[ServicePod]> {
        self.pods.chunk_by(|a, b| a.group == b.group)
    }

    /// Returns the number of instances whose pods are all running.
    pub(crate) fn available(&self) -> usize {
        let runs = |pod: &ServicePod| matches!(pod.state, PodState::Running(_));
        self.groups().filter(|pods| pods.iter().all(runs)).count()
    }

    pub(super) fn set_instance_count(&mut self, count: i64) {
        if let Some(conf) = self.conf.as_object_mut() {
            conf.insert("instanceCount".into(), json!(count));
        }
    }

    pub(super) fn set_access(&mut self, public: bool, eip: &str) {
        let Some(conf) = self.conf.as_object_mut() else {
            return;
        };
        let access = conf.entry("access").or_insert_with(|| json!({}));
        if let Some(access) = access.as_object_mut() {
            access.insert("publicAccess".into(), json!(public));
            access.insert("eip".into(), json!(eip));
        }
    }
}
