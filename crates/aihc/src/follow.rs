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
    /// The last of these records.
    last: Option<String>,
    /// The number of consecutive responses without records.
    empty: u32,
}

/// After this many consecutive responses without records, the end of the log counts as reached,
/// even if each of them has another marker. This is the number of empty pages that end a list.
const MOST_EMPTY: u32 = 8;

/// The number of lines in a record. The last record of several lines could still grow.
const RECORD: i64 = 1;

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
        let logs = logs.chunk_size(RECORD);
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

    /// Changes the call that reads the log, for example to set filters, a start time or the most
    /// lines of a response. A `chunk_size` has no effect: each record is one line, since a longer
    /// one could still grow after it has been returned. The position is set by
    /// [`from_marker`](Self::from_marker): after a `marker`, records may come twice.
    #[must_use]
    pub fn reads(mut self, change: impl FnOnce(DescribeJobLogs) -> DescribeJobLogs) -> Self {
        self.logs = change(self.logs).chunk_size(RECORD);
        self
    }

    /// Begins at a position in the log: the `nextMarker` of a response.
    #[must_use]
    pub fn from_marker(mut self, marker: impl Into<String>) -> Self {
        self.position.marker = Some(marker.into());
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
            self.position.empty = match answer.logs.is_empty() {
                true => self.position.empty + 1,
                false => 0,
            };
            let is_last = answer.next_marker.is_empty()
                || self.position.marker.as_ref() == Some(&answer.next_marker)
                || self.position.empty >= MOST_EMPTY;
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
        // A log that has become shorter, or has another record where the last one was, has been
        // replaced, as that of a job that was restarted. None of its records is known.
        let last = self.known.checked_sub(1).map(|at| answer.logs.get(at));
        let is_same = last.is_none_or(|last| last == self.last.as_ref());
        let known = if is_same { self.known } else { 0 };
        self.known = answer.logs.len();
        self.last = answer.logs.last().cloned();
        let next = Some(answer.next_marker).filter(|marker| !marker.is_empty());
        if next.is_some() && next != self.marker {
            self.marker = next;
            self.known = 0;
        }
        answer.logs.into_iter().skip(known)
    }
}
