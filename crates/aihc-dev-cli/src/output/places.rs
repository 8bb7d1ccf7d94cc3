//! Pools and queues as rows of tables.

use std::collections::BTreeMap;

use aihc::pools::{ResourcePool, ResourcePoolPhase};
use aihc::queues::QueueItem;
use time::OffsetDateTime;

use super::gpus::{PoolGpus, gpus_of_queue, number};
use super::table::{Cell, Column, Table, Tone};
use super::time::ago_text;

/// Returns a table with a row for each pool. `gpus` contains the numbers of GPUs that are known.
pub(crate) fn pool_table(pools: &[ResourcePool], gpus: &BTreeMap<String, PoolGpus>) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::of(
        [
            Column::new("ID", "resourcePoolId"),
            Column::new("NAME", "name").folds(),
            Column::new("TYPE", "type").rank(3),
            Column::new("STATE", "phase"),
            Column::new("NODES", "nodeNum").rank(4),
            Column::new("FREE GPUS", "freeGpus").rank(1).folds(),
            Column::new("ALL GPUS", "allGpus").rank(2).folds(),
            Column::since("AGE", "createdAt").rank(5),
            Column::new("REGION", "region").wide(),
            Column::new("DESCRIPTION", "description").wide().folds(),
        ],
        &[
            "createdBy",
            "updatedAt",
            "k8sVersion",
            "runtimeType",
            "runtimeVersion",
        ],
    );
    for pool in pools {
        let (free, total) = gpus
            .get(&pool.resource_pool_id)
            .copied()
            .unwrap_or_default();
        let kind = pool.r#type.as_ref().map(|kind| kind.as_str());
        table.row([
            (&pool.resource_pool_id).into(),
            (&pool.name).into(),
            kind.unwrap_or_default().into(),
            phase(pool.phase.as_ref()),
            count(pool.node_num).into(),
            number(free).into(),
            number(total).into(),
            ago_text(&pool.created_at, now).into(),
            (&pool.region).into(),
            (&pool.description).into(),
        ]);
    }
    table
}

fn phase(phase: Option<&ResourcePoolPhase>) -> Cell {
    let Some(phase) = phase else {
        return Cell::from("");
    };
    let tone = match phase {
        ResourcePoolPhase::Running => Tone::Good,
        ResourcePoolPhase::CreateFailed | ResourcePoolPhase::DeleteFailed => Tone::Bad,
        ResourcePoolPhase::Creating | ResourcePoolPhase::Deleting | ResourcePoolPhase::Scaling => {
            Tone::Busy
        }
        _ => Tone::Plain,
    };
    Cell::new(phase.as_str(), tone)
}

/// Returns a table with a row for each queue and kind of GPU.
pub(crate) fn queue_table(queues: &[QueueItem]) -> Table {
    let mut table = Table::of(
        [
            Column::new("POOL", "resourcePoolId"),
            Column::new("QUEUE", "queueName"),
            Column::new("ID", "queueId"),
            Column::new("TYPE", "queueType").rank(6),
            Column::new("STATE", "state").rank(2).for_people(),
            Column::new("FREE GPUS", "freeGpus").folds(),
            Column::new("ALL GPUS", "allGpus").rank(5).folds(),
            Column::new("ACCELERATOR", "accelerator").rank(1),
            Column::new("RUNNING", "runningJobs").rank(4),
            Column::new("PENDING", "pendingJobs").rank(3),
            Column::new("PARENT", "parentQueue").wide(),
            Column::new("DESCRIPTION", "description").wide().folds(),
        ],
        &[
            "opened",
            "inqueueJobs",
            "createdAt",
            "updatedAt",
            "reclaimable",
            "preemptable",
        ],
    );
    for (of, queue) in queues.iter().enumerate() {
        let mut kinds = gpus_of_queue(queue);
        if kinds.is_empty() {
            kinds.push(Default::default());
        }
        for kind in kinds {
            let (word, tone) = match queue.opened {
                Some(true) => ("open", Tone::Good),
                Some(false) => ("closed", Tone::Bad),
                None => ("", Tone::Plain),
            };
            table.row_of(
                of,
                [
                    (&queue.resource_pool_id).into(),
                    (&queue.queue_name).into(),
                    (&queue.queue_id).into(),
                    queue
                        .queue_type
                        .as_ref()
                        .map_or("", |it| it.as_str())
                        .into(),
                    Cell::new(word, tone),
                    number(kind.free).into(),
                    number(kind.total).into(),
                    kind.accelerator.into(),
                    count(queue.running_jobs).into(),
                    count(queue.pending_jobs).into(),
                    (&queue.parent_queue).into(),
                    (&queue.description).into(),
                ],
            );
        }
    }
    table
}

pub(super) fn count(count: Option<i64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}
