//! The `stop` command: stops instances.

use aihc_dev::Client;
use aihc_dev::model::DevInstanceBrief;
use clap::Args;

use super::watch::{WaitOptions, Watch};
use super::{Resolved, batch, confirm, names};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::output::{instances, note, note_missing};
use crate::terminal::Look;

/// Stop instances: compute is released, the cloud disk is kept.
#[derive(Args)]
#[command(after_help = "\
With --mine: all of your own that are not stopped yet; asks first, or takes --yes.

Examples:
  aihc-dev stop dv-f458ede5 --wait
  aihc-dev stop --mine --yes")]
pub(crate) struct Stop {
    /// Ids or names of the instances; `-` reads them from standard input.
    #[arg(value_name = "ID|NAME", required_unless_present = "mine")]
    ids: Vec<String>,
    /// All of your own instances that can be stopped.
    #[arg(long, conflicts_with = "ids")]
    mine: bool,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Stop {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let Chosen { ids, whole } = self.choose(context, &client).await?;
        let watch = Watch::new(context, &client, &self.wait.pace, ids.len());
        let pace = batch::pace(&ids);
        batch::each(context, ids, async |id| {
            client.stop_dev_instance(&id).with_pace(&pace).await?;
            if self.wait.wait {
                watch.run(&id, client.wait_until_stopped(&id)).await?;
                return Ok("stopped".to_owned());
            }
            Ok("accepted".to_owned())
        })
        .await?;
        match whole {
            true => Ok(()),
            // The failure has been reported; instances that are not in the list may still be
            // running.
            false => Err(Failure::Told(Exit::Refused)),
        }
    }

    /// Determines the instances to stop, and asks the user if necessary.
    async fn choose(&self, context: &Context, client: &Client) -> Result<Chosen, Failure> {
        if !self.mine {
            let ids = self.ids.clone();
            return Ok(Chosen {
                ids: names::resolve(context, client, ids).await?,
                whole: true,
            });
        }
        confirm::must_be_possible(self.yes, &tr!("stop all of these"))?;
        let (mine, missing) = running(client).await?;
        if mine.is_empty() {
            note(&match missing {
                None => tr!("nothing to stop"),
                Some(_) => tr!("nothing to stop among the listed instances"),
            });
        } else if !self.yes {
            // `note` would show the escape sequences of colours as text.
            let plain = Look {
                colour: false,
                ..*context.output.look()
            };
            note(instances(&mine).render(&plain).trim_end());
            let question = match mine.len() {
                1 => tr!("Stop this instance?"),
                n => tr!("Stop these {count} instances?", count = n),
            };
            confirm::agree(question, &tr!("no instance was stopped")).await?;
        }
        let ids = mine.into_iter().map(|instance| instance.id.into());
        Ok(Chosen {
            ids: ids.collect(),
            whole: missing.is_none(),
        })
    }
}

/// The instances to stop.
struct Chosen {
    ids: Vec<Resolved>,
    /// `false` if instances may be missing in `ids`, because the service has not listed all of the
    /// caller's instances.
    whole: bool,
}

/// Returns the caller's own instances that can be stopped and are not already being stopped. Also
/// returns the number of instances that the service has counted but not listed; `None` if it has
/// listed all.
async fn running(client: &Client) -> Result<(Vec<DevInstanceBrief>, Option<u64>), Failure> {
    let list = client
        .list_dev_instances()
        .only_my_devs(true)
        .page_size(100);
    let (mut items, mut mine) = (list.items(), Vec::new());
    items.collect_into(&mut mine).await?;
    let missing = items.missing();
    note_missing(mine.len(), missing, &tr!("instances"));
    // An instance that is already being stopped need not be stopped again.
    let worth_it = |instance: &DevInstanceBrief| {
        instance.status.is_some_and(|status| {
            status.can_stop() && status != aihc_dev::model::DevInstanceStatus::Stopping
        })
    };
    mine.retain(worth_it);
    Ok((mine, missing))
}
