//! The `queues` command: lists the queues of resource pools.

use clap::Args;

use super::batch::unique;
use super::places::{Kinds, SERVERLESS, pools, queues_of};
use super::pools::PoolKind;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::options::not_empty;
use crate::output::{note, queue_table};

/// List queues, with their free and total GPUs.
#[derive(Args)]
#[command(after_help = "\
The queues of all pools, unless --pool selects some. For create, pass the QUEUE, or in a managed \
pool (dedicatedV2) its ID with serverless as the pool, and the ACCELERATOR as the kind of GPU. A \
queue with several kinds of GPUs has a row for each.

Nested queues follow their parent, in every format, with its name as parentQueue.

Examples:
  aihc-dev queues
  aihc-dev queues --pool cce-i8zab7dh
  aihc-dev queues --output json | jq -r '.[] | select(.opened) | .queueName'")]
pub(crate) struct Queues {
    /// Only those of this pool; `serverless` for all managed ones; may be repeated.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    pool: Vec<String>,
    /// Only those of pools of this kind.
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "pool")]
    kind: Option<PoolKind>,
    /// Only those whose name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    name: Option<String>,
}

impl Queues {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let one = self.pool.len() == 1;
        // The id that stands for all managed pools is not that of a pool with queues.
        let is_managed = |id: &String| id == "serverless" || id == SERVERLESS;
        let kinds = match self.pool.iter().any(is_managed) {
            true => Some(Kinds::managed()),
            false => (self.pool.is_empty()).then(|| Kinds::of(self.kind)),
        };
        let mut ids = self.pool;
        ids.retain(|id| !is_managed(id));
        let mut exit = Exit::Ok;
        if let Some(kinds) = kinds {
            let (found, of_pools) = pools(&client, kinds, None).await?;
            ids.extend(found.into_iter().map(|pool| pool.resource_pool_id));
            exit = of_pools;
        }
        let ids = unique(ids);
        let one = one && ids.len() == 1;
        let mut found = Vec::new();
        for (id, result) in queues_of(&client, ids).await {
            match result {
                Ok(queues) => found.extend(queues),
                Err(error) if one => return Err(error.into()),
                Err(error) => exit = exit.max(Failure::from(error).report_about(Some(&id))),
            }
        }
        if let Some(name) = &self.name {
            found.retain(|queue| queue.queue_name.contains(name));
        }
        (context.output).list(&found, |_| queue_table(&found))?;
        if found.is_empty() && exit == Exit::Ok {
            note(&tr!("no {what}", what = tr!("queues")));
        }
        Failure::unless_ok(exit)
    }
}
