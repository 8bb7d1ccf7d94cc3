//! The `start` command: starts stopped or failed instances.

use clap::Args;

use super::watch::{WaitOptions, Watch};
use super::{Ids, batch, names};
use crate::client::Context;
use crate::exit::Failure;

/// Start stopped or failed instances.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev start dv-f458ede5 --wait
  aihc-dev start dv-f458ede5 dv-0a1b2c3d")]
pub(crate) struct Start {
    #[command(flatten)]
    ids: Ids,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Start {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        let watch = Watch::new(context, &client, &self.wait.pace, ids.len());
        let pace = batch::pace(&ids);
        batch::each(context, ids, async |id| {
            client.start_dev_instance(&id).with_pace(&pace).await?;
            if self.wait.wait {
                watch.run(&id, client.wait_until_running(&id)).await?;
                return Ok("running".to_owned());
            }
            Ok("accepted".to_owned())
        })
        .await
    }
}
