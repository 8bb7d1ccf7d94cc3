//! Reads the pools and queues that exist.

use aihc::pools::{ResourcePool, ResourcePoolType};
use aihc::queues::QueueItem;
use aihc::{Client, Error};

use super::batch::{pace, some_at_a_time};
use super::pools::PoolKind;
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::output::note_missing;

/// The page size with which the lists of pools and queues are read.
const PAGE: i64 = 100;
/// The maximum depth of nested queues.
const DEEPEST: usize = 32;

/// The id that stands for all managed pools in requests about jobs.
pub(super) const SERVERLESS: &str = "aihc-serverless";

/// The kinds of pools that are listed.
pub(super) struct Kinds(Vec<ResourcePoolType>);

impl Kinds {
    /// Returns only the given kind; for `None`, the two kinds `common` and `dedicatedV2`.
    pub(super) fn of(kind: Option<PoolKind>) -> Self {
        Self(match kind {
            Some(kind) => vec![kind.into()],
            None => vec![ResourcePoolType::Common, ResourcePoolType::DedicatedV2],
        })
    }

    /// Returns the kinds of the pools that the service manages.
    pub(super) fn managed() -> Self {
        Self::of(Some(PoolKind::DedicatedV2))
    }
}

/// Reads the pools of these kinds whose names contain `name`, or all of them if `name` is `None`.
/// If there are several kinds and the service refuses to list one of them, reports that, and
/// returns the pools of the other kinds and the exit code for the refusal. Fails on any other
/// error.
pub(super) async fn pools(
    client: &Client,
    Kinds(kinds): Kinds,
    name: Option<&str>,
) -> Result<(Vec<ResourcePool>, Exit), Failure> {
    let (mut found, mut exit) = (Vec::new(), Exit::Ok);
    let one = kinds.len() == 1;
    for kind in kinds {
        match pools_of_kind(client, &kind, name).await {
            Ok(pools) => found.extend(pools),
            Err(error) => {
                let failure = Failure::from(error);
                // The same failure would occur for the other kind as well.
                if one || failure.exit() != Exit::Refused {
                    return Err(failure);
                }
                let about = tr!("pools of type {kind}", kind = kind);
                exit = exit.max(failure.report_about(Some(&about)));
            }
        }
    }
    Ok((found, exit))
}

/// Reads the pools of a kind whose names contain `name`, or all of them if `name` is `None`.
pub(super) async fn pools_of_kind(
    client: &Client,
    kind: &ResourcePoolType,
    name: Option<&str>,
) -> Result<Vec<ResourcePool>, Error> {
    let mut list = client.describe_resource_pools(kind.clone()).page_size(PAGE);
    if let Some(name) = name {
        list = list.keyword_type("resourcePoolName").keyword(name);
    }
    let (mut items, mut pools) = (list.items(), Vec::new());
    items.collect_into(&mut pools).await?;
    note_missing(pools.len(), items.missing(), &tr!("pools"));
    for pool in &mut pools {
        pool.r#type.get_or_insert_with(|| kind.clone());
    }
    Ok(pools)
}

/// Reads the queues of all these pools, in the order of the pools.
pub(super) async fn queues_of(
    client: &Client,
    ids: Vec<String>,
) -> Vec<(String, Result<Vec<QueueItem>, Error>)> {
    let pace = pace(&ids);
    some_at_a_time(ids, |id| {
        let list = client.describe_queues(&id).page_size(PAGE).with_pace(&pace);
        async move {
            let (mut items, mut queues) = (list.items(), Vec::new());
            let read = items.collect_into(&mut queues).await;
            let read = read.map(|()| in_a_row(queues, &id));
            (id, read)
        }
    })
    .await
}

/// Reads the queues of one pool.
pub(super) async fn queues_of_pool(client: &Client, id: &str) -> Result<Vec<QueueItem>, Error> {
    let mut read = queues_of(client, vec![id.to_owned()]).await;
    read.pop().map_or(Ok(Vec::new()), |(_, queues)| queues)
}

/// Converts trees of queues to a flat list, in which the children of a queue follow it. Queues at a
/// depth of more than [`DEEPEST`] are omitted.
fn in_a_row(trees: Vec<QueueItem>, pool: &str) -> Vec<QueueItem> {
    let mut row = Vec::new();
    append(trees, pool, "", DEEPEST, &mut row);
    row
}

fn append(
    queues: Vec<QueueItem>,
    pool: &str,
    parent: &str,
    deepest: usize,
    row: &mut Vec<QueueItem>,
) {
    for mut queue in queues {
        let children = std::mem::take(&mut queue.children);
        if queue.resource_pool_id.is_empty() {
            pool.clone_into(&mut queue.resource_pool_id);
        }
        if queue.parent_queue.is_empty() {
            parent.clone_into(&mut queue.parent_queue);
        }
        let name = queue.queue_name.clone();
        row.push(queue);
        if deepest > 0 {
            append(children, pool, &name, deepest - 1, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn queues_inside_queues_follow_them_with_what_they_leave_unsaid() {
        let trees = json!([
            {"queueName": "a", "children": [
                {"queueName": "b", "children": [{"queueName": "c", "parentQueue": "b"}]},
            ]},
            {"queueName": "d", "resourcePoolId": "other"},
        ]);
        let row = in_a_row(serde_json::from_value(trees).unwrap(), "p");
        let row: Vec<_> = row
            .iter()
            .map(|it| [&it.queue_name, &it.parent_queue, &it.resource_pool_id].map(String::as_str))
            .collect();
        let expected = [
            ["a", "", "p"],
            ["b", "a", "p"],
            ["c", "b", "p"],
            ["d", "", "other"],
        ];
        assert_eq!(row, expected);
    }
}
