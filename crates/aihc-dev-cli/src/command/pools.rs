//! The `pools` command: lists resource pools.

use aihc::pools::ResourcePoolType;
use clap::{Args, ValueEnum};

use super::places::{Kinds, pools};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::options::not_empty;
use crate::output::{gpus_of_pools, note, pool_table};

/// List resource pools: where instances, jobs and services run.
#[derive(Args)]
#[command(after_help = "\
All pools of the kinds common and dedicatedV2, unless --type selects one kind. For create, pass \
the id of a common pool as --pool; for a dedicatedV2 pool, which the service manages, pass --pool \
serverless and the id of a queue.

Examples:
  aihc-dev pools
  aihc-dev pools --output json | jq -r '.[].resourcePoolId'
  aihc-dev queues --pool cce-i8zab7dh      # the queues of one pool, with their free GPUs")]
pub(crate) struct Pools {
    /// Only pools of this kind.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<PoolKind>,
    /// Only those whose name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    name: Option<String>,
}

/// A kind of pool, as the API names it.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum PoolKind {
    #[value(name = "common")]
    Common,
    #[value(name = "dedicatedV2")]
    DedicatedV2,
    #[value(name = "bhcmp")]
    Bhcmp,
}

impl From<PoolKind> for ResourcePoolType {
    fn from(kind: PoolKind) -> Self {
        match kind {
            PoolKind::Common => Self::Common,
            PoolKind::DedicatedV2 => Self::DedicatedV2,
            PoolKind::Bhcmp => Self::Bhcmp,
        }
    }
}

impl Pools {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let kinds = Kinds::of(self.kind);
        let (found, exit) = pools(&client, kinds, self.name.as_deref()).await?;
        let gpus = match context.output.needs_table() {
            // The numbers are not part of the list of pools, and only tables show them.
            true if !found.is_empty() => gpus_of_pools(&client).await,
            _ => Ok(Default::default()),
        };
        let gpus = gpus.unwrap_or_else(|error| {
            note(&tr!(
                "cannot read the numbers of GPUs: {error}",
                error = error
            ));
            Default::default()
        });
        (context.output).list(&found, |_| pool_table(&found, &gpus))?;
        if found.is_empty() && exit == Exit::Ok {
            note(&tr!("no {what}", what = tr!("pools")));
        }
        Failure::unless_ok(exit)
    }
}
