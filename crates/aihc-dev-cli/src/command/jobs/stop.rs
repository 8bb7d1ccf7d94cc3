//! `jobs stop`

use std::collections::BTreeMap;

use aihc::wait::Progress;
use clap::Args;

use super::super::batch::{self, unique};
use super::super::confirm;
use super::super::watch::WaitOptions;
use super::JobIds;
use super::find::{JobPlace, unknown};
use super::show::describe;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::output::note;
use crate::terminal::one_line;

/// Stop training jobs.
#[derive(Args)]
#[command(after_help = "\
Shows name and state of each and asks before. Without a terminal, and without --yes, it sends \
nothing and fails. A job is looked for in the lists of all pools, unless --pool and --queue say \
where it is.

Examples:
  aihc-dev jobs stop job-0a1b2c3d
  aihc-dev jobs stop job-0a1b2c3d job-4e5f6a7b --yes --wait
  aihc-dev jobs stop job-0a1b2c3d --dry-run")]
pub(crate) struct Stop {
    #[command(flatten)]
    jobs: JobIds,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Show the requests, and stop nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Stop {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let ids = unique(self.jobs.ids.clone());
        if self.dry_run {
            return self.show_requests(context, &ids).await;
        }
        confirm::must_be_possible(self.yes, &tr!("stop these jobs"))?;
        let client = context.aihc_client()?;
        let (ids, exit) = match self.yes {
            true => (ids, Exit::Ok),
            false => self.agreed(&client, ids).await?,
        };
        if ids.is_empty() {
            return Failure::unless_ok(exit);
        }
        let places = self.jobs.place.find(&client, &ids).await?;
        let pace = batch::pace(&ids);
        let done = batch::each(context, ids, async |id| {
            let JobPlace { pool, queue } = place_of(&places, &id)?;
            let stop = client.stop_job(&pool, &queue, &id).with_pace(&pace);
            stop.await?;
            if !self.wait.wait {
                return Ok("accepted".to_owned());
            }
            let wait = client.wait_until_job_stopped(pool, queue, &id);
            let mut wait = wait.timeout(context.wait_limit());
            if let Some(interval) = self.wait.pace.interval {
                wait = wait.poll_interval(interval);
            }
            let shown = one_line(&id);
            let tell = |progress: &Progress| note(&format!("{shown}: {}", progress.state));
            wait.on_progress(tell).await?;
            Ok("stopped".to_owned())
        });
        done.await.and(Failure::unless_ok(exit))
    }

    async fn show_requests(&self, context: &Context, ids: &[String]) -> Result<(), Failure> {
        let (client, held) = context.dry_run_client::<aihc::Client>()?;
        let places = self.jobs.place.find(&client, ids).await?;
        for id in ids {
            let JobPlace { pool, queue } = place_of(&places, id)?;
            client.stop_job(pool, queue, id).await?;
        }
        held.print(&context.output)
    }

    /// The jobs that exist, if somebody agrees; and how those are counted that do not.
    async fn agreed(
        &self,
        client: &aihc::Client,
        ids: Vec<String>,
    ) -> Result<(Vec<String>, Exit), Failure> {
        let (mut found, mut exit) = (Vec::new(), Exit::Ok);
        for (id, result) in describe(client, &self.jobs.place, ids).await? {
            match result {
                Ok(job) => {
                    note(&format!("{id}  {}", job.summary()));
                    found.push(id);
                }
                Err(failure) => exit = exit.max(failure.report_about(Some(&id))),
            }
        }
        if !found.is_empty() {
            let question = match found.len() {
                1 => tr!("Stop it?"),
                n => tr!("Stop these {count}?", count = n),
            };
            if !confirm::ask(question).await? {
                note(&tr!("nothing was stopped"));
                found.clear();
            }
        }
        Ok((found, exit))
    }
}

fn place_of(places: &BTreeMap<String, JobPlace>, id: &str) -> Result<JobPlace, Failure> {
    places.get(id).cloned().ok_or_else(|| unknown(id))
}
