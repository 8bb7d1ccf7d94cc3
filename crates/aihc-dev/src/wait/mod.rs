//! Waiting for a state.
//!
//! Reads may lag behind writes. So for a while ([`Wait::start_grace`]) a wait takes it that what the
//! operation before it did may not show yet: right after a start, stopped is not the end, right
//! after a creation, not found is not, and [after a change](Wait::after_change), running with the
//! old configuration is not.

mod error;
mod run;
mod state;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bce_auth::Clock as _;
use bce_http::rt::wait::{PollInterval, WaiterTable};
use bce_http::{Error, RetryPolicy};

use self::error::seen_at;
pub use self::error::{WaitError, WaitErrorKind};
use self::state::Snapshot;
pub use self::state::{Progress, State};
use crate::model::{DevInstanceDetail, Event, EventType, ImagePackJobDetail};
use crate::{Client, DevInstanceChange, waiter};

type Read<T> = Box<dyn Fn(Duration) -> ReadFuture<T> + Send + Sync>;
type Callback<'a> = Box<dyn FnMut(&Progress) + Send + 'a>;
type Shows<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;
type ReadFuture<T> = Pin<Box<dyn Future<Output = Result<Snapshot<T>, Error>> + Send>>;

/// A wait for a state, with a `T` at its end; `.await` begins it.
///
/// | item | default |
/// |---|---|
/// | timeout | 30 minutes. Queueing has no documented limit, so set what you are willing to wait |
/// | poll interval | 3 seconds, growing to 15, each a little shorter at random |
/// | start grace | 30 seconds |
///
/// A read that fails in passing, after the retries of the client, does not end the wait. States that
/// are not known are waited on. Dropping the future ends the wait and changes nothing.
///
/// The wait is no future before it is awaited: give `tokio::spawn` and the like `wait.into_future()`.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a, T> {
    client: Client,
    dev_instance_id: String,
    goal: String,
    table: &'static WaiterTable,
    read: Read<T>,
    /// The result when the instance is gone, if that counts as one.
    gone: Option<T>,
    /// Whether what is waited for begins with a call that may not show yet.
    begins: bool,
    /// Whether what was read shows a change that comes before what is waited for.
    shows_change: Option<Shows<T>>,
    timeout: Duration,
    interval: PollInterval,
    start_grace: Duration,
    on_progress: Option<Callback<'a>>,
}

impl<'a, T> Wait<'a, T> {
    fn new(
        client: &Client,
        dev_instance_id: String,
        goal: String,
        table: &'static WaiterTable,
        read: Read<T>,
    ) -> Self {
        Self {
            client: client.clone(),
            dev_instance_id,
            goal,
            table,
            read,
            gone: None,
            begins: false,
            shows_change: None,
            timeout: Duration::from_secs(30 * 60),
            interval: PollInterval::new(Duration::from_secs(3)).growing_to(Duration::from_secs(15)),
            start_grace: Duration::from_secs(30),
            on_progress: None,
        }
    }

    /// Ends the wait after this time. Reading the events for the error may take five seconds more.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the pause between two reads; [`max_poll_interval`](Self::max_poll_interval), set after it, lets
    /// the pauses grow. Without either they begin with three seconds and grow to fifteen.
    pub fn poll_interval(mut self, pause: Duration) -> Self {
        self.interval = PollInterval::new(pause);
        self
    }

    /// Lets the pauses between two reads grow by half each time, up to this one.
    pub fn max_poll_interval(mut self, longest: Duration) -> Self {
        self.interval = self.interval.growing_to(longest);
        self
    }

    /// For how long after the beginning a wait for running, or for a job, takes it that a start or
    /// a creation may not show yet: stopped, failed or not found do not end the wait then, unless
    /// another state was seen before. For as long a [change](Self::after_change) may not show yet.
    pub fn start_grace(mut self, grace: Duration) -> Self {
        self.start_grace = grace;
        self
    }

    /// Is called with every change of the state or of its reason, beginning with the first state.
    pub fn on_progress<'b>(self, callback: impl FnMut(&Progress) + Send + 'b) -> Wait<'b, T>
    where
        'a: 'b,
    {
        Wait {
            on_progress: Some(Box::new(callback)),
            ..self
        }
    }
}

impl Wait<'_, DevInstanceDetail> {
    /// Waits for the state after this change. While reads still show what was there before it, the
    /// state that comes with that does not end the wait well, until the [grace](Self::start_grace)
    /// is over. Once they show the change, the state counts as they show it.
    ///
    /// A change of which descriptions show nothing, such as one of the registry password, and no
    /// change at all are not waited for.
    ///
    /// ```no_run
    /// # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let change = client.change_dev_instance("dv-1", |conf| conf.resources.cpus = 8).await?;
    /// client.wait_until_running("dv-1").after_change(&change).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn after_change<'c>(mut self, change: impl Into<Option<&'c DevInstanceChange>>) -> Self {
        let change = change.into();
        if let Some(change) = change.filter(|change| change.members().next().is_some()) {
            let change = change.clone();
            self.goal += " with the change";
            self.shows_change = Some(Box::new(move |detail| change.is_shown_by(detail)));
        }
        self
    }
}

/// Waits. Reading starts at once: call these after the operation, not before.
impl Client {
    /// Waits until the instance runs, after a creation or a start. Gives its description.
    ///
    /// Ends with an error when the instance fails, stops or is deleted instead. After a change of
    /// the configuration of a running instance, reads may show the old state for a moment: see
    /// [`after_change`](Wait::after_change). A change starts no stopped instance, so this ends with
    /// an error then, after the [grace](Wait::start_grace).
    pub fn wait_until_running(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Wait<'static, DevInstanceDetail> {
        let mut wait = self.wait_for(
            dev_instance_id,
            "running",
            &waiter::DEV_INSTANCE_RUNNING,
            Some,
        );
        wait.begins = true;
        wait
    }

    /// Waits until the instance is stopped. Gives its description.
    pub fn wait_until_stopped(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Wait<'static, DevInstanceDetail> {
        self.wait_for(
            dev_instance_id,
            "stopped",
            &waiter::DEV_INSTANCE_STOPPED,
            Some,
        )
    }

    /// Waits until the instance is deleted, or not found any more.
    pub fn wait_until_deleted(&self, dev_instance_id: impl Into<String>) -> Wait<'static, ()> {
        let table = &waiter::DEV_INSTANCE_DELETED;
        let mut wait = self.wait_for(dev_instance_id, "deleted", table, |_| Some(()));
        wait.gone = Some(());
        wait
    }

    /// Waits until an image pack job is completed. Gives its description.
    ///
    /// The service gives no reason when a job fails; the warnings of the instance may.
    pub fn wait_for_image_pack_job(
        &self,
        dev_instance_id: impl Into<String>,
        image_pack_job_id: impl Into<String>,
    ) -> Wait<'static, ImagePackJobDetail> {
        let (id, job) = (dev_instance_id.into(), image_pack_job_id.into());
        let goal = format!("image pack job {job} of {id} completed");
        let query = self.query_dev_instance_image_pack_job_detail(&id, job);
        let read = move |limit| -> ReadFuture<ImagePackJobDetail> {
            let query = query.clone().with_timeout(limit);
            Box::pin(async move {
                let detail = query.await?.dev_instance_image_pack_job;
                Ok(Snapshot {
                    state: detail.status.map_or(State::Unreported, State::ImagePackJob),
                    reason: String::new(),
                    value: Some(detail),
                })
            })
        };
        let table = &waiter::IMAGE_PACK_JOB_FINISHED;
        let mut wait = Wait::new(self, id, goal, table, Box::new(read));
        wait.begins = true;
        wait
    }

    fn wait_for<T: Send + 'static>(
        &self,
        dev_instance_id: impl Into<String>,
        goal: &str,
        table: &'static WaiterTable,
        value: fn(DevInstanceDetail) -> Option<T>,
    ) -> Wait<'static, T> {
        let id = dev_instance_id.into();
        let query = self.query_dev_instance_detail(&id);
        let read = move |limit| -> ReadFuture<T> {
            let query = query.clone().with_timeout(limit);
            Box::pin(async move {
                let detail = query.await?.dev_instance;
                Ok(Snapshot {
                    state: detail.status.map_or(State::Unreported, State::DevInstance),
                    reason: detail.status_reason.clone(),
                    value: value(detail),
                })
            })
        };
        let goal = format!("{id} {goal}");
        Wait::new(self, id, goal, table, Box::new(read))
    }
}

impl<'a, T: Send + 'a> IntoFuture for Wait<'a, T> {
    type Output = Result<T, WaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Wait<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("goal", &self.goal)
            .field("timeout", &self.timeout)
            .field("interval", &self.interval)
            .field("start_grace", &self.start_grace)
            .finish_non_exhaustive()
    }
}

/// The latest warnings about an instance, newest first; none when they cannot be read in a moment.
async fn warnings(client: &Client, dev_instance_id: &str) -> Vec<Event> {
    const SHOWN: usize = 3;
    let now = client.http.clock().now();
    let start = now - time::Duration::DAY;
    let list =
        client.list_dev_instance_events(dev_instance_id, start, now + time::Duration::MINUTE);
    let answer = list
        .event_type(EventType::Warning)
        .page_size(100)
        .with_timeout(Duration::from_secs(5))
        .with_retry(RetryPolicy::none())
        .await;
    let mut events = answer.map(|response| response.events).unwrap_or_default();
    events.retain(|event| event.r#type == Some(EventType::Warning));
    events.sort_by_key(|event| std::cmp::Reverse(seen_at(event)));
    events.truncate(SHOWN);
    events
}
