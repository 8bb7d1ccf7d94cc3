//! Pools and queues in tables.

use std::collections::BTreeMap;

use aihc::pools::{ResourcePool, ResourcePoolPhase};
use aihc::queues::QueueItem;
use time::OffsetDateTime;

use super::gpus::{PoolGpus, gpus_of_queue, number};
use super::table::{Cell, Table, Tone};
use super::time::ago_text;

/// A row for each pool; with the numbers of GPUs, as far as they are known.
pub(crate) fn pool_table(pools: &[ResourcePool], gpus: &BTreeMap<String, PoolGpus>) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::new([
        "ID",
        "NAME",
        "TYPE",
        "STATE",
        "NODES",
        "FREE GPUS",
        "ALL GPUS",
        "AGE",
    ]);
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

/// A row for each queue, and for each kind of its GPUs.
pub(crate) fn queue_table(queues: &[QueueItem]) -> Table {
    let mut table = Table::new([
        "POOL",
        "QUEUE",
        "ID",
        "TYPE",
        "STATE",
        "FREE GPUS",
        "ALL GPUS",
        "ACCELERATOR",
        "RUNNING",
        "PENDING",
    ]);
    for queue in queues {
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
            table.row([
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
            ]);
        }
    }
    table
}

pub(super) fn count(count: Option<i64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}
