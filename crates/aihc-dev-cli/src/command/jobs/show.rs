//! The `jobs show` command: describes training jobs.

use aihc::Client;
use aihc_dev::Pace;
use clap::Args;

use super::super::batch::{pace, some_at_a_time};
use super::super::live::WatchOptions;
use super::JobIds;
use super::find::Sought;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::JobDocument;
use crate::terminal::Look;

/// Show everything about training jobs except their secrets, with their pods.
#[derive(Args)]
#[command(visible_aliases = ["get", "describe"])]
#[command(after_help = "\
A job is searched in the lists of all pools, unless --pool and --queue are given. With json and \
yaml, one job is an object and several are a list; with jsonl each is a line.

Examples:
  aihc-dev jobs show job-0a1b2c3d
  aihc-dev jobs show job-0a1b2c3d --watch
  aihc-dev jobs show job-0a1b2c3d --pool cce-i8zab7dh --queue default --output yaml")]
pub(crate) struct Show {
    #[command(flatten)]
    jobs: JobIds,
    #[command(flatten)]
    watch: WatchOptions,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let sought = self.jobs.find(context, &client).await?;
        let text = |found: &[JobDocument], look: &Look| {
            let texts: Vec<_> = found.iter().map(|job| job.text(look)).collect();
            texts.join("\n")
        };
        if self.watch.watch {
            let read = async || {
                let mut found = Vec::new();
                for (Sought { one: asked, .. }, result) in describe(&client, sought.clone()).await {
                    found.push(result.map_err(|failure| failure.about(&asked))?);
                }
                Ok(found.into())
            };
            return self.watch.run(context, read, text).await;
        }
        let one = sought.len() == 1;
        let (mut found, mut exit) = (Vec::new(), Exit::Ok);
        for (Sought { one: asked, .. }, result) in describe(&client, sought).await {
            match result {
                Ok(job) => found.push(job),
                Err(failure) if one => return Err(failure.about(&asked)),
                Err(failure) => exit = exit.max(failure.report_of(&asked)),
            }
        }
        let text = |look: &_| text(&found, look);
        match one {
            true => context.output.one_or_more(&found, text)?,
            false => context.output.list(&found, text)?,
        }
        Failure::unless_ok(exit)
    }
}

/// Reads the descriptions of these jobs, several at the same time, and returns them in the same
/// order.
pub(super) async fn describe(
    client: &Client,
    sought: Vec<Sought>,
) -> Vec<(Sought, Result<JobDocument, Failure>)> {
    let pace = pace(&sought);
    let describe = some_at_a_time(sought, |sought| {
        let pace = &pace;
        async move {
            let described = describe_one(client, &sought, pace).await;
            (sought, described)
        }
    });
    describe.await
}

async fn describe_one(
    client: &Client,
    sought: &Sought,
    pace: &Option<Pace>,
) -> Result<JobDocument, Failure> {
    let place = sought.place()?;
    let call = client
        .describe_job(&place.pool, &place.queue, &sought.one.id)
        .need_detail(true)
        .with_pace(pace);
    Ok(JobDocument::from(call.await?).at(&place.pool, &place.queue))
}
