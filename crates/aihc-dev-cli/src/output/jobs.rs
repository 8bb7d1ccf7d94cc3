//! Training jobs in the output: as JSON or YAML documents, as text and as rows of a table.

use std::collections::BTreeMap;

use aihc::JobPriority;
use aihc::jobs::{
    BcclStatus, DataSource, DescribeJobResponse, Env, JobItem, JobPod, JobPodStatus, JobSpec,
    JobSpecs, JobStatus, JobTimeLine, Label,
};
use serde::Serialize;
use time::OffsetDateTime;

use super::gpus::number;
use super::places::count;
use super::table::{Cell, Column, Table, Tone};
use super::time::ago_text;
use crate::terminal::{Look, one_line};

/// A job that can be serialized; passwords and the values of environment variables are replaced
/// with `***`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobDocument {
    job_id: String,
    name: String,
    status: Option<JobStatus>,
    job_type: String,
    resource_pool_id: String,
    queue: String,
    queue_id: String,
    user_id: String,
    priority: Option<JobPriority>,
    job_spec: Option<JobSpecs>,
    command: String,
    labels: Vec<Label>,
    annotations: BTreeMap<String, String>,
    data_sources: Vec<DataSource>,
    enable_bccl: Option<bool>,
    enable_bccl_status: Option<BcclStatus>,
    enable_bccl_error_reason: String,
    enable_fault_tolerance: Option<bool>,
    fault_tolerance_args: String,
    gpu_count: Option<i64>,
    node_count: Option<i64>,
    pods: Vec<PodDocument>,
    history_pods: Vec<PodDocument>,
    job_time_line: Vec<JobTimeLine>,
    created_at: String,
    finished_at: String,
}

/// A pod of a job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodDocument {
    name: String,
    uid: String,
    #[serde(rename = "PodIP")]
    pod_ip: String,
    node_name: String,
    replica_type: String,
    status: Option<JobPodStatus>,
    pod_phase: String,
    restart_count: Option<i64>,
    reason: String,
    envs: Vec<Env>,
    creation_timestamp: String,
    finished_at: String,
}

/// Implements the conversion to a `JobDocument`: for a job in a list, and for the description of a
/// single job. Both types have the same members.
macro_rules! from {
    ($($job:ty),*) => {$(
        impl From<$job> for JobDocument {
            fn from(job: $job) -> Self {
                Self {
                    job_id: job.job_id,
                    name: job.name,
                    status: job.status,
                    job_type: job.job_type,
                    resource_pool_id: job.resource_pool_id,
                    queue: job.queue,
                    queue_id: job.queue_id,
                    user_id: job.user_id,
                    priority: job.priority,
                    job_spec: job.job_spec,
                    command: job.command,
                    labels: job.labels,
                    annotations: job.annotations,
                    data_sources: job.data_sources,
                    enable_bccl: job.enable_bccl,
                    enable_bccl_status: job.enable_bccl_status,
                    enable_bccl_error_reason: job.enable_bccl_error_reason,
                    enable_fault_tolerance: job.enable_fault_tolerance,
                    fault_tolerance_args: job.fault_tolerance_args,
                    gpu_count: job.gpu_count,
                    node_count: job.node_count,
                    pods: job.pods.into_iter().map(PodDocument::from).collect(),
                    history_pods: job.history_pods.into_iter().map(PodDocument::from).collect(),
                    job_time_line: job.job_time_line,
                    created_at: job.created_at,
                    finished_at: job.finished_at,
                }
            }
        }
    )*};
}

from!(JobItem, DescribeJobResponse);

impl From<JobPod> for PodDocument {
    fn from(pod: JobPod) -> Self {
        Self {
            name: pod.name,
            uid: pod.uid,
            pod_ip: pod.pod_ip,
            node_name: pod.node_name,
            replica_type: pod.replica_type,
            status: pod.status,
            pod_phase: pod.pod_phase,
            restart_count: pod.restart_count,
            reason: pod.reason,
            envs: pod.envs,
            creation_timestamp: pod.creation_timestamp,
            finished_at: pod.finished_at,
        }
    }
}

impl JobDocument {
    /// Sets the pool and the queue in which the job was found, if the service has omitted them.
    pub(crate) fn at(mut self, pool: &str, queue: &str) -> Self {
        if self.resource_pool_id.is_empty() {
            pool.clone_into(&mut self.resource_pool_id);
        }
        if self.queue.is_empty() {
            queue.clone_into(&mut self.queue);
        }
        self
    }

    /// Returns the name and the state of the job on one line.
    pub(crate) fn summary(&self) -> String {
        let state = self.status.as_ref().map(|status| status.as_str());
        let state = one_line(state.unwrap_or_default());
        format!("{}  {state}", one_line(&self.name))
    }

    /// Returns the human-readable description of the job.
    pub(crate) fn text(&self, look: &Look) -> String {
        let mut text = self.table().render(look);
        if !self.pods.is_empty() {
            text.push('\n');
            text += &pod_table(&self.pods).render(look);
        }
        text
    }

    /// Returns the time at which the job entered its current state; empty if the service does not
    /// tell.
    fn since(&self) -> &str {
        let times = self.job_time_line.iter().map(|step| step.time.as_str());
        times.max().unwrap_or_default()
    }

    /// Returns the number of GPUs of all workers. If the service does not state it, calculates it
    /// from the specification of the workers. Returns `None` if the specification is missing or has
    /// an unknown form.
    fn gpus(&self) -> Option<f64> {
        if let Some(count) = self.gpu_count {
            return Some(count as f64);
        }
        let specs: Vec<&JobSpec> = match self.job_spec.as_ref()? {
            JobSpecs::One(spec) => vec![spec],
            JobSpecs::ByRole(specs) => specs.values().collect(),
            _ => return None,
        };
        let gpus = specs.into_iter().flat_map(|spec| {
            let resources = spec.resources.iter().flatten();
            // The names of other resources contain no slash.
            let cards = resources.filter(|resource| resource.name.contains('/'));
            cards.map(|card| card.quantity * spec.replicas as f64)
        });
        Some(gpus.sum())
    }

    fn table(&self) -> Table {
        let priority = self.priority.as_ref().map(|priority| priority.as_str());
        let mut table = Table::of_pairs();
        table
            .pair("Id", &self.job_id)
            .pair("Name", &self.name)
            .pair("State", state(self.status.as_ref()))
            .pair("Type", &self.job_type)
            .pair("Pool", &self.resource_pool_id)
            .pair("Queue", &self.queue)
            .pair("Priority", priority.unwrap_or_default())
            .pair("GPUs", number(self.gpus()))
            .pair("Nodes", count(self.node_count));
        match &self.job_spec {
            Some(JobSpecs::One(spec)) => specification(&mut table, "", spec),
            Some(JobSpecs::ByRole(specs)) => {
                for (role, spec) in specs {
                    specification(&mut table, role, spec);
                }
            }
            _ => {}
        }
        table.pair("Command", &self.command);
        for source in &self.data_sources {
            table.pair("Data", data(source));
        }
        for step in &self.job_time_line {
            let name = step.condition_type.as_ref().map(|step| step.as_str());
            let step = format!("{}  {}", step.time, name.unwrap_or(&step.condition_message));
            table.pair("Step", step.trim());
        }
        table
            .pair("Created", &self.created_at)
            .pair("Finished", &self.finished_at);
        table
    }
}

fn specification(table: &mut Table, role: &str, spec: &JobSpec) {
    let resources = spec.resources.iter().flatten();
    let resources = resources.map(|it| format!("{} {}", it.quantity, it.name));
    let names = spec
        .envs
        .iter()
        .flatten()
        .filter_map(|env| env.name.as_deref());
    table
        .pair("Role", role)
        .pair("Image", &spec.image)
        .pair("Workers", spec.replicas.to_string())
        .pair("Resources", resources.collect::<Vec<_>>().join(", "))
        .pair("Variables", names.collect::<Vec<_>>().join(", "));
}

fn data(source: &DataSource) -> String {
    let kind = source.r#type.as_ref().map_or("?", |kind| kind.as_str());
    let path = source.source_path.as_deref().unwrap_or_default();
    let from = format!("{kind} {} {path}", source.name);
    let from: Vec<_> = from.split_whitespace().collect();
    format!("{} at {}", from.join(" "), source.mount_path)
}

/// Returns the table cell that shows a state, coloured by the severity of the state.
fn state(status: Option<&JobStatus>) -> Cell {
    let Some(status) = status else {
        return Cell::from("");
    };
    let tone = match status {
        JobStatus::Running | JobStatus::Succeeded => Tone::Good,
        JobStatus::Failed | JobStatus::Abnormal => Tone::Bad,
        JobStatus::Stopped | JobStatus::Unknown(_) => Tone::Plain,
        _ => Tone::Busy,
    };
    Cell::new(status.as_str(), tone)
}

/// Returns a table with a row for each job.
pub(crate) fn job_table(jobs: &[JobDocument]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::of(
        [
            Column::new("ID", "jobId"),
            Column::new("NAME", "name").folds(),
            Column::new("STATE", "status"),
            Column::new("TYPE", "jobType").rank(6),
            Column::new("POOL", "resourcePoolId").rank(4),
            Column::new("QUEUE", "queue").rank(3),
            Column::new("PRIORITY", "priority").rank(5),
            Column::new("GPUS", "gpus").rank(1),
            Column::since("AGE", "createdAt").rank(2),
            Column::new("SINCE", "since").wide().for_people(),
            Column::new("NODES", "nodeCount").wide(),
            Column::new("USER", "userId").wide(),
        ],
        &["queueId", "gpuCount", "finishedAt", "command"],
    );
    for job in jobs {
        let priority = job.priority.as_ref().map(|priority| priority.as_str());
        table.row([
            (&job.job_id).into(),
            (&job.name).into(),
            state(job.status.as_ref()),
            (&job.job_type).into(),
            (&job.resource_pool_id).into(),
            (&job.queue).into(),
            priority.unwrap_or_default().into(),
            number(job.gpus()).into(),
            ago_text(&job.created_at, now).into(),
            ago_text(job.since(), now).into(),
            count(job.node_count).into(),
            (&job.user_id).into(),
        ]);
    }
    table
}

/// Returns a table with a row for each pod.
fn pod_table(pods: &[PodDocument]) -> Table {
    let mut table = Table::new(["POD", "ROLE", "STATE", "NODE", "RESTARTS", "REASON"]);
    for pod in pods {
        let state = pod
            .status
            .as_ref()
            .map_or(pod.pod_phase.as_str(), |it| it.as_str());
        let tone = match pod.status {
            Some(JobPodStatus::Running | JobPodStatus::Succeed) => Tone::Good,
            Some(JobPodStatus::Failed) => Tone::Bad,
            _ => Tone::Plain,
        };
        table.row([
            (&pod.name).into(),
            (&pod.replica_type).into(),
            Cell::new(state, tone),
            (&pod.node_name).into(),
            count(pod.restart_count).into(),
            (&pod.reason).into(),
        ]);
    }
    table
}
