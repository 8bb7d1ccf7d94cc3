//! The `profiles` command: lists, selects and removes profiles in `~/.bce/config.json`.

mod edit;
mod list;

use clap::{Args, Subcommand};

use crate::client::Context;
use crate::exit::Failure;

/// List the profiles of ~/.bce/config.json; use another one, or remove one.
#[derive(Args)]
#[command(after_help = "\
The file belongs to the official tool. `aihc-dev configure` creates and changes profiles.

The key that signs is that of --profile; or else the one in the environment, without a profile; \
or else that of BCE_PROFILE; or else the current one. The `bce` tool prefers the profile to the \
environment.

Examples:
  aihc-dev profiles
  aihc-dev profiles use work
  aihc-dev profiles --output json | jq -r '.[] | select(.inUse).accessKeyId'")]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Profiles {
    #[command(subcommand)]
    command: Option<Subcommands>,
}

#[derive(Subcommand)]
enum Subcommands {
    #[command(alias = "ls")]
    List(list::List),
    Use(edit::Use),
    #[command(aliases = ["rm", "delete"])]
    Remove(edit::Remove),
}

impl Profiles {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            None => list::List {}.run(context),
            Some(Subcommands::List(command)) => command.run(context),
            Some(Subcommands::Use(command)) => command.run(),
            Some(Subcommands::Remove(command)) => command.run().await,
        }
    }
}
