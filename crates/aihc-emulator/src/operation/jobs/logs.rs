//! The log of a job's pod, which has a line for each second of the job's latest run.

use serde_json::json;
use time::OffsetDateTime;

use super::events::instant;
use super::{named, pods};
use crate::error::ApiError;
use crate::operation::{Call, Output, answer};
use crate::state::{Job, JobStatus};

/// A response contains at most this many lines of a log.
const MOST_LINES: usize = 5000;

/// A pod writes at most this many lines to its log during one run of the job.
const MOST_WRITTEN: u64 = 100_000;

/// Handles DescribeJobLogs, which returns at most [`MOST_LINES`] lines. To request the following
/// lines, a client sends the `nextMarker` of the response as `marker`.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let job = named(call)?;
    let pod = pods::named(call, job)?;
    let arguments = call.arguments;
    let count = |name: &str, default: usize| match arguments.filled(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| *count >= 1)
            .ok_or_else(|| {
                ApiError::invalid_parameter(format!("{name} must be a number greater than 0"))
            }),
    };
    let most = count("maxLines", MOST_LINES)?.min(MOST_LINES);
    let chunk = count("chunkSize", 1)?;
    let first = match arguments.filled("marker") {
        None => 0,
        Some(marker) => line_of(marker).ok_or_else(|| {
            ApiError::invalid_parameter("marker must be the nextMarker of a response")
        })?,
    };
    let start = instant(call, "startTime")?.unwrap_or(i64::MIN);
    let end = instant(call, "endTime")?.unwrap_or(i64::MAX);
    let keywords = arguments.text("keywords");
    let (begun, seconds) = span(job, call.now);
    let mut lines: Vec<String> = Vec::new();
    let mut next = String::new();
    for number in first..seconds {
        let at = begun.saturating_add(i64::try_from(number).unwrap_or(i64::MAX));
        let line = line(number, &pod.name, job);
        if !(start..=end).contains(&at) || !line.contains(keywords) {
            continue;
        }
        if lines.len() == most {
            next = marker_of(number);
            break;
        }
        lines.push(line);
    }
    let logs: Vec<String> = lines.chunks(chunk).map(|lines| lines.join("\n")).collect();
    Ok(answer::described(
        call,
        json!({"jobId": job.id, "podName": pod.name, "logs": logs, "nextMarker": next}),
    ))
}

/// Returns the time at which the pods began to write in the latest run, in seconds since 1970, and
/// the number of lines that each has written since, which is at most [`MOST_WRITTEN`]. Both are 0
/// if the job has never run.
fn span(job: &Job, now: OffsetDateTime) -> (i64, u64) {
    // A run ends with the condition that follows it. Times are not compared, since steps may take
    // no time.
    let (mut begun, mut ended) = (None, None);
    for condition in job.conditions() {
        if condition.to == JobStatus::Running {
            (begun, ended) = (Some(condition.at), None);
        } else if begun.is_some() && ended.is_none() {
            ended = Some(condition.at);
        }
    }
    let Some(begun) = begun else { return (0, 0) };
    let seconds = (ended.unwrap_or(now) - begun).whole_seconds();
    let lines = u64::try_from(seconds.saturating_add(1)).unwrap_or_default();
    (begun.unix_timestamp(), lines.min(MOST_WRITTEN))
}

fn line(number: u64, pod: &str, job: &Job) -> String {
    match number {
        0 => format!(
            "{pod}: {} begins, run {}",
            job.settings.name,
            job.restarts + 1
        ),
        number => format!(
            "{pod}: step {number} loss {:.4}",
            4.0 / (1.0 + number as f64 / 10.0)
        ),
    }
}

/// Returns the marker with which a client requests the lines of a log from this line on. Clients do
/// not interpret it.
fn marker_of(line: u64) -> String {
    format!("m{line:x}")
}

fn line_of(marker: &str) -> Option<u64> {
    u64::from_str_radix(marker.strip_prefix('m')?, 16).ok()
}
