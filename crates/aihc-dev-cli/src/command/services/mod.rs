//! The `services` command: lists and describes inference services.

mod list;
mod show;

use clap::{Args, Subcommand};

use crate::client::Context;
use crate::exit::Failure;

/// Inference services: list and describe them.
#[derive(Args)]
#[command(after_help = "\
Without a command: same as `services list`.

Examples:
  aihc-dev services
  aihc-dev services list --all-pages
  aihc-dev services show s-0a1b2c3d")]
pub(crate) struct Services {
    #[command(subcommand)]
    command: Option<ServicesCommand>,
}

#[derive(Subcommand)]
enum ServicesCommand {
    List(list::List),
    Show(show::Show),
}

impl Services {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            None => list::List::default().run(context).await,
            Some(ServicesCommand::List(command)) => command.run(context).await,
            Some(ServicesCommand::Show(command)) => command.run(context).await,
        }
    }
}
