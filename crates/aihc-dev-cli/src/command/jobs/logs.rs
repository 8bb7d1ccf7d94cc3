//! The `jobs logs` command: prints the log of a pod of a training job.

use std::time::Duration;

use aihc::jobs::{DescribeJobLogs, DescribeJobResponse};
use aihc::{Client, Error};
use clap::Args;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::find::{JobPlace, PlaceOptions};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::{duration, not_empty};
use crate::output::{Format, note};
use crate::terminal::{log_lines, one_line, stdout_reader};

const INTERVAL: Duration = Duration::from_secs(5);
/// For this long, it is not an error if the log of a pod is not found, because a pod may be listed
/// before it has a log.
const GRACE: Duration = Duration::from_secs(30);

/// Print the log of a pod of a training job.
#[derive(Args)]
#[command(after_help = "\
Of several pods, that of the master, or else the first: --pod names another, and \
`aihc-dev jobs show` shows all of them. With --follow it continues until the job ends; transient \
errors are retried for the time of --timeout [default: 30m]. With json and yaml the lines are a \
list of strings, with jsonl each is a string on its own line.

Examples:
  aihc-dev jobs logs job-0a1b2c3d
  aihc-dev jobs logs job-0a1b2c3d --follow
  aihc-dev jobs logs job-0a1b2c3d --pod job-0a1b2c3d-worker-0 --since 1h --contains loss")]
pub(crate) struct Logs {
    /// Id or name of the job.
    #[arg(value_name = "ID|NAME")]
    id: String,
    #[command(flatten)]
    place: PlaceOptions,
    /// Pod of the job.
    #[arg(long, value_name = "NAME", value_parser = not_empty)]
    pod: Option<String>,
    /// How far to look back [default: to the beginning].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    since: Option<Duration>,
    /// Only lines that contain this text.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    contains: Option<String>,
    /// Continue with new lines, until the job ends.
    #[arg(long)]
    follow: bool,
    /// Pause between polls with --follow [default: 5s].
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "follow")]
    interval: Option<Duration>,
}

impl Logs {
    pub(super) async fn run(mut self, context: &Context) -> Result<(), Failure> {
        let is_document = !context.output.can_follow();
        if self.follow && is_document {
            return Err(Failure::usage(text!(
                "--follow has no definite end: use --output table or jsonl"
            )));
        }
        if context.output.is_for_pipes() || context.output.format() == Format::Csv {
            return Err(Failure::usage(text!(
                "lines of a log have no columns, ids or names: use --output table, json, jsonl or yaml"
            )));
        }
        let client = context.aihc_client()?;
        let (one, place) = self.place.find_one(context, &client, &self.id).await?;
        self.id.clone_from(&one.id);
        let shown = self.show(context, &client, place, is_document).await;
        shown.map_err(|failure| failure.about(&one))
    }

    async fn show(
        &self,
        context: &Context,
        client: &Client,
        place: JobPlace,
        is_document: bool,
    ) -> Result<(), Failure> {
        let reading = Reading {
            client,
            context,
            place,
            start: self.start()?,
            options: self,
        };
        tokio::select! {
            result = reading.run(is_document) => result,
            // Ends in the same way as after a failed write.
            () = stdout_reader::gone(), if self.follow => Ok(()),
        }
    }

    /// Returns the time of the first line to print, in seconds since 1970; `None` for the whole
    /// log.
    fn start(&self) -> Result<Option<i64>, Failure> {
        let Some(since) = self.since else {
            return Ok(None);
        };
        let since = time::Duration::try_from(since).unwrap_or(time::Duration::MAX);
        let start = OffsetDateTime::now_utc().checked_sub(since);
        let start = start.ok_or_else(|| Failure::usage(text!("--since is too far in the past")))?;
        Ok(Some(start.unix_timestamp()))
    }
}

/// The job whose log is read, and the options for reading it.
struct Reading<'a> {
    client: &'a Client,
    context: &'a Context,
    place: JobPlace,
    start: Option<i64>,
    options: &'a Logs,
}

impl Reading<'_> {
    async fn run(&self, is_document: bool) -> Result<(), Failure> {
        if self.options.follow {
            return self.follow().await;
        }
        let pod = match &self.options.pod {
            Some(pod) => pod.clone(),
            None => {
                let job = self.job().await?;
                pod_of(&job).ok_or_else(|| {
                    Failure::unfit(text!(
                        "{id} has no pods now; its state is {state}. --pod names a past one, and \
                         --follow waits for one",
                        id = self.options.id,
                        state = state(&job)
                    ))
                })?
            }
        };
        let mut items = self.log_of(&pod).items();
        if is_document {
            let mut lines = Vec::new();
            items.collect_into(&mut lines).await?;
            return Ok(self.context.output.list(&lines, |_| String::new())?);
        }
        while let Some(record) = items.try_next().await? {
            self.print(&record)?;
        }
        Ok(())
    }

    /// Prints the log of one pod, line by line as it grows, until the job has ended and all lines
    /// are printed. If the user named no pod, waits until the job has one; prints no lines if the
    /// job ends without one. Finally tells the user the state of the job.
    async fn follow(&self) -> Result<(), Failure> {
        let mut patience = Patience::new(self.context);
        let pod = match &self.options.pod {
            Some(pod) => Some(pod.clone()),
            None => self.wait_for_a_pod(&mut patience).await?,
        };
        if let Some(pod) = pod {
            self.follow_pod(&pod, &mut patience).await?;
        }
        // This only prints a final message, so the state of the job need not be readable.
        if let Ok(job) = self.job().await {
            note(&format!("{}: {}", one_line(&self.options.id), state(&job)));
        }
        Ok(())
    }

    async fn follow_pod(&self, pod: &str, patience: &mut Patience) -> Result<(), Failure> {
        let JobPlace { pool, queue } = &self.place;
        let logs = self
            .client
            .follow_job_logs(pool, queue, &self.options.id, pod)
            .reads(|read| self.narrowed(read));
        let mut logs = match self.options.interval {
            Some(interval) => logs.poll_interval(interval),
            None => logs,
        };
        let begun = Instant::now();
        let mut printed = false;
        loop {
            match logs.try_next().await {
                Ok(Some(record)) => {
                    printed = true;
                    self.print(&record)?;
                }
                Ok(None) => return Ok(()),
                // A pod may be listed before it has a log.
                Err(error) if error.is_not_found() && !printed && begun.elapsed() < GRACE => {
                    self.pause().await;
                }
                Err(error) => {
                    patience.bear(error)?;
                    self.pause().await;
                }
            }
        }
    }

    /// Waits until the job has a pod, and returns the name of the pod; returns `None` if the job
    /// ends without one.
    async fn wait_for_a_pod(&self, patience: &mut Patience) -> Result<Option<String>, Failure> {
        let mut shown = String::new();
        loop {
            match self.job().await {
                Ok(job) => {
                    if let Some(pod) = pod_of(&job) {
                        return Ok(Some(pod));
                    }
                    if has_ended(&job) {
                        return Ok(None);
                    }
                    if shown != state(&job) {
                        shown = state(&job);
                        note(&tr!(
                            "{id}: no pod yet; {state}",
                            id = one_line(&self.options.id),
                            state = shown
                        ));
                    }
                }
                Err(error) => patience.bear(error)?,
            }
            self.pause().await;
        }
    }

    async fn job(&self) -> Result<DescribeJobResponse, Error> {
        let JobPlace { pool, queue } = &self.place;
        let call = self.client.describe_job(pool, queue, &self.options.id);
        call.need_detail(true).await
    }

    fn log_of(&self, pod: &str) -> DescribeJobLogs {
        let read = self.client.describe_job_logs();
        let read = read
            .resource_pool_id(&self.place.pool)
            .queue_id(&self.place.queue);
        self.narrowed(read.job_id(&self.options.id).pod_name(pod))
    }

    /// Restricts a request to the part of the log that the options select.
    fn narrowed(&self, mut read: DescribeJobLogs) -> DescribeJobLogs {
        if let Some(start) = self.start {
            read = read.start_time(start);
        }
        match &self.options.contains {
            Some(text) => read.keywords(text),
            None => read,
        }
    }

    fn print(&self, record: &String) -> Result<(), Failure> {
        match self.context.output.is_streaming() {
            true => self.context.output.entry(record)?,
            false => self.context.output.text(&log_lines(record))?,
        }
        Ok(())
    }

    async fn pause(&self) {
        tokio::time::sleep(self.options.interval.unwrap_or(INTERVAL)).await;
    }
}

/// Tolerates transient faults for a limited time.
struct Patience {
    limit: Duration,
    /// The time without a fault after which the next fault begins a new series.
    apart: Duration,
    /// The times of the first and of the latest fault in the current series.
    faults: Option<(Instant, Instant)>,
}

impl Patience {
    fn new(context: &Context) -> Self {
        Self {
            limit: context.wait_limit(),
            apart: (context.call_limit().saturating_add(INTERVAL)).saturating_mul(2),
            faults: None,
        }
    }

    /// Records the error of a call, so that the caller can try again. Returns the error if it is
    /// permanent, or if the current series of faults has lasted too long.
    fn bear(&mut self, error: Error) -> Result<(), Failure> {
        if !error.is_retryable() {
            return Err(error.into());
        }
        let now = Instant::now();
        let lasting = self.faults.filter(|(_, latest)| now - *latest < self.apart);
        if lasting.is_none() {
            note(&tr!(
                "cannot be read at the moment, retrying: {error}",
                error = error
            ));
        }
        let first = lasting.map_or(now, |(first, _)| first);
        self.faults = Some((first, now));
        match now - first < self.limit {
            true => Ok(()),
            false => Err(error.into()),
        }
    }
}

/// Returns the pod whose log is shown by default: that of the master, or else the first one; `None`
/// if the job has no pods. If there are several, tells the user which one it is.
fn pod_of(job: &DescribeJobResponse) -> Option<String> {
    let is_first =
        |role: &str| matches!(role.to_lowercase().as_str(), "master" | "launcher" | "head");
    let first = job.pods.iter().find(|pod| is_first(&pod.replica_type));
    let pod = first.or_else(|| job.pods.first())?;
    if job.pods.len() > 1 {
        note(&tr!(
            "pod {name}, one of {count}; --pod names another",
            name = one_line(&pod.name),
            count = job.pods.len()
        ));
    }
    Some(pod.name.clone())
}

/// Returns the state of the job for a message.
fn state(job: &DescribeJobResponse) -> String {
    let state = job.status.as_ref().map(|status| status.as_str());
    match state {
        Some(state) => one_line(state).into_owned(),
        None => tr!("unknown"),
    }
}

/// Returns whether the job has ended, so that its log does not grow any more.
fn has_ended(job: &DescribeJobResponse) -> bool {
    use aihc::jobs::JobStatus::{Failed, Stopped, Succeeded};

    matches!(job.status, Some(Succeeded | Failed | Stopped))
}
