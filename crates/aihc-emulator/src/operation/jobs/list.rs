//! The operation that lists jobs, with its filters, order and pages.

use serde_json::{Value, json};

use super::{in_pool, in_queue, view};
use crate::error::ApiError;
use crate::operation::page::{Page, is_descending};
use crate::operation::{Call, Output, answer};
use crate::state::Job;

/// Handles DescribeJobs.
pub(in crate::operation) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let keyword = arguments.text("keyword");
    let in_named_queue = |job: &Job| {
        let mut named = ["queueID", "queue"]
            .iter()
            .filter_map(|name| arguments.filled(name));
        named.all(|queue| in_queue(call, job, queue))
    };
    let matches = |job: &&Job| {
        let searched = match arguments.text("keywordType") {
            "queueName" => &job.settings.queue,
            _ => &job.settings.name,
        };
        let status = arguments.filled("status");
        in_pool(job, arguments)
            && in_named_queue(job)
            && status.is_none_or(|status| status == job.status().as_str())
            && searched.contains(keyword)
    };
    let mut jobs: Vec<&Job> = call.state.jobs.iter().filter(matches).collect();
    if arguments.text("orderBy") == "finishedAt" {
        // Jobs that have not ended come after all that have.
        jobs.sort_by_key(|job| (job.finished_at.is_none(), job.finished_at));
    }
    if is_descending(arguments, true) {
        jobs.reverse();
    }
    let (found, total) = page.cut(jobs.into_iter());
    let found: Vec<Value> = found.into_iter().map(view::item).collect();
    Ok(answer::described(
        call,
        json!({"totalCount": total, "jobs": found}),
    ))
}
