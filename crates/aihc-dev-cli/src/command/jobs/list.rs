//! The `jobs list` command: lists training jobs.

use aihc::Client;
use aihc::jobs::{DescribeJobs, JobItem, JobKeywordType, JobStatus};
use aihc_dev::pager::Paged as _;
use clap::Args;
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use super::super::page::PageOptions;
use super::find::{PlaceOptions, Source};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::{text, tr};
use crate::options::not_empty;
use crate::output::{JobDocument, job_table, note, note_missing};

/// List training jobs.
#[derive(Args, Default)]
#[command(visible_alias = "ls")]
#[command(after_help = "\
Without --pool, the jobs of all pools: the newest of each, or all of them with --all-pages.

Examples:
  aihc-dev jobs list
  aihc-dev jobs list --pool cce-i8zab7dh --queue default --status running
  aihc-dev jobs list --all-pages --output jsonl | jq -r .jobId")]
pub(crate) struct List {
    #[command(flatten)]
    place: PlaceOptions,
    #[command(flatten)]
    page: PageOptions,
    /// Only those in this state, such as running.
    #[arg(long, value_name = "STATE", value_parser = status, add = ArgValueCandidates::new(states))]
    status: Option<JobStatus>,
    /// Only those whose name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    name: Option<String>,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.page.page > 1 && self.place.pool.is_none() {
            return Err(Failure::usage(text!(
                "--page requires --pool: each pool has its own pages"
            )));
        }
        let client = context.aihc_client()?;
        let (sources, mut exit) = self.place.sources(&client).await?;
        let one = sources.len() == 1;
        let mut found = Vec::new();
        for source in &sources {
            match self.read(context, &client, source, one, &mut found).await {
                Ok(()) => {}
                Err(failure) if one || failure.call().is_none() => return Err(failure),
                Err(failure) => exit = exit.max(failure.report_about(Some(&source.name()))),
            }
        }
        if !context.output.is_streaming() {
            (context.output).list(&found, |_| job_table(&found))?;
        }
        if found.is_empty() && !one && exit == Exit::Ok {
            note(&tr!("no {what}", what = tr!("jobs")));
        }
        Failure::unless_ok(exit)
    }

    /// Reads the jobs of one pool or queue, a single page or all, and appends them to `found`. If
    /// results are streamed, also prints them immediately. `one` is `true` if no other pool or
    /// queue is read.
    async fn read(
        &self,
        context: &Context,
        client: &Client,
        source: &Source,
        one: bool,
        found: &mut Vec<JobDocument>,
    ) -> Result<(), Failure> {
        let list = self.query(source.list(client));
        let mut take = |job: JobItem| {
            let place = source.place_of(&job);
            let job = JobDocument::from(job).at(&place.pool, &place.queue);
            if context.output.is_streaming() {
                context.output.entry(&job)?;
            }
            found.push(job);
            Ok::<(), Failure>(())
        };
        if self.page.all_pages {
            let (mut items, mut listed) = (list.items(), 0);
            while let Some(job) = items.try_next().await? {
                take(job)?;
                listed += 1;
            }
            if listed == 0 && one {
                note(&tr!("no {what}", what = tr!("jobs")));
            }
            note_missing(listed, items.missing(), &tr!("jobs"));
            return Ok(());
        }
        let page = list.page(self.page.page).await?;
        let shown = page.items.len();
        page.items.into_iter().try_for_each(&mut take)?;
        if one {
            self.page
                .note_rest(context, shown, page.total_count, &tr!("jobs"));
        } else if page.total_count > i64::try_from(shown).ok() {
            let (total, source) = (page.total_count.unwrap_or_default(), source.name());
            note(&tr!(
                "{source}: {shown} of {total}; --all-pages lists all",
                source = source,
                shown = shown,
                total = total
            ));
        }
        Ok(())
    }

    fn query(&self, list: DescribeJobs) -> DescribeJobs {
        let mut list = list.page_size(self.page.size());
        if let Some(status) = &self.status {
            list = list.status(status.clone());
        }
        match &self.name {
            Some(name) => list.keyword_type(JobKeywordType::Name).keyword(name),
            None => list,
        }
    }
}

const STATES: [JobStatus; 10] = [
    JobStatus::Created,
    JobStatus::Scheduled,
    JobStatus::Starting,
    JobStatus::Running,
    JobStatus::Stopping,
    JobStatus::Stopped,
    JobStatus::Failed,
    JobStatus::Succeeded,
    JobStatus::Abnormal,
    JobStatus::Restarting,
];

/// Parses the name of a state, ignoring case. An unknown name is accepted as it is.
fn status(text: &str) -> Result<JobStatus, String> {
    let text = not_empty(text)?;
    let known = STATES
        .into_iter()
        .find(|state| state.as_str().eq_ignore_ascii_case(&text));
    Ok(known.unwrap_or_else(|| JobStatus::from(text)))
}

/// Returns the states as candidates for completion.
fn states() -> Vec<CompletionCandidate> {
    let names = STATES.iter().map(|state| state.as_str().to_lowercase());
    names.map(CompletionCandidate::new).collect()
}
