//! Jobs as they appear in responses. Some members have one name in the list, and another in the
//! description of a single job.

use serde_json::{Map, Value, json};

use crate::date::iso8601;
use crate::operation::Call;
use crate::operation::answer::{user_id, user_name};
use crate::state::{Amount, Job, JobStatus, MILLI};

/// The value of `faultToleranceArgs` in responses if the request for the job did not contain this
/// member.
const FAULT_TOLERANCE: &str = "--enable-hang-detection=false --max-num-of-unconditional-retry=0";

/// Returns a job as the API type `JobItem`, which occurs in lists of jobs.
pub(super) fn item(job: &Job) -> Value {
    let mut known = common(job);
    known.insert("queueId".into(), json!(job.settings.queue));
    let (tolerates, arguments) = fault_tolerance(job);
    known.insert("enableFaultTolerant".into(), json!(tolerates));
    known.insert("faultTolerantArgs".into(), json!(arguments));
    known.into()
}

/// Returns the description of a job without its pods.
pub(super) fn detail(call: &Call<'_>, job: &Job) -> Value {
    let mut known = common(job);
    known.insert("queue".into(), json!(job.settings.queue));
    let (tolerates, arguments) = fault_tolerance(job);
    known.insert("enableFaultTolerance".into(), json!(tolerates));
    known.insert("faultToleranceArgs".into(), json!(arguments));
    let demand: Amount = job.settings.demand(&call.state.board);
    let cards = demand.all_accelerators() / MILLI;
    known.insert("gpuCount".into(), json!(cards));
    known.insert("nodeCount".into(), json!(job.settings.pods()));
    known.insert("annotations".into(), json!({}));
    let conditions: Vec<Value> = job.conditions().filter_map(condition).collect();
    known.insert("jobTimeLine".into(), json!(conditions));
    known.into()
}

fn common(job: &Job) -> Map<String, Value> {
    let settings = &job.settings;
    let member = |name: &str| settings.members.get(name).cloned();
    let known = json!({
        "jobId": job.id,
        "userId": user_id(&job.owner),
        "name": settings.name,
        "status": job.status().as_str(),
        "createdAt": iso8601(job.created_at),
        "finishedAt": job.finished_at.map(iso8601).unwrap_or_default(),
        "jobType": kind(job),
        "resourcePoolId": settings.pool,
        "jobSpec": spec(job),
        "command": member("command"),
        "labels": labels(job),
        "priority": settings.priority,
        "dataSources": member("datasources").unwrap_or_else(|| json!([])),
        "enableBccl": member("enableBccl").unwrap_or(Value::Bool(false)),
        "enableBcclErrorReason": "",
    });
    match known {
        Value::Object(known) => known,
        _ => Map::new(),
    }
}

/// Returns the word that responses use for the kind of a job, for example `pytorch` for a job that
/// was requested as `PyTorchJob`.
fn kind(job: &Job) -> &'static str {
    match job.settings.members.get("jobType").and_then(Value::as_str) {
        Some("TFJob") => "tfjob",
        Some("MPIJob") => "mpijob",
        Some("RayJob") => "rayjob",
        _ => "pytorch",
    }
}

/// Returns the specification of a job. Adds two environment variables, and those omitted members
/// that the documentation's examples contain.
fn spec(job: &Job) -> Value {
    let mut spec = job
        .settings
        .members
        .get("jobSpec")
        .cloned()
        .unwrap_or_default();
    match &mut spec {
        spec if spec.get("image").is_some() => complete(spec, job),
        Value::Object(specs) => specs.values_mut().for_each(|spec| complete(spec, job)),
        _ => {}
    }
    spec
}

fn complete(spec: &mut Value, job: &Job) {
    let Value::Object(members) = spec else { return };
    let log_path = job.settings.members.get("tensorboardConfig");
    let log_path = log_path
        .and_then(|config| config.get("logPath"))
        .and_then(Value::as_str);
    let envs = members.entry("envs").or_insert_with(|| json!([]));
    if let Value::Array(envs) = envs {
        envs.push(json!({"name": "AIHC_JOB_NAME", "value": job.settings.name}));
        let log_path = log_path.unwrap_or_default();
        envs.push(json!({"name": "AIHC_TENSORBOARD_LOG_PATH", "value": log_path}));
    }
    let nobody = || json!({"username": "", "password": ""});
    members.entry("imageConfig").or_insert_with(nobody);
    members.entry("resources").or_insert_with(|| json!([]));
    for name in ["enableRDMA", "hostNetwork"] {
        members.entry(name).or_insert_with(|| json!(false));
    }
}

fn labels(job: &Job) -> Value {
    let user = (user_id(&job.owner), user_name(&job.owner));
    let own = [
        ("aijob.cce.baidubce.com/ai-user-id", user.0.as_str()),
        ("aijob.cce.baidubce.com/ai-user-name", user.1),
        ("aijob.cce.baidubce.com/create-from-aihcp-api", "true"),
        ("aijob.cce.baidubce.com/openapi-jobid", &job.id),
    ];
    let own = own.map(|(key, value)| json!({"key": key, "value": value}));
    let given = job.settings.members.get("labels").and_then(Value::as_array);
    own.into_iter()
        .chain(given.into_iter().flatten().cloned())
        .collect()
}

fn fault_tolerance(job: &Job) -> (bool, String) {
    let member = |name: &str| job.settings.members.get(name);
    let tolerates = member("faultTolerance").and_then(Value::as_bool);
    let arguments = member("faultToleranceArgs").and_then(Value::as_str);
    let arguments = arguments.unwrap_or(FAULT_TOLERANCE).to_owned();
    (tolerates.unwrap_or_default(), arguments)
}

/// Returns an entry of a job's timeline as the API type `JobTimeLine`. Returns `None` for
/// `Stopping`, which is not part of the timeline in responses.
fn condition(condition: &crate::state::Condition) -> Option<Value> {
    let (kind, message) = match condition.to {
        JobStatus::Created => ("Created", "任务创建"),
        JobStatus::Starting => ("Scheduled", "任务启动"),
        JobStatus::Running => ("Running", "任务运行"),
        JobStatus::Abnormal => ("Abnormal", "任务异常"),
        JobStatus::Restarting => ("Restarting", "任务重启"),
        JobStatus::Succeeded => ("Succeeded", "任务成功"),
        JobStatus::Failed => ("Failed", "任务失败"),
        JobStatus::Stopped => ("ManualTermination", "手动终止"),
        JobStatus::Stopping => return None,
    };
    let at = iso8601(condition.at);
    Some(json!({"conditionType": kind, "conditionMessage": message, "time": at}))
}
