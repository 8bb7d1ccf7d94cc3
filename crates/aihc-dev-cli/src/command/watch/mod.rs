//! Waits until instances reach a state, and shows the progress.

mod display;

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aihc_dev::wait::Wait;
use aihc_dev::{Client, RetryPolicy, WaitError};
use clap::Args;
use time::OffsetDateTime;

use self::display::WaitDisplay;
use crate::client::Context;
use crate::options::duration;
use crate::terminal::one_line;

/// The interval at which the latest event of an instance is read while a command waits, unless a
/// shorter polling interval was requested.
const EVENT_INTERVAL: Duration = Duration::from_secs(5);
/// The interval at which the line with the progress is redrawn.
const FRAME: Duration = Duration::from_secs(1);

/// The options of commands that can wait.
#[derive(Args)]
pub(crate) struct WaitOptions {
    /// Wait until it is done, and show the progress on standard error.
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) pace: PollOptions,
}

/// The option for the polling interval.
#[derive(Args)]
pub(crate) struct PollOptions {
    /// Pause between polls while waiting [default: 3s, growing to 15s].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) interval: Option<Duration>,
}

/// Waits for states of instances, and shows the progress of all waits of one command.
pub(crate) struct Watch<'a> {
    context: &'a Context,
    client: &'a Client,
    interval: Option<Duration>,
    display: Mutex<WaitDisplay>,
}

impl<'a> Watch<'a> {
    /// Prepares to show the progress of this number of simultaneous waits. If there is only one and
    /// standard error is a terminal, the progress is shown on a line that is rewritten.
    pub(crate) fn new(
        context: &'a Context,
        client: &'a Client,
        pace: &PollOptions,
        waits: usize,
    ) -> Self {
        let live = context.output.look().live && waits == 1;
        Self {
            context,
            client,
            interval: pace.interval,
            display: Mutex::new(WaitDisplay::new(live)),
        }
    }

    /// Awaits `wait`, and shows its progress. `id` is the id of the instance.
    pub(crate) async fn run<T: Send>(
        &self,
        id: &str,
        wait: Wait<'static, T>,
    ) -> Result<T, WaitError> {
        let mut wait = wait.timeout(self.context.wait_limit());
        if let Some(interval) = self.interval {
            wait = wait.poll_interval(interval);
        }
        let wait = wait.on_progress(|progress| self.display().state(id, progress));
        let result = tokio::select! {
            result = wait.into_future() => result,
            never = self.follow_events(id) => match never {},
            never = self.draw() => match never {},
        };
        self.display().clear();
        result
    }

    async fn follow_events(&self, id: &str) -> Infallible {
        let pause = self.interval.unwrap_or(EVENT_INTERVAL).min(EVENT_INTERVAL);
        loop {
            if let Some(event) = self.latest_event(id).await {
                self.display().event(id, event);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Returns the latest event of the last hour; `None` if there is none, or if events cannot be
    /// read.
    async fn latest_event(&self, id: &str) -> Option<String> {
        let now = OffsetDateTime::now_utc();
        let list = self.client.list_dev_instance_events(
            id,
            now - time::Duration::HOUR,
            now + time::Duration::MINUTE,
        );
        let list = list.page_size(20).with_retry(RetryPolicy::none());
        let events = list.await.ok()?.events;
        // The service lists the newest event first, also among events of the same second.
        let latest = events
            .into_iter()
            .rev()
            .max_by_key(|event| event.last_timestamp.and_then(|time| time.to_date_time()))?;
        Some(format!(
            "{}: {}",
            one_line(&latest.reason),
            one_line(&latest.message)
        ))
    }

    async fn draw(&self) -> Infallible {
        loop {
            self.display().draw();
            tokio::time::sleep(FRAME).await;
        }
    }

    fn display(&self) -> MutexGuard<'_, WaitDisplay> {
        self.display.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
