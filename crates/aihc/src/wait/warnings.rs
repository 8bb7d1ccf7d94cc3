//! Reading the events and messages that may explain why a wait for a job or a service has failed.

use std::time::Duration;

use bce_http::RetryPolicy;
use bce_http::wait::Warning;

use super::JobPlace;
use crate::Client;
use crate::jobs::JobEvent;
use crate::services::InsInfo;

/// The maximum number of warnings that the error of a failed wait contains.
const SHOWN: usize = 3;

/// The time limit for reading the warnings about a job or a service.
const LIMIT: Duration = Duration::from_secs(5);

/// Returns the latest `SHOWN` warnings about a job, newest first. Returns none if reading them
/// fails or takes longer than `LIMIT`.
pub(super) async fn job_warnings(client: Client, job: JobPlace) -> Vec<Warning> {
    let events = client.describe_job_events(job.pool, job.queue, job.id);
    let answer = events
        .with_timeout(LIMIT)
        .with_retry(RetryPolicy::none())
        .await;
    let mut events = answer.map(|response| response.events).unwrap_or_default();
    events.retain(|event| event.r#type.eq_ignore_ascii_case("Warning"));
    // The service's timestamps all have one format, which sorts as text.
    events.sort_by(|one, other| seen_at(other).cmp(seen_at(one)));
    let warnings = events.into_iter().take(SHOWN).map(|event| {
        let time = seen_at(&event).to_owned();
        Warning::new(event.reason, event.message, time)
    });
    warnings.collect()
}

/// Returns the time at which an event was last seen, or first seen if the service does not give the
/// last time.
fn seen_at(event: &JobEvent) -> &str {
    match event.last_timestamp.as_str() {
        "" => &event.first_timestamp,
        time => time,
    }
}

/// Returns the first `SHOWN` messages of a service's pods and their containers. Returns none if
/// reading them fails or takes longer than `LIMIT`.
pub(super) async fn service_warnings(client: Client, service_id: String) -> Vec<Warning> {
    let pods = client.describe_service_pods(service_id);
    let answer = pods
        .with_timeout(LIMIT)
        .with_retry(RetryPolicy::none())
        .await;
    let pods = answer.map(|response| response.pods).unwrap_or_default();
    let complaints = pods.into_iter().flat_map(complaints);
    complaints.take(SHOWN).collect()
}

/// Returns the problems that a pod and its containers report.
fn complaints(pod: InsInfo) -> Vec<Warning> {
    let of_pod = pod.status.map(|status| status.reason);
    let of_containers = pod.containers.into_iter().map(|container| {
        let reason = container.status.map(|status| status.reason);
        (container.container_id, reason)
    });
    let all = std::iter::once((pod.instance_id, of_pod)).chain(of_containers);
    let said = all.filter_map(|(id, reason)| Some((id, reason.filter(|it| !it.is_empty())?)));
    said.map(|(id, reason)| Warning::new(id, reason, ""))
        .collect()
}
