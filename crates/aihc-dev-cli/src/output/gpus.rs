//! The numbers of GPUs in pools and queues, as the API reports them.

use std::collections::BTreeMap;

use aihc::AcceleratorCard;
use aihc::queues::{QueueItem, ResourceAmount};
use aihc::{Client, Error};

/// The free and total numbers of GPUs of one kind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Gpus {
    /// The kind of GPU: its name in requests, or else the type that the service states; empty if
    /// both are missing.
    pub(crate) accelerator: String,
    pub(crate) free: Option<f64>,
    pub(crate) total: Option<f64>,
}

/// The free and the total number of GPUs of a pool; `None` if a number is unknown.
pub(crate) type PoolGpus = (Option<f64>, Option<f64>);

/// Requests the numbers of GPUs of all pools, and returns them by the id of the pool. Pools without
/// such numbers are omitted.
pub(crate) async fn gpus_of_pools(client: &Client) -> Result<BTreeMap<String, PoolGpus>, Error> {
    let overview = client.describe_resource_pool_overview().await?;
    let kinds = overview.resource_pools_statistic_with_type.into_iter();
    let pools = kinds.flat_map(|kind| kind.resource_pool_statistics);
    let gpus = pools.filter_map(|pool| {
        let gpus = pool.accelerators_statistic?;
        Some((pool.resource_pool_id, (gpus.idle, gpus.capacity)))
    });
    Ok(gpus.collect())
}

/// Returns the numbers of GPUs of a queue, by kind. The total is the upper limit of the queue, or
/// else its deserved share, or else its guaranteed share, or else the sum of used and free GPUs.
pub(crate) fn gpus_of_queue(queue: &QueueItem) -> Vec<Gpus> {
    let cards = |amount: &Option<ResourceAmount>| {
        let amount = amount.as_ref();
        let cards = amount.map_or(&[][..], |amount| &amount.accelerator_card_list);
        counts(cards)
    };
    let free = [&queue.remaining, &queue.workload_available]
        .map(cards)
        .into_iter()
        .find(|counts| !counts.is_empty())
        .unwrap_or_default();
    let taken = cards(&queue.allocated);
    let limits = [&queue.capability, &queue.deserved, &queue.guarantee].map(cards);
    let total = limits
        .into_iter()
        .find(|counts| !counts.is_empty())
        .unwrap_or_else(|| {
            let mut sum = free.clone();
            for (kind, count) in &taken {
                *sum.entry(kind.clone()).or_default() += count;
            }
            sum
        });
    let knows_free = queue.remaining.is_some() || queue.workload_available.is_some();
    let mut kinds: Vec<&String> = total.keys().chain(free.keys()).collect();
    kinds.sort();
    kinds.dedup();
    let gpus = kinds.into_iter().map(|kind| Gpus {
        accelerator: kind.clone(),
        free: match (free.get(kind), total.get(kind), taken.get(kind)) {
            (Some(free), ..) => Some(*free),
            (None, Some(total), Some(taken)) => Some((total - taken).max(0.0)),
            // The service may omit a kind of which no GPU is free.
            (None, ..) if knows_free && !free.is_empty() => Some(0.0),
            _ => None,
        },
        total: total.get(kind).copied(),
    });
    gpus.collect()
}

/// Adds up the numbers of free GPUs of the kinds for which this number is known. Returns `None` if
/// it is unknown for all kinds.
pub(crate) fn free_gpus(gpus: &[Gpus]) -> Option<f64> {
    gpus.iter()
        .filter_map(|kind| kind.free)
        .reduce(|a, b| a + b)
}

/// Parses the number of accelerators of each kind. Numbers that are invalid are omitted.
fn counts(cards: &[AcceleratorCard]) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for card in cards {
        let names = [&card.accelerator_description, &card.accelerator_type];
        let name = names.into_iter().find(|name| !name.is_empty());
        let count = card.accelerator_count.trim().parse::<f64>();
        if let Some(count) = count.ok().filter(|count| count.is_finite()) {
            *counts.entry(name.cloned().unwrap_or_default()).or_default() += count;
        }
    }
    counts
}

/// Formats a number without a superfluous fraction; the result is empty if the number is unknown.
pub(crate) fn number(count: Option<f64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn gpus(queue: Value) -> Vec<(String, String, String)> {
        let queue = serde_json::from_value(queue).unwrap();
        let gpus = gpus_of_queue(&queue).into_iter();
        gpus.map(|kind| (kind.accelerator, number(kind.free), number(kind.total)))
            .collect()
    }

    fn cards(kind: &str, count: &str) -> Value {
        json!({"acceleratorCardList": [{"acceleratorDescription": kind, "acceleratorCount": count}]})
    }

    fn row(kind: &str, free: &str, total: &str) -> (String, String, String) {
        (kind.to_owned(), free.to_owned(), total.to_owned())
    }

    #[test]
    fn what_is_left_and_the_upper_limit_count() {
        let queue = json!({"capability": cards("b/a", "64"), "deserved": cards("b/a", "8"),
            "remaining": cards("b/a", "56.5"), "allocated": cards("b/a", "7.5")});
        assert_eq!(gpus(queue), [row("b/a", "56.5", "64")]);
    }

    #[test]
    fn what_is_not_said_is_made_of_the_rest_or_left_open() {
        let no_limit = json!({"remaining": cards("b/a", "6"), "allocated": cards("b/a", "2")});
        assert_eq!(gpus(no_limit), [row("b/a", "6", "8")]);
        let nothing_left = json!({"capability": cards("b/a", "8"), "remaining": {},
            "allocated": cards("b/a", "8")});
        assert_eq!(gpus(nothing_left), [row("b/a", "0", "8")]);
        let silent = json!({"capability": cards("b/a", "8")});
        assert_eq!(gpus(silent), [row("b/a", "", "8")]);
        assert_eq!(gpus(json!({"capability": {}})), []);
        let odd = json!({"capability": cards("b/a", "many"), "deserved": cards("b/a", "inf")});
        assert_eq!(gpus(odd), []);
    }
}
