//! Metrics of a job. The values are invented, but always the same for the same metric, pod and
//! instant.

use serde_json::{Value, json};

use super::events::instant;
use super::{named, pods};
use crate::error::ApiError;
use crate::operation::{Call, Output, answer};
use crate::state::JobStatus;

/// The maximum number of points in a response, for all pods together.
const MOST_POINTS: i64 = 200_000;
/// The seconds between two points if the request does not specify a step.
const STEP: i64 = 300;

/// Handles DescribeJobMetrics. The points of each pod are one step apart, and lie in the part of
/// the requested window in which the job had begun to run and had not ended. Refuses a request for
/// more than [`MOST_POINTS`] points.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let kind = call.arguments.text("metricType");
    let step = call
        .arguments
        .filled("timeStep")
        .map_or(Ok(STEP), seconds)?;
    let mut begun = job.conditions().filter(|it| it.to == JobStatus::Running);
    let begun = begun.next().map(|condition| condition.at.unix_timestamp());
    let last = job.finished_at.unwrap_or(call.now).unix_timestamp();
    let end = instant(call, "endTime")?.unwrap_or(last).min(last);
    let start = instant(call, "startTime")?
        .zip(begun)
        .map(|(asked, begun)| asked.max(begun));
    let start = start.or(begun);
    let most = MOST_POINTS / job.settings.pods().max(1);
    let metrics: Vec<Value> = match start {
        None => vec![],
        Some(start) if end.saturating_sub(start) / step >= most => {
            let message =
                format!("there would be more than {most} points for a pod; use a larger timeStep");
            return Err(ApiError::invalid_parameter(message));
        }
        Some(start) => {
            let points = |pod: &str| -> Vec<Value> {
                let mut points = Vec::new();
                let mut at = start;
                while at <= end {
                    let value = measured(kind, pod, at).to_string();
                    points.push(json!({"time": at, "value": value}));
                    at = at.saturating_add(step);
                }
                points
            };
            let of_pod =
                |pod: pods::Pod<'_>| json!({"metrics": points(&pod.name), "podName": pod.name});
            pods::of(job).map(of_pod).collect()
        }
    };
    Ok(answer::described(
        call,
        json!({"jobId": job.id, "metrics": metrics}),
    ))
}

/// Returns the invented value of a metric, in the unit of that metric.
fn measured(kind: &str, pod: &str, at: i64) -> f64 {
    let part = pods::fraction(&[kind, pod, &at.to_string()]);
    match kind {
        "RDMAHealth" => 1.0,
        "RDMASendErrorRate" | "RDMARecvErrorRate" => 0.0,
        "GpuTemperature" => 40.0 + 30.0 * part,
        "GpuPowerUsage" => 100.0 + 250.0 * part,
        "MemoryAllocation" => (part * 64.0 * 1024.0 * 1024.0 * 1024.0).round(),
        "CpuTime" => part * 32.0,
        kind if kind.ends_with("Rate") => (part * 1e9).round(),
        _ => part,
    }
}

/// Parses a duration such as `30s`, `5m`, `1h`, or a number of seconds without a unit.
fn seconds(text: &str) -> Result<i64, ApiError> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..) {
        Some("" | "s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3600),
        _ => None,
    };
    let count = digits.parse::<i64>().ok().filter(|count| *count >= 1);
    count
        .zip(unit)
        .and_then(|(count, unit)| count.checked_mul(unit))
        .ok_or_else(|| ApiError::invalid_parameter("timeStep must have the form 30s, 5m or 1h"))
}
