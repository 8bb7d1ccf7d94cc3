//! Operations on training jobs.

mod events;
mod list;
mod logs;
mod metrics;
mod pods;
mod request;
mod view;

use serde_json::{Value, json};

pub(super) use self::events::{of_job as job_events, of_pod as pod_events};
pub(super) use self::list::describe_all;
pub(super) use self::logs::describe as logs;
pub(super) use self::metrics::describe as metrics;
use super::catalog::mounts;
use super::{Call, Output, answer, pools};
use crate::error::ApiError;
use crate::state::Job;
use crate::validate::Arguments;

/// Handles CreateJob: every call creates a job, since the operation has no client token.
pub(super) fn create(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let settings = request::settings(call.arguments)?;
    pools::check(call, &settings.pool, &settings.queue)?;
    let mounted = request::datasets(&settings.members);
    mounts::check(call, mounted.iter())?;
    let (name, owner) = (settings.name.clone(), call.caller.principal.clone());
    let state = &mut *call.state;
    let id = state
        .jobs
        .create(settings, owner, call.now, state.instances.pace());
    Ok(answer::described(
        call,
        json!({"jobId": id, "jobName": name}),
    ))
}

/// Handles DeleteJob, which is possible in every state.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = named(call)?.id.clone();
    let job = call.state.jobs.delete(&id)?;
    Ok(answer::described(
        call,
        json!({"jobId": id, "jobName": job.settings.name}),
    ))
}

/// Handles ModifyJob: changes the priority of a queued job.
pub(super) fn modify(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = named(call)?.id.clone();
    let priority = call.arguments.text("priority");
    let state = &mut *call.state;
    state
        .jobs
        .set_priority(&id, priority, call.now, state.instances.pace())?;
    Ok(answer::described(call, json!({"jobId": id})))
}

/// Handles StopJob.
pub(super) fn stop(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = named(call)?.id.clone();
    stop_one(call, &id)?;
    Ok(answer::described(call, json!({"jobId": id})))
}

/// Handles BatchStopJobs. Jobs that cannot be stopped are listed in the response, and do not affect
/// the others.
pub(super) fn stop_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let list = call.arguments.value("jobList").and_then(Value::as_array);
    let ids = list
        .into_iter()
        .flatten()
        .filter_map(|job| job.get("jobId")?.as_str());
    let (mut stopped, mut failed) = (Vec::new(), Vec::new());
    for id in ids {
        let done = find(call, id).map(|_| ()).and_then(|()| stop_one(call, id));
        match done {
            Ok(()) => stopped.push(json!({"jobId": id, "success": true})),
            Err(error) => failed.push(json!({
                "jobId": id, "success": false, "errorMsg": error.message,
            })),
        }
    }
    let result = json!({
        "success": failed.is_empty(), "successNum": stopped.len(), "failedNum": failed.len(),
        "successList": stopped, "failedList": failed,
    });
    Ok(answer::described(call, json!({"result": result})))
}

/// Handles DescribeJob. The response contains the pods if the request sets `needDetail`.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let mut known = view::detail(call, job);
    if call.arguments.boolean("needDetail").unwrap_or_default() {
        known["pods"] = pods::current(call, job).into();
        known["historyPods"] = pods::past(call, job).into();
    }
    Ok(answer::described(call, known))
}

/// Handles DescribeJobNodes.
pub(super) fn nodes(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let mut nodes: Vec<String> = Vec::new();
    for pod in pods::of(job) {
        let node = pods::node(call, job, &pod);
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    Ok(answer::described(
        call,
        json!({"jobId": job.id, "nodes": nodes}),
    ))
}

/// Handles DescribeJobWebterminal. Returns an address if the job is running, and refuses the
/// request otherwise.
pub(super) fn web_terminal(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let pod = pods::named(call, job)?;
    let seconds = |name: &str, default: i64, most: i64| {
        let text = call.arguments.filled(name);
        let seconds = text.and_then(|text| text.parse().ok()).unwrap_or(default);
        match (1..=most).contains(&seconds) {
            true => Ok(seconds),
            false => Err(ApiError::invalid_parameter(format!(
                "{name} must be from 1 to {most}"
            ))),
        }
    };
    let handshake = seconds("handshakeTimeoutSecond", 30, i64::MAX)?;
    let ping = seconds("pingTimeoutSecond", 900, 3600)?;
    if job.status() != crate::state::JobStatus::Running {
        let status = job.status();
        let message = format!("a job that is {status} has no terminal");
        return Err(ApiError::forbidden(message));
    }
    let token = pods::digits(&[&pod.name, &call.now.unix_timestamp_nanos().to_string()]);
    let url = format!(
        "wss://webshell.example.invalid/establish/{token}?handshakeTimeoutSecond={handshake}\
         &pingTimeoutSecond={ping}"
    );
    Ok(answer::described(call, json!({"webTerminalUrl": url})))
}

fn stop_one(call: &mut Call<'_>, id: &str) -> Result<(), ApiError> {
    let state = &mut *call.state;
    state.jobs.stop(id, call.now, state.instances.pace())
}

/// Returns the job that a request names.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a Job, ApiError> {
    find(call, call.arguments.text("jobId"))
}

/// Returns the job with this id, provided that it is in the pool and the queue that the request
/// names.
fn find<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Job, ApiError> {
    let job = call.state.jobs.get(id)?;
    let arguments = call.arguments;
    let is_there = in_pool(job, arguments) && in_queue(call, job, arguments.text("queueID"));
    let unknown = || {
        let queue = arguments.text("queueID");
        ApiError::not_found(format!("job {id} does not exist in queue {queue}"))
    };
    is_there.then_some(job).ok_or_else(unknown)
}

fn in_pool(job: &Job, arguments: &Arguments) -> bool {
    job.settings.pool == arguments.text("resourcePoolId")
}

/// Returns whether a job is in `queue`, which is the name or the id of a queue.
fn in_queue(call: &Call<'_>, job: &Job, queue: &str) -> bool {
    let (board, pool) = (&call.state.board, &job.settings.pool);
    let number = |queue: &str| board.find(pool, queue);
    job.settings.queue == queue
        || number(queue).is_some_and(|named| number(&job.settings.queue) == Some(named))
}
