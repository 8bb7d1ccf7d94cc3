//! The events of jobs and of their pods, derived from the timeline of the job.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{named, pods};
use crate::date::go_time;
use crate::error::ApiError;
use crate::operation::{Call, Output, answer};
use crate::state::{Condition, Job, JobStatus};

/// An event before its conversion to JSON.
struct Event {
    reason: &'static str,
    message: String,
    at: OffsetDateTime,
    is_warning: bool,
}

/// Handles DescribeJobEvents.
pub(in crate::operation) fn of_job(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let mut events: Vec<Event> = job
        .conditions()
        .flat_map(|it| job_events(job, it))
        .collect();
    if job.status() == JobStatus::Created && !job.reason.is_empty() {
        events.push(warning("Unschedulable", job.reason.clone(), job.created_at));
    }
    answered(call, events)
}

/// Handles DescribePodEvents.
pub(in crate::operation) fn of_pod(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let pod = pods::named(call, job)?;
    let node = pods::node(call, job, &pod);
    let events = job
        .conditions()
        .flat_map(|it| pod_events(job, &pod.name, &node, it));
    answered(call, events.collect())
}

fn job_events(job: &Job, condition: &Condition) -> Vec<Event> {
    let at = condition.at;
    match condition.to {
        JobStatus::Starting => {
            let pods = pods::of(job).flat_map(|pod| {
                let name = pod.name;
                [
                    normal("SuccessfulCreatePod", format!("Created pod: {name}"), at),
                    normal(
                        "SuccessfulCreateService",
                        format!("Created service: {name}"),
                        at,
                    ),
                ]
            });
            pods.collect()
        }
        JobStatus::Running => vec![normal("JobRunning", "The job is running".into(), at)],
        JobStatus::Succeeded => vec![normal("JobSucceeded", "The job has succeeded".into(), at)],
        JobStatus::Restarting => vec![normal("JobRestarting", "The job begins again".into(), at)],
        JobStatus::Stopping => vec![normal("JobStopping", "The job is being stopped".into(), at)],
        JobStatus::Abnormal | JobStatus::Failed => {
            vec![warning("JobFailed", condition.reason.clone(), at)]
        }
        JobStatus::Created | JobStatus::Stopped => vec![],
    }
}

fn pod_events(job: &Job, pod: &str, node: &str, condition: &Condition) -> Vec<Event> {
    let at = condition.at;
    let spec = job.settings.members.get("jobSpec");
    let image = spec
        .and_then(|spec| spec.get("image"))
        .and_then(Value::as_str);
    let image = image.unwrap_or("of the role");
    match condition.to {
        JobStatus::Starting => vec![
            normal(
                "Scheduled",
                format!("Successfully assigned default/{pod} to {node}"),
                at,
            ),
            normal("Pulling", format!("Pulling image \"{image}\""), at),
        ],
        JobStatus::Running => vec![
            normal(
                "Pulled",
                format!("Successfully pulled image \"{image}\""),
                at,
            ),
            normal("Created", "Created container main".into(), at),
            normal("Started", "Started container main".into(), at),
        ],
        JobStatus::Stopping => vec![normal("Killing", "Stopping container main".into(), at)],
        JobStatus::Abnormal | JobStatus::Failed => {
            vec![warning("Failed", condition.reason.clone(), at)]
        }
        _ => vec![],
    }
}

fn normal(reason: &'static str, message: String, at: OffsetDateTime) -> Event {
    Event {
        reason,
        message,
        at,
        is_warning: false,
    }
}

fn warning(reason: &'static str, message: String, at: OffsetDateTime) -> Event {
    Event {
        is_warning: true,
        ..normal(reason, message, at)
    }
}

/// Returns the response that contains the events in the time window of the request, oldest first.
fn answered(call: &Call<'_>, events: Vec<Event>) -> Result<Output, ApiError> {
    let start = instant(call, "startTime")?.unwrap_or(i64::MIN);
    let end = instant(call, "endTime")?.unwrap_or(i64::MAX);
    let in_window = |event: &&Event| (start..=end).contains(&event.at.unix_timestamp());
    let events: Vec<Value> = events.iter().filter(in_window).map(view).collect();
    Ok(answer::described(
        call,
        json!({"total": events.len(), "events": events}),
    ))
}

fn view(event: &Event) -> Value {
    let at = go_time(event.at);
    json!({
        "reason": event.reason, "message": event.message, "firstTimestamp": at, "lastTimestamp": at,
        "count": 1, "type": if event.is_warning { "Warning" } else { "Normal" },
    })
}

/// Parses the request member `name`, a string that contains a time in seconds since 1970. Returns
/// `None` if the member is missing or empty.
pub(super) fn instant(call: &Call<'_>, name: &str) -> Result<Option<i64>, ApiError> {
    let text = call.arguments.filled(name);
    let seconds = text.map(|text| {
        let wrong = || ApiError::invalid_parameter(format!("{name} must be seconds since 1970"));
        text.parse::<i64>().map_err(|_| wrong())
    });
    seconds.transpose()
}
