//! The `delete` command: deletes instances.

use clap::Args;

use super::agreement::{Question, agreed, ended};
use super::watch::{WaitOptions, Watch};
use super::{Ids, batch, confirm, names};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;

/// Delete instances, with their cloud disks and all data on them.
#[derive(Args)]
#[command(visible_alias = "rm")]
#[command(after_help = "\
Shows name and state of each and asks first. Without a terminal and without --yes, it sends \
nothing and fails.

Examples:
  aihc-dev delete dv-f458ede5
  aihc-dev delete dv-f458ede5 dv-0a1b2c3d --yes --wait")]
pub(crate) struct Delete {
    #[command(flatten)]
    ids: Ids,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        names::must_not_ask(&self.ids.ids, self.yes)?;
        confirm::must_be_possible(self.yes, &tr!("delete these instances and their data"))?;
        let client = context.client()?;
        let question = Question {
            ask: |count| match count {
                1 => tr!("Delete it and its data permanently?"),
                _ => tr!(
                    "Delete these {count} and their data permanently?",
                    count = count
                ),
            },
            declined: tr!("no instance was deleted"),
        };
        let (ids, exit) = agreed(context, &client, self.ids.ids, self.yes, question).await?;
        let watch = Watch::new(context, &client, &self.wait.pace, ids.len());
        let pace = batch::pace(&ids);
        let done = batch::each(context, ids, async |id| {
            client.delete_dev_instance(&id).with_pace(&pace).await?;
            if self.wait.wait {
                watch.run(&id, client.wait_until_deleted(&id)).await?;
                return Ok("deleted".to_owned());
            }
            Ok("accepted".to_owned())
        });
        ended(done.await, exit)
    }
}
