//! Operations on the queues of resource pools.

mod view;

use serde_json::{Value, json};

use super::page::{Page, is_descending};
use super::{Call, Output, answer, pools};
use crate::error::ApiError;
use crate::state::{Pool, Queue};

/// Handles DescribeQueues. For a managed pool, returns the requested page of the list of its
/// queues. For a pool that users manage themselves, ignores the requested page: returns a list of
/// the matching queues if the request has a keyword, and the trees of all queues otherwise.
pub(super) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let pool = pools::find(call.state, arguments.text("resourcePoolId"))?;
    let keyword = arguments.text("keyword");
    let matches = |queue: &&Queue| match arguments.text("keywordType") {
        "queueId" => queue.id.contains(keyword),
        _ => queue.name.contains(keyword),
    };
    let is_tree = !pool.is_managed() && keyword.is_empty();
    let is_listed = |queue: &&Queue| !is_tree || queue.parent.is_none();
    let mut queues: Vec<&Queue> = pool
        .queues
        .iter()
        .filter(matches)
        .filter(is_listed)
        .collect();
    if arguments.text("orderBy") == "queueName" {
        queues.sort_by_key(|queue| &queue.name);
    }
    if is_descending(arguments, false) {
        queues.reverse();
    }
    let total = queues.len();
    let found = match pool.is_managed() {
        true => page.cut(queues.into_iter()).0,
        false => queues,
    };
    let found = found
        .into_iter()
        .map(|queue| view::queue(call.state, pool, queue, is_tree));
    let found: Vec<Value> = found.collect();
    Ok(answer::described(
        call,
        json!({
            "pageNumber": page.number(), "pageSize": page.size(), "keyword": keyword,
            "keywordType": arguments.text("keywordType"), "totalCount": total, "queues": found,
        }),
    ))
}

/// Handles DescribeQueue, which includes the queues inside the queue.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.arguments.text("queueId");
    let all = call.state.pools.iter().flat_map(with_queues);
    let found = all.into_iter().find(|(_, queue)| queue.id == id);
    let unknown = || ApiError::not_found(format!("queue {id} does not exist"));
    let (pool, queue) = found.ok_or_else(unknown)?;
    Ok(answer::described(
        call,
        view::queue(call.state, pool, queue, true),
    ))
}

fn with_queues(pool: &Pool) -> impl Iterator<Item = (&Pool, &Queue)> {
    pool.queues.iter().map(move |queue| (pool, queue))
}
