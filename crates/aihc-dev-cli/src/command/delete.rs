//! `delete`

use aihc_dev::Client;
use clap::Args;

use super::watch::{WaitOptions, Watch};
use super::{Ids, Resolved, batch, confirm, names, show};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::output::note;
use crate::terminal::one_line;

/// Delete instances, with their cloud disks and all data on them.
#[derive(Args)]
#[command(visible_alias = "rm")]
#[command(after_help = "\
Shows name and state of each and asks before. Without a terminal, and without --yes, it sends \
nothing and fails.

Examples:
  aihc-dev delete dv-f458ede5
  aihc-dev delete dv-f458ede5 dv-0a1b2c3d --yes --wait")]
pub(crate) struct Delete {
    #[command(flatten)]
    ids: Ids,
    /// Do not ask.
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
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        let (ids, exit) = match self.yes {
            true => (ids, Exit::Ok),
            false => agreed(&client, ids).await?,
        };
        if ids.is_empty() && exit != Exit::Ok {
            return Err(Failure::Told(exit));
        }
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
        match (done.await, exit) {
            (Ok(()), Exit::Ok) => Ok(()),
            (Ok(()), exit) => Err(Failure::Told(exit)),
            (Err(failure), exit) => Err(Failure::Told(failure.report().max(exit))),
        }
    }
}

/// The instances that exist, if somebody agrees; and how those are counted that do not.
async fn agreed(client: &Client, ids: Vec<Resolved>) -> Result<(Vec<Resolved>, Exit), Failure> {
    let mut found = Vec::new();
    let mut exit = Exit::Ok;
    for (one, result) in show::describe(client, ids).await {
        match result {
            Ok(detail) => {
                note(&format!("{}  {}", one_line(&one.id), detail.summary()));
                found.push(one);
            }
            Err(error) => exit = exit.max(Failure::Call(error).report_of(&one)),
        }
    }
    if !found.is_empty() {
        let question = match found.len() {
            1 => tr!("Delete it and its data for good?"),
            n => tr!("Delete these {count} and their data for good?", count = n),
        };
        confirm::agree(question, &tr!("no instance was deleted")).await?;
    }
    Ok((found, exit))
}
