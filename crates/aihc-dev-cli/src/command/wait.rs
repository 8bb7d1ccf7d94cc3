//! The `wait` command: waits until instances are running, stopped or deleted.

use clap::{Args, ValueEnum};

use super::watch::{PollOptions, Watch};
use super::{Ids, batch, names};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::text;
use crate::terminal::stdout_reader;

/// Wait until instances are running, stopped or deleted.
#[derive(Args)]
#[command(after_help = "\
Gives up after --timeout, with the last state, its reason and the latest warnings. With jsonl it \
also ends when its output is no longer read, with exit code 1.

Examples:
  aihc-dev wait dv-f458ede5 --for running --timeout 10m
  aihc-dev wait dv-f458ede5 dv-0a1b2c3d --for stopped")]
pub(crate) struct Wait {
    #[command(flatten)]
    ids: Ids,
    /// The state to wait for.
    #[arg(long = "for", value_name = "STATE", default_value = "running")]
    goal: Goal,
    #[command(flatten)]
    pace: PollOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum Goal {
    Running,
    Stopped,
    Deleted,
}

impl Wait {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        let watch = Watch::new(context, &client, &self.pace, ids.len());
        let waits = batch::each(context, ids, async |id| {
            Ok(match self.goal {
                Goal::Running => {
                    watch.run(&id, client.wait_until_running(&id)).await?;
                    "running"
                }
                Goal::Stopped => {
                    watch.run(&id, client.wait_until_stopped(&id)).await?;
                    "stopped"
                }
                Goal::Deleted => {
                    watch.run(&id, client.wait_until_deleted(&id)).await?;
                    "deleted"
                }
            }
            .to_owned())
        });
        tokio::select! {
            result = waits => result,
            // In other formats, all results are printed at the end, and the exit code may be all
            // that matters.
            () = stdout_reader::gone(), if context.output.is_streaming() => Err(Failure::unfit(text!(
                "the results are no longer read; the state may still be reached"
            ))),
        }
    }
}
