//! The `jobs stop` command: stops training jobs.

use std::collections::BTreeMap;

use aihc::wait::Progress;
use clap::Args;

use super::super::watch::WaitOptions;
use super::super::{Resolved, agreement, batch, confirm, names};
use super::JobIds;
use super::find::{JobPlace, Sought};
use super::show::describe;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::{text, tr};
use crate::output::note;
use crate::terminal::one_line;

/// Stop training jobs.
#[derive(Args)]
#[command(after_help = "\
Shows name and state of each and asks first. Without a terminal and without --yes, it sends \
nothing and fails. A job is searched in the lists of all pools, unless --pool and --queue are \
given.

Examples:
  aihc-dev jobs stop job-0a1b2c3d
  aihc-dev jobs stop job-0a1b2c3d job-4e5f6a7b --yes --wait
  aihc-dev jobs stop job-0a1b2c3d --dry-run")]
pub(crate) struct Stop {
    #[command(flatten)]
    jobs: JobIds,
    /// Do not ask for confirmation.
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
        if self.dry_run {
            return self.show_requests(context).await;
        }
        names::must_not_ask(&self.jobs.ids, self.yes)?;
        confirm::must_be_possible(self.yes, &tr!("stop these jobs"))?;
        let client = context.aihc_client()?;
        let sought = self.jobs.find(context, &client).await?;
        let (sought, exit) = match self.yes {
            true => (sought, Exit::Ok),
            false => agreed(&client, sought).await?,
        };
        if sought.is_empty() && exit != Exit::Ok {
            return Failure::unless_ok(exit);
        }
        let pace = batch::pace(&sought);
        let jobs: Vec<Resolved> = sought.iter().map(|sought| sought.one.clone()).collect();
        let places: BTreeMap<_, _> = sought.iter().map(|job| (&job.one.id, job)).collect();
        let done = batch::each(context, jobs, async |id| {
            let Some(sought) = places.get(&id) else {
                return Err(Failure::unfit(text!("the job is unknown")));
            };
            let JobPlace { pool, queue } = sought.place()?;
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
        agreement::ended(done.await, exit)
    }

    async fn show_requests(&self, context: &Context) -> Result<(), Failure> {
        let (client, held) = context.dry_run_client::<aihc::Client>()?;
        for sought in self.jobs.find(context, &client).await? {
            let JobPlace { pool, queue } = sought.place()?;
            client.stop_job(pool, queue, &sought.one.id).await?;
        }
        held.print(&context.output)
    }
}

/// Shows the jobs that can be read, and reports the errors of the others. If any were shown, asks
/// for confirmation, and fails if the user does not agree. Returns the jobs that were shown, and
/// the exit code for the others.
async fn agreed(
    client: &aihc::Client,
    sought: Vec<Sought>,
) -> Result<(Vec<Sought>, Exit), Failure> {
    let (mut found, mut exit) = (Vec::new(), Exit::Ok);
    for (sought, result) in describe(client, sought).await {
        match result {
            Ok(job) => {
                note(&format!("{}  {}", one_line(&sought.one.id), job.summary()));
                found.push(sought);
            }
            Err(failure) => exit = exit.max(failure.report_of(&sought.one)),
        }
    }
    if !found.is_empty() {
        let question = match found.len() {
            1 => tr!("Stop this job?"),
            n => tr!("Stop these {count} jobs?", count = n),
        };
        confirm::agree(question, &tr!("no job was stopped")).await?;
    }
    Ok((found, exit))
}
