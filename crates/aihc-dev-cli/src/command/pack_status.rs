//! The `pack-status` command: shows the progress of packing an instance as an image.

use aihc_dev::model::{ImagePackJobDetail, ImagePackJobStatus};
use clap::Args;

use super::live::{Found, WatchOptions};
use super::names;
use crate::client::Context;
use crate::exit::Failure;
use crate::output::{Cell, PackJob, Table, Tone};
use crate::terminal::Look;

/// Show the progress of packing an image.
#[derive(Args)]
#[command(after_help = "\
With --watch it ends as soon as the image is packed, or cannot be; the exit code is 0 in both cases.

Examples:
  aihc-dev pack-status dv-f458ede5 tk-0a1b2c3d
  aihc-dev pack-status dv-f458ede5 tk-0a1b2c3d --watch")]
pub(crate) struct PackStatus {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Id of the job, from pack-image.
    #[arg(value_name = "JOB")]
    job: String,
    #[command(flatten)]
    watch: WatchOptions,
}

impl PackStatus {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        let read = async || {
            let call = client.query_dev_instance_image_pack_job_detail(&one.id, &self.job);
            let answer = call.await;
            let answer = answer.map_err(|error| Failure::from(error).about(&one))?;
            Ok::<_, Failure>(answer.dev_instance_image_pack_job)
        };
        if !self.watch.watch {
            return print(context, &read().await?);
        }
        let look = async || {
            let job = read().await?;
            let is_over = |status: ImagePackJobStatus| status.is_completed() || status.is_failure();
            let over = job.status.is_some_and(is_over);
            Ok(Found {
                values: vec![PackJob(job)],
                doubt: None,
                over,
            })
        };
        let shown = |jobs: &[PackJob<ImagePackJobDetail>], look: &Look| {
            let texts = jobs.iter().map(|job| table(&job.0).render(look));
            texts.collect::<String>()
        };
        self.watch.run(context, look, shown).await
    }
}

/// Prints a job that packs an image.
pub(super) fn print(context: &Context, job: &ImagePackJobDetail) -> Result<(), Failure> {
    Ok(context.output.document(&PackJob(job), |_| table(job))?)
}

fn table(job: &ImagePackJobDetail) -> Table {
    let image = format!(
        "{}/{}/{}:{}",
        job.registry, job.namespace, job.image_name, job.image_tag
    );
    let time = |time: Option<aihc_dev::Timestamp>| time.map(|t| t.to_string()).unwrap_or_default();
    let mut table = Table::of_pairs();
    table
        .pair("Job", &job.id)
        .pair("Instance", &job.dev_instance_id)
        .pair("Image", image)
        .pair("State", job.status.map_or_else(|| Cell::from(""), state))
        .pair("Created", time(job.created_at))
        .pair("Updated", time(job.updated_at));
    table
}

fn state(status: ImagePackJobStatus) -> Cell {
    let tone = if status.is_completed() {
        Tone::Good
    } else if status.is_failure() {
        Tone::Bad
    } else {
        Tone::Busy
    };
    Cell::new(status.to_string(), tone)
}
