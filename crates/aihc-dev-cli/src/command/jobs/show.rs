//! `jobs show`

use aihc::Client;
use clap::Args;

use super::super::batch::{pace, some_at_a_time, unique};
use super::JobIds;
use super::find::{PlaceOptions, unknown};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::JobDocument;

/// Show everything about training jobs but their secrets, with their pods.
#[derive(Args)]
#[command(after_help = "\
A job is looked for in the lists of all pools, unless --pool and --queue say where it is. With \
json and yaml, one job is one object, and several are a list; with jsonl each is a line.

Examples:
  aihc-dev jobs show job-0a1b2c3d
  aihc-dev jobs show job-0a1b2c3d --pool cce-i8zab7dh --queue default --output yaml")]
pub(crate) struct Show {
    #[command(flatten)]
    jobs: JobIds,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let ids = unique(self.jobs.ids);
        let one = ids.len() == 1;
        let (mut found, mut exit) = (Vec::new(), Exit::Ok);
        for (id, result) in describe(&client, &self.jobs.place, ids).await? {
            match result {
                Ok(job) => found.push(job),
                Err(failure) if one => return Err(failure),
                Err(failure) => exit = exit.max(failure.report_about(Some(&id))),
            }
        }
        let text = |look: &_| {
            let texts: Vec<_> = found.iter().map(|job| job.text(look)).collect();
            texts.join("\n")
        };
        match one {
            true => context.output.one_or_more(&found, text)?,
            false => context.output.list(&found, text)?,
        }
        Failure::unless_ok(exit)
    }
}

/// The descriptions, some at a time, in the order of the ids.
pub(super) async fn describe(
    client: &Client,
    place: &PlaceOptions,
    ids: Vec<String>,
) -> Result<Vec<(String, Result<JobDocument, Failure>)>, Failure> {
    let places = place.find(client, &ids).await?;
    let pace = pace(&ids);
    let describe = some_at_a_time(ids, |id| {
        let place = places.get(&id).cloned();
        let pace = &pace;
        async move {
            let Some(place) = place else {
                let failure = unknown(&id);
                return (id, Err(failure));
            };
            let call = client
                .describe_job(&place.pool, &place.queue, &id)
                .need_detail(true)
                .with_pace(pace);
            let job = call.await.map_err(Failure::from);
            let job = job.map(|job| JobDocument::from(job).at(&place.pool, &place.queue));
            (id, job)
        }
    });
    Ok(describe.await)
}
