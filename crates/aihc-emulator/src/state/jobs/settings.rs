//! The settings of a job.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::state::capacity::{Amount, Board, GIB, MILLI};

/// The settings of a job that a caller chooses. They contain no registry password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JobSettings {
    pub(crate) name: String,
    pub(crate) pool: String,
    /// The name or the id of the queue, as the caller specified it.
    pub(crate) queue: String,
    pub(crate) priority: String,
    pub(crate) roles: Vec<Role>,
    /// The members of the request body that the API description defines. Other members are dropped.
    pub(crate) members: Map<String, Value>,
    /// The time for which a job is kept after its end; `None` if there is no limit.
    pub(crate) retention: Option<Duration>,
    /// The maximum number of restarts after failures.
    pub(crate) retries: u32,
}

/// A role of a job, such as `worker`: a number of identical pods.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Role {
    /// The name in lower case, as it appears in the names of pods.
    pub(crate) name: String,
    pub(crate) replicas: i64,
    /// The resources of each pod, as names and quantities.
    pub(crate) resources: Vec<(String, f64)>,
}

/// Omits the members of the request, because environment variables may be secret.
impl fmt::Debug for JobSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobSettings")
            .field("name", &self.name)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

impl JobSettings {
    /// Returns the resources of all pods together.
    pub(crate) fn demand(&self, board: &Board) -> Amount {
        let roles = self
            .roles
            .iter()
            .map(|role| role.demand(board).times(role.replicas));
        roles.fold(Amount::default(), |all, one| all.plus(&one))
    }

    /// Returns the number of pods.
    pub(crate) fn pods(&self) -> i64 {
        self.roles
            .iter()
            .fold(0, |all, role| all.saturating_add(role.replicas))
    }
}

impl Role {
    /// Returns the resources of one pod.
    pub(crate) fn demand(&self, board: &Board) -> Amount {
        let mut demand = Amount::default();
        for (name, quantity) in &self.resources {
            let parts = |whole: i64| (quantity * whole as f64) as i64;
            match name.as_str() {
                "cpu" => demand.milli_cpus = parts(MILLI),
                "memory" => demand.memory = parts(GIB),
                // Shared memory is already part of the memory.
                "sharedMemory" => {}
                name => {
                    demand
                        .accelerators
                        .insert(board.accelerator(name), parts(MILLI));
                }
            }
        }
        demand
    }
}
