//! The `jobs` command: lists, describes and stops training jobs, and prints their logs.

mod find;
mod list;
mod logs;
mod search;
mod show;
mod stop;

use std::collections::HashSet;

use clap::{Args, Subcommand};

use crate::client::Context;
use crate::exit::Failure;

/// Training jobs: list, describe and stop them, and read their logs.
#[derive(Args)]
#[command(after_help = "\
Without a command: same as `jobs list`.

Examples:
  aihc-dev jobs
  aihc-dev jobs list --pool cce-i8zab7dh --status running
  aihc-dev jobs logs job-0a1b2c3d --follow
  aihc-dev jobs stop job-0a1b2c3d")]
pub(crate) struct Jobs {
    #[command(subcommand)]
    command: Option<JobsCommand>,
}

#[derive(Subcommand)]
enum JobsCommand {
    List(list::List),
    Show(show::Show),
    Stop(stop::Stop),
    Logs(logs::Logs),
}

/// The jobs to which a command applies.
#[derive(Args)]
struct JobIds {
    /// Ids or names of the jobs; `-` reads them from standard input.
    #[arg(required = true, value_name = "ID|NAME")]
    ids: Vec<String>,
    #[command(flatten)]
    place: find::PlaceOptions,
}

impl JobIds {
    /// Resolves the arguments to jobs, without repetitions.
    async fn find(
        &self,
        context: &Context,
        client: &aihc::Client,
    ) -> Result<Vec<find::Sought>, Failure> {
        let mut sought = self.place.find(context, client, self.ids.clone()).await?;
        let mut seen = HashSet::new();
        sought.retain(|sought| seen.insert(sought.one.id.clone()));
        Ok(sought)
    }
}

impl Jobs {
    pub(crate) fn changes(&self) -> bool {
        matches!(self.command, Some(JobsCommand::Stop(_)))
    }

    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            None => list::List::default().run(context).await,
            Some(JobsCommand::List(command)) => command.run(context).await,
            Some(JobsCommand::Show(command)) => command.run(context).await,
            Some(JobsCommand::Stop(command)) => command.run(context).await,
            Some(JobsCommand::Logs(command)) => Box::pin(command.run(context)).await,
        }
    }
}
