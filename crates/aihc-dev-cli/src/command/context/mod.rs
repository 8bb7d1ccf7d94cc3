//! The `context` command: manages contexts, sets of defaults that are saved under a name.

mod edit;
mod show;

use clap::{Args, Subcommand};

use crate::client::Context;
use crate::exit::Failure;

/// Save pool, queue, owner and address under a name, as defaults for create and other commands.
#[derive(Args)]
#[command(after_help = "\
A context is for one region, and for one profile if it was created with --profile: in another \
one, commands that would use it refuse to run. Options, files and variables take precedence over \
a context. The file is contexts.json in $XDG_CONFIG_HOME/aihc-dev or ~/.config/aihc-dev \
(%APPDATA%\\aihc-dev on Windows), or the one in AIHC_CONTEXTS_FILE.

Examples:
  aihc-dev context set train --pool cce-i8zab7dh --queue default --creator me --creator-id u-1
  aihc-dev context use train
  aihc-dev create --name first --cpus 4 --memory 8 --image registry.example.com/team/image:v1 \\
      --disk 100
  aihc-dev create --context train --file instance.yaml
  aihc-dev context")]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ContextCommand {
    #[command(subcommand)]
    command: Option<Subcommands>,
}

#[derive(Subcommand)]
enum Subcommands {
    #[command(alias = "ls")]
    List(show::List),
    #[command(aliases = ["get", "describe"])]
    Show(show::Show),
    Set(edit::Set),
    Use(edit::Use),
    #[command(aliases = ["rm", "delete"])]
    Remove(edit::Remove),
}

impl ContextCommand {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            None => show::List {}.run(context),
            Some(Subcommands::List(command)) => command.run(context),
            Some(Subcommands::Show(command)) => command.run(context),
            Some(Subcommands::Set(command)) => command.run(context),
            Some(Subcommands::Use(command)) => command.run(),
            Some(Subcommands::Remove(command)) => command.run(),
        }
    }
}
