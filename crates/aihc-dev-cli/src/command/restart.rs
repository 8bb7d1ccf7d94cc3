//! The `restart` command: stops instances and starts them again.

use aihc_dev::model::DevInstanceStatus;
use aihc_dev::{Client, WaitError};
use clap::Args;

use super::agreement::{Question, agreed, ended};
use super::watch::{PollOptions, Watch};
use super::{Ids, batch, confirm, names};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{Text, text, tr};
use crate::terminal::one_line;

/// Stop instances, start them again, and wait until they run.
#[derive(Args)]
#[command(after_help = "\
Processes in them end, and compute is released in between, so the start may queue. The cloud disk \
is kept. An instance that is already stopped is only started. --timeout limits the stop and the \
start separately.

Shows name and state of each and asks first. Without a terminal and without --yes, it sends \
nothing and fails. If the start fails after the stop, it tells that the instance is stopped.

Examples:
  aihc-dev restart dv-f458ede5
  aihc-dev restart dv-f458ede5 dv-0a1b2c3d --yes --timeout 20m")]
pub(crate) struct Restart {
    #[command(flatten)]
    ids: Ids,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    pace: PollOptions,
}

impl Restart {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        names::must_not_ask(&self.ids.ids, self.yes)?;
        confirm::must_be_possible(self.yes, &tr!("restart these instances"))?;
        let client = context.client()?;
        let question = Question {
            ask: |count| match count {
                1 => tr!("Restart it? Processes in it end."),
                _ => tr!(
                    "Restart these {count}? Processes in them end.",
                    count = count
                ),
            },
            declined: tr!("nothing was restarted"),
        };
        let (ids, exit) = agreed(context, &client, self.ids.ids, self.yes, question).await?;
        let watch = Watch::new(context, &client, &self.pace, ids.len());
        let pace = batch::pace(&ids);
        let one = Restarting {
            context,
            client: &client,
            watch: &watch,
        };
        let done = batch::each(context, ids, async |id| {
            let result = one.restart(&id, &pace).await;
            context.writes.leave(&id, None);
            result.map(|()| "running".to_owned())
        });
        ended(done.await, exit)
    }
}

struct Restarting<'a> {
    context: &'a Context,
    client: &'a Client,
    watch: &'a Watch<'a>,
}

impl Restarting<'_> {
    async fn restart(&self, id: &str, pace: &Option<aihc_dev::Pace>) -> Result<(), Failure> {
        let query = self.client.query_dev_instance_detail(id).with_pace(pace);
        let status = query.await?.dev_instance.status;
        let half = match status {
            Some(DevInstanceStatus::Stopped | DevInstanceStatus::Failed) => None,
            Some(DevInstanceStatus::Stopping) => {
                self.wait_for_stop(id, being_stopped(id)).await?;
                Some(stopped(id))
            }
            _ => {
                self.client.stop_dev_instance(id).with_pace(pace).await?;
                self.wait_for_stop(id, being_stopped(id)).await?;
                Some(stopped(id))
            }
        };
        let leaving = |failure: Failure| match &half {
            Some(half) => failure.leaving(half.clone()),
            None => failure,
        };
        self.context
            .writes
            .leave(id, half.as_ref().map(Text::to_string));
        let start = self.client.start_dev_instance(id).with_pace(pace).await;
        start.map_err(|error| leaving(error.into()))?;
        self.context.writes.leave(id, None);
        let running = self.watch.run(id, self.client.wait_until_running(id)).await;
        running.map(drop).map_err(Failure::from)
    }

    async fn wait_for_stop(&self, id: &str, half: Text) -> Result<(), Failure> {
        self.context.writes.leave(id, Some(half.to_string()));
        let stopped: Result<_, WaitError> =
            (self.watch.run(id, self.client.wait_until_stopped(id))).await;
        stopped
            .map(drop)
            .map_err(|error| Failure::from(error).leaving(half))
    }
}

fn being_stopped(id: &str) -> Text {
    text!(
        "{id} is being stopped and was not started again: continue with `aihc-dev restart {id}`, \
         or start it with `aihc-dev start {id}` once it is stopped",
        id = one_line(id)
    )
}

fn stopped(id: &str) -> Text {
    text!(
        "{id} is stopped, unless the start has succeeded: start it with `aihc-dev start {id}`",
        id = one_line(id)
    )
}
