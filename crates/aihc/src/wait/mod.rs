//! Waits for the state of a job or a service.
//!
//! Reads may lag behind writes. For a grace period
//! ([`start_grace`](bce_http::wait::Wait::start_grace)), a wait therefore assumes that reads may
//! not show the preceding operation yet. During this time, neither `not found` after a creation nor
//! `abnormal` while a service is being deployed makes the wait fail. For a job, this ends early
//! once a read shows the state of the job.

mod state;
mod warnings;

use std::time::Duration;

use bce_http::rt::wait::{Gone, Look, Read, Verdict, WaiterTable, Watch};
pub use bce_http::wait::{WaitErrorKind, Warning};

pub use self::state::State;
use self::warnings::{job_warnings, service_warnings};
use crate::jobs::{DescribeJobResponse, JobTimeLine};
use crate::services::{DescribeServiceResponse, ServiceState};
use crate::{Client, waiter};

/// A wait for a state of a job or a service; `.await` starts it.
pub type Wait<'a, T> = bce_http::wait::Wait<'a, T, State>;

/// The reason why a wait ended before its goal was reached.
pub type WaitError = bce_http::wait::WaitError<State>;

/// A change that a wait has seen: another state, or another reason for the same state.
pub type Progress = bce_http::wait::Progress<State>;

/// Methods that wait for a state. Start a wait after the operation, not before, because the first
/// read is sent at once.
impl Client {
    /// Waits until a training job is running or has succeeded, and returns its description.
    ///
    /// The wait ends with an error if the job fails or is stopped instead. The error contains the
    /// latest step of the job's timeline and the latest warnings about the job. The service sets no
    /// upper limit for queueing.
    pub fn wait_until_job_running(
        &self,
        resource_pool_id: impl Into<String>,
        queue_id: impl Into<String>,
        job_id: impl Into<String>,
    ) -> Wait<'static, DescribeJobResponse> {
        let job = JobPlace::new(resource_pool_id, queue_id, job_id);
        self.watch_job(job, "running", &waiter::JOB_RUNNING, |job| job)
            .into()
    }

    /// Waits until a training job has succeeded, and returns its description.
    ///
    /// The wait ends with an error if the job fails or is stopped. It continues while the job is
    /// abnormal, since fault tolerance may recover the job.
    pub fn wait_until_job_finished(
        &self,
        resource_pool_id: impl Into<String>,
        queue_id: impl Into<String>,
        job_id: impl Into<String>,
    ) -> Wait<'static, DescribeJobResponse> {
        let job = JobPlace::new(resource_pool_id, queue_id, job_id);
        self.watch_job(job, "finished", &waiter::JOB_FINISHED, |job| job)
            .into()
    }

    /// Waits until a training job has ended in any way. Returns its description, or `None` if the
    /// job no longer exists.
    pub fn wait_until_job_stopped(
        &self,
        resource_pool_id: impl Into<String>,
        queue_id: impl Into<String>,
        job_id: impl Into<String>,
    ) -> Wait<'static, Option<DescribeJobResponse>> {
        let table = &waiter::JOB_STOPPED;
        let job = JobPlace::new(resource_pool_id, queue_id, job_id);
        let mut watch = self.watch_job(job, "stopped", table, Some);
        watch.gone = Some(Gone {
            codes: table.success_errors,
            value: None,
        });
        watch.into()
    }

    /// Waits until a service is running, and returns its description.
    ///
    /// The wait ends with an error if the service is abnormal. The error contains the messages of
    /// the service's pods. A service may be abnormal while its pods start, so this state does not
    /// end the wait before the [grace period](bce_http::wait::Wait::start_grace) is over. A service
    /// without instances never runs.
    pub fn wait_until_service_running(
        &self,
        service_id: impl Into<String>,
    ) -> Wait<'static, DescribeServiceResponse> {
        let id = service_id.into();
        let query = self.describe_service(&id);
        let client = self.clone();
        Watch {
            goal: format!("{id} to be running"),
            read: Box::new(move |limit: Duration| {
                let query = query.clone().with_timeout(limit);
                Box::pin(async move { Ok(service_look(query.await?)) })
            }),
            judge: Box::new(|state| match state {
                State::Service(state) => waiter::SERVICE_RUNNING.judge(state.code()),
                _ => Verdict::Pending,
            }),
            may_be_from_before: Box::new(|state| *state != State::Service(ServiceState::Running)),
            gone: None,
            warnings: Some(Box::new(move || {
                Box::pin(service_warnings(client.clone(), id.clone()))
            })),
        }
        .into()
    }

    fn watch_job<T: Send + 'static>(
        &self,
        job: JobPlace,
        goal: &str,
        table: &'static WaiterTable<&'static str>,
        value: fn(DescribeJobResponse) -> T,
    ) -> Watch<T, State> {
        let query = self.describe_job(&job.pool, &job.queue, &job.id);
        let read = move |limit| -> Read<Look<T, State>> {
            let query = query.clone().with_timeout(limit);
            Box::pin(async move { Ok(job_look(query.await?, value)) })
        };
        let client = self.clone();
        Watch {
            goal: format!("{} to be {goal}", job.id),
            read: Box::new(read),
            judge: Box::new(|state| match state {
                State::Job(status) => table.judge(status.as_str().to_owned()),
                _ => Verdict::Pending,
            }),
            may_be_from_before: Box::new(|state| *state == State::NotFound),
            gone: None,
            warnings: Some(Box::new(move || {
                Box::pin(job_warnings(client.clone(), job.clone()))
            })),
        }
    }
}

/// The ids of a job, its resource pool and its queue.
#[derive(Clone, Debug)]
struct JobPlace {
    pool: String,
    queue: String,
    id: String,
}

impl JobPlace {
    fn new(pool: impl Into<String>, queue: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            pool: pool.into(),
            queue: queue.into(),
            id: id.into(),
        }
    }
}

fn job_look<T>(job: DescribeJobResponse, value: fn(DescribeJobResponse) -> T) -> Look<T, State> {
    Look {
        state: job.status.clone().map_or(State::Unreported, State::Job),
        reason: latest_step(&job.job_time_line),
        value: value(job),
    }
}

/// Returns the text of the latest step of a timeline that has a text, or an empty string if no step
/// has one. The steps may be in any order.
fn latest_step(steps: &[JobTimeLine]) -> String {
    let said = steps
        .iter()
        .filter(|step| !step.condition_message.is_empty());
    let latest = said.max_by(|one, other| one.time.cmp(&other.time));
    latest.map_or_else(String::new, |step| step.condition_message.clone())
}

fn service_look(service: DescribeServiceResponse) -> Look<DescribeServiceResponse, State> {
    let status = service.status.as_ref();
    let stat = status.and_then(|status| status.brief_stat.as_ref());
    let state = stat.and_then(|stat| stat.status);
    Look {
        state: state.map_or(State::Unreported, State::Service),
        reason: stat.map_or_else(String::new, |stat| stat.reason.clone()),
        value: service,
    }
}
