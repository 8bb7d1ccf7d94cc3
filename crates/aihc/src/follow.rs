//! Following the log of a pod as it grows.

use std::collections::VecDeque;
use std::time::Duration;

use bce_http::rt::wait::PollInterval;
use tokio::time::sleep;

use crate::jobs::{DescribeJob, DescribeJobLogs, DescribeJobLogsResponse, JobStatus};
use crate::{Client, Error};

/// The log of a pod, record by record, until its job has ended. [`Client::follow_job_logs`] creates
/// it.
///
/// A log can be followed before its pod exists: while the job is queued or starting,
/// [`try_next`](Self::try_next) waits. When a read has reached the end of the log, the next read
/// follows after about two seconds; these pauses grow to about ten seconds while there are no new
/// records. [`poll_interval`](Self::poll_interval) sets a different pause. The future of
/// [`try_next`](Self::try_next) may be dropped, and an error does not end the log: the next call
/// continues where the last one stopped.
#[derive(Debug)]
pub struct FollowedLogs {
    logs: DescribeJobLogs,
    job: DescribeJob,
    position: Position,
    ready: VecDeque<String>,
    pause: PollInterval,
    first_pause: PollInterval,
    /// Whether the job had ended when its state was last read.
    ended: bool,
    /// Whether the log is complete.
    complete: bool,
    /// Whether the last read reached the end of the log, so that there is a pause before the next
    /// read.
    caught_up: bool,
}

/// The position in a log. A response contains a marker at which the next read begins. A response
/// that reaches the end of the log contains no marker, or the same one again. The next read then
/// begins at the last marker again, and the records that are already known are skipped.
#[derive(Debug, Default)]
struct Position {
    marker: Option<String>,
    /// The number of records after the marker that have already been read.
    known: usize,
}

impl Client {
    /// Follows the log of a pod: its records so far, and all further ones until the job has ended.
    ///
    /// ```no_run
    /// # async fn follow(client: aihc::Client) -> Result<(), aihc::Error> {
    /// let mut logs = client.follow_job_logs("aihc-serverless", "queue-1", "job-1", "job-1-worker-0");
    /// while let Some(record) = logs.try_next().await? {
    ///     println!("{record}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow_job_logs(
        &self,
        resource_pool_id: impl Into<String>,
        queue_id: impl Into<String>,
        job_id: impl Into<String>,
        pod_name: impl Into<String>,
    ) -> FollowedLogs {
        let (pool, queue) = (resource_pool_id.into(), queue_id.into());
        let job_id = job_id.into();
        let job = self.describe_job(&pool, &queue, &job_id);
        let logs = self.describe_job_logs().resource_pool_id(pool);
        let logs = logs.queue_id(queue).job_id(job_id).pod_name(pod_name);
        let pause = PollInterval::new(Duration::from_secs(2)).growing_to(Duration::from_secs(10));
        FollowedLogs {
            logs,
            job,
            position: Position::default(),
            ready: VecDeque::new(),
            pause: pause.clone(),
            first_pause: pause,
            ended: false,
            complete: false,
            caught_up: false,
        }
    }
}

impl FollowedLogs {
    /// Sets the pause after a read that has reached the end of the log, or that has found no pod
    /// yet. A pause that is set with this method does not grow.
    #[must_use]
    pub fn poll_interval(mut self, pause: Duration) -> Self {
        self.first_pause = PollInterval::new(pause);
        self.pause = self.first_pause.clone();
        self
    }

    /// Changes the call that reads the log, for example to set filters, a start time or a size. A
    /// position (`marker`) that `change` sets is used until a response contains a marker.
    #[must_use]
    pub fn reads(mut self, change: impl FnOnce(DescribeJobLogs) -> DescribeJobLogs) -> Self {
        self.logs = change(self.logs);
        self
    }

    /// Returns the next record, waiting for it if necessary, or `None` once the job has ended and
    /// its log is complete.
    ///
    /// # Errors
    ///
    /// If the log or the job still cannot be read after the client's retries, or if the job has
    /// started but has no pod of this name.
    pub async fn try_next(&mut self) -> Result<Option<String>, Error> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            if self.complete {
                return Ok(None);
            }
            if self.caught_up {
                // Records from before the end of the job are in a later read.
                self.ended = self.has_ended().await?;
                if !self.ended {
                    sleep(self.pause.next_pause()).await;
                }
                self.caught_up = false;
            }
            let answer = match self.position.of(&self.logs).await {
                // A job that has just been created has no pods yet.
                Err(error) if error.is_not_found() && self.has_yet_to_start().await => {
                    sleep(self.pause.next_pause()).await;
                    continue;
                }
                answer => answer?,
            };
            let is_last = answer.next_marker.is_empty()
                || self.position.marker.as_ref() == Some(&answer.next_marker);
            self.ready.extend(self.position.new_of(answer));
            self.caught_up = is_last;
            self.complete = is_last && self.ended;
            if !self.ready.is_empty() {
                self.pause = self.first_pause.clone();
            }
        }
    }

    /// Returns whether the job is queued or starting, so that its pods may not exist yet; `false`
    /// if the job cannot be read.
    async fn has_yet_to_start(&self) -> bool {
        match self.job.clone().await {
            Ok(job) => matches!(
                job.status,
                Some(JobStatus::Created | JobStatus::Scheduled | JobStatus::Starting)
            ),
            Err(_) => false,
        }
    }

    /// Returns whether the job writes nothing more, because it has ended or no longer exists.
    async fn has_ended(&self) -> Result<bool, Error> {
        match self.job.clone().await {
            Ok(job) => Ok(matches!(
                job.status,
                Some(JobStatus::Succeeded | JobStatus::Failed | JobStatus::Stopped)
            )),
            Err(error) if error.is_not_found() => Ok(true),
            Err(error) => Err(error),
        }
    }
}

impl Position {
    /// Returns the call that reads the log from this position.
    fn of(&self, logs: &DescribeJobLogs) -> DescribeJobLogs {
        let logs = logs.clone();
        match &self.marker {
            Some(marker) => logs.marker(marker),
            None => logs,
        }
    }

    /// Returns the new records of a response, and moves the position past them. If the response
    /// has no marker, the last marker is kept.
    fn new_of(&mut self, answer: DescribeJobLogsResponse) -> impl Iterator<Item = String> + use<> {
        let brought = answer.logs.len();
        // A log that has become shorter was replaced, so none of its records is known.
        let known = if brought < self.known { 0 } else { self.known };
        self.known = brought;
        let next = Some(answer.next_marker).filter(|marker| !marker.is_empty());
        if next.is_some() && next != self.marker {
            self.marker = next;
            self.known = 0;
        }
        answer.logs.into_iter().skip(known)
    }
}
