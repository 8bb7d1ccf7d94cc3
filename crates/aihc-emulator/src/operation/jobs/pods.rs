//! The pods of a job. They are derived from the job instead of being stored.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::date::iso8601;
use crate::error::ApiError;
use crate::operation::Call;
use crate::state::{Job, JobStatus, NODE_IP};

/// The maximum number of past runs of a job whose pods a response contains.
const PAST_RUNS: usize = 10;

/// A pod of a job.
pub(super) struct Pod<'a> {
    pub(super) name: String,
    pub(super) role: &'a str,
    /// The index of the pod among all pods of the job.
    pub(super) rank: usize,
}

/// Returns the pods of a job, which has none until it has started for the first time.
pub(super) fn of(job: &Job) -> impl Iterator<Item = Pod<'_>> {
    let roles = job
        .settings
        .roles
        .iter()
        .filter(|_| job.started_at().is_some());
    let pods = roles.flat_map(move |role| {
        (0..role.replicas).map(move |index| (role, format!("{}-{}-{index}", job.id, role.name)))
    });
    pods.enumerate().map(|(rank, (role, name))| Pod {
        name,
        role: &role.name,
        rank,
    })
}

/// Returns the pod that a request names.
pub(super) fn named<'a>(call: &Call<'_>, job: &'a Job) -> Result<Pod<'a>, ApiError> {
    let name = call.arguments.text("podName");
    let unknown = || ApiError::not_found(format!("pod {name} of job {} does not exist", job.id));
    of(job).find(|pod| pod.name == name).ok_or_else(unknown)
}

/// Returns the pods of a job's latest run as JSON.
pub(super) fn current(call: &Call<'_>, job: &Job) -> Vec<Value> {
    let (status, phase) = words(job);
    let begun = job.started_at().unwrap_or(job.created_at);
    let run = Run {
        begun,
        ended: job.finished_at,
        restarts: job.restarts,
        status,
        phase,
    };
    of(job).map(|pod| view(call, job, &pod, &run)).collect()
}

/// Returns the pods of the runs that ended with the state `Abnormal`, after which a job restarts.
/// The latest run comes first; only the latest [`PAST_RUNS`] are included.
pub(super) fn past(call: &Call<'_>, job: &Job) -> Vec<Value> {
    let mut runs = Vec::new();
    let mut begun = None;
    for condition in job.conditions() {
        match condition.to {
            JobStatus::Starting => begun = Some(condition.at),
            JobStatus::Abnormal => runs.extend(begun.take().map(|begun| (begun, condition.at))),
            _ => {}
        }
    }
    let runs = (0..).zip(runs).map(|(restarts, (begun, ended))| Run {
        begun,
        ended: Some(ended),
        restarts,
        status: "Stopped",
        phase: "Failed",
    });
    let runs: Vec<Run> = runs.collect();
    let runs = runs.iter().rev().take(PAST_RUNS);
    runs.flat_map(|run| of(job).map(move |pod| view(call, job, &pod, run)))
        .collect()
}

/// A run of a job's pods. Each restart of the job begins another run.
struct Run {
    begun: OffsetDateTime,
    ended: Option<OffsetDateTime>,
    restarts: u32,
    status: &'static str,
    phase: &'static str,
}

/// Returns the state and the phase of a job's pods, in the words that responses use.
fn words(job: &Job) -> (&'static str, &'static str) {
    match job.status() {
        JobStatus::Created | JobStatus::Restarting => ("Pending", "Pending"),
        JobStatus::Starting => ("Starting", "Pending"),
        JobStatus::Running | JobStatus::Stopping => ("Running", "Running"),
        JobStatus::Stopped => ("Stopped", "Failed"),
        JobStatus::Failed | JobStatus::Abnormal => ("Failed", "Failed"),
        JobStatus::Succeeded => ("Succeed", "Succeeded"),
    }
}

/// Returns a pod as the API type `JobPod`.
fn view(call: &Call<'_>, job: &Job, pod: &Pod<'_>, run: &Run) -> Value {
    let failed = run.status == "Failed";
    json!({
        "PodIP": ip(job, pod),
        "nodeName": node(call, job, pod),
        "creationTimestamp": iso8601(run.begun),
        "uid": uid(&[&pod.name, &run.restarts.to_string()]),
        "name": pod.name,
        "podPhase": run.phase,
        "status": run.status,
        "replicaType": pod.role,
        "restartCount": run.restarts,
        "envs": envs(call, job, pod),
        "finishedAt": run.ended.map(iso8601).unwrap_or_default(),
        "reason": if failed { job.reason.as_str() } else { "" },
    })
}

/// Returns the environment variables of a pod: those in the request for the job, if it has a single
/// specification for all pods, and those that the service adds, such as the rank of the pod.
fn envs(call: &Call<'_>, job: &Job, pod: &Pod<'_>) -> Vec<Value> {
    let spec = job.settings.members.get("jobSpec");
    let own = |spec: &Value| spec.get("envs").and_then(Value::as_array).cloned();
    let mut envs = spec.and_then(own).unwrap_or_default();
    let world = job.settings.pods().to_string();
    let rank = pod.rank.to_string();
    let master = format!("{}-master-0", job.id);
    for (name, value) in [
        ("AIHC_JOB_ID", job.id.as_str()),
        ("AIHC_JOB_NAME", &job.settings.name),
        ("CLUSTER_ID", &job.settings.pool),
        ("REGION", call.region),
        ("MASTER_ADDR", &master),
        ("MASTER_PORT", "23456"),
        ("WORLD_SIZE", &world),
        ("RANK", &rank),
    ] {
        envs.push(json!({"name": name, "value": value}));
    }
    envs
}

/// Returns the name of the node on which a pod runs; [`NODE_IP`] if the queue of the job is unknown
/// or its pool has no nodes. The pods of a job are assigned in turn to the nodes of the pool, and
/// the number of the job determines the node of the first pod.
pub(super) fn node(call: &Call<'_>, job: &Job, pod: &Pod<'_>) -> String {
    let pools = call.state.pools.iter();
    let mut pools = pools.filter(|pool| {
        let number = call.state.board.find(&pool.id, &job.settings.queue);
        number.is_some()
            && number
                == call
                    .state
                    .board
                    .find(&job.settings.pool, &job.settings.queue)
    });
    let nodes = pools
        .next()
        .map(|pool| pool.nodes.as_slice())
        .unwrap_or_default();
    let number = usize::try_from(call.state.jobs.number(&job.id)).unwrap_or_default();
    let place = number.wrapping_add(pod.rank).checked_rem(nodes.len());
    let node = place.and_then(|place| nodes.get(place));
    node.map_or_else(|| NODE_IP.to_owned(), |node| node.name.clone())
}

fn ip(job: &Job, pod: &Pod<'_>) -> String {
    let bytes = mixed(&[&job.id]).to_be_bytes();
    let host = pod.rank.wrapping_add(usize::from(bytes[0])) % 65_536;
    format!("10.{}.{}.{}", bytes[1] % 64, host / 256, host % 256)
}

/// Returns a hash of these strings.
fn mixed(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Returns 32 hexadecimal digits derived from these strings.
pub(super) fn digits(texts: &[&str]) -> String {
    let first = mixed(texts);
    format!("{first:016x}{:016x}", mixed(&[&first.to_string()]))
}

fn uid(texts: &[&str]) -> String {
    let digits = digits(texts);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    parts.join("-")
}

/// Returns a number from 0 to 1 derived from these strings.
pub(super) fn fraction(texts: &[&str]) -> f64 {
    (mixed(texts) >> 11) as f64 / (1_u64 << 53) as f64
}
