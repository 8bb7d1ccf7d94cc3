//! Conversion of queues to JSON for responses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::date::in_beijing;
use crate::state::{Amount, GIB, Limit, MILLI, Node, Pool, Queue, State};

/// Returns a queue as the API type `QueueItem`, which includes the queues inside it if
/// `with_children` is set.
pub(super) fn queue(state: &State, pool: &Pool, queue: &Queue, with_children: bool) -> Value {
    let at = in_beijing(state.since);
    let number = state.board.find(&pool.id, &queue.id);
    let taken = number
        .map(|number| state.board.taken(number))
        .unwrap_or_default();
    let left = number
        .map(|number| state.board.left(number))
        .unwrap_or_default();
    let jobs = number
        .map(|number| state.board.jobs(number))
        .unwrap_or_default();
    let limit = own_limit(pool, queue);
    let capability = of_limit(pool, &limit);
    let is_physical = queue.kind == "Physical";
    let mut known = json!({
        "queueId": queue.id,
        "queueName": queue.name,
        "description": queue.description,
        "queueType": queue.kind,
        "resourcePoolId": pool.id,
        "createdAt": at,
        "updatedAt": at,
        "opened": queue.opened,
        "reclaimable": queue.kind == "Elastic",
        "preemptable": false,
        "disableOversell": false,
        "queueingStrategy": queue.strategy,
        "enableVGPU": false,
        "capability": capability,
        "deserved": if queue.kind == "Elastic" { json!({}) } else { capability.clone() },
        "guarantee": if is_physical { capability.clone() } else { json!({}) },
        "allocated": of_amount(pool, &taken),
        "workloadAvailable": of_limit(pool, &left),
        "remaining": of_limit(pool, &left),
        "runningJobs": jobs.running,
        "inqueueJobs": jobs.waiting,
        "pendingJobs": jobs.waiting,
    });
    if let Some(parent) = &queue.parent {
        known["parentQueue"] = json!(parent);
    }
    if is_physical {
        known["bindingNodes"] = binding_nodes(&pool.nodes);
    }
    let children = pool
        .queues
        .iter()
        .filter(|it| it.parent.as_ref() == Some(&queue.name));
    let children: Vec<Value> = children
        .map(|it| self::queue(state, pool, it, true))
        .collect();
    if with_children && !children.is_empty() {
        known["children"] = json!(children);
    }
    known
}

fn own_limit(pool: &Pool, queue: &Queue) -> Limit {
    let own = queue.limit();
    match queue.parent.is_none() && queue.has_no_limit() {
        true => pool.limit(),
        false => own,
    }
}

/// Returns a limit as the API type `ResourceAmount`, which omits resources without a limit.
fn of_limit(pool: &Pool, limit: &Limit) -> Value {
    let mut known = json!({});
    if let Some(milli_cpus) = limit.milli_cpus {
        known["milliCPUcores"] = json!(milli_cpus.to_string());
        known["cpuCores"] = json!((milli_cpus / MILLI).to_string());
    }
    if let Some(memory) = limit.memory {
        known["memoryGi"] = json!((memory / GIB).to_string());
    }
    if let Some(accelerators) = limit.accelerators.as_ref().filter(|it| !it.is_empty()) {
        known["acceleratorCardList"] = cards(pool, accelerators);
    }
    known
}

fn of_amount(pool: &Pool, amount: &Amount) -> Value {
    let taken = amount.accelerators.iter().filter(|(_, parts)| **parts > 0);
    let taken = taken.map(|(name, parts)| (name.clone(), *parts)).collect();
    of_limit(
        pool,
        &Limit {
            milli_cpus: Some(amount.milli_cpus),
            memory: Some(amount.memory),
            accelerators: Some(taken),
        },
    )
}

fn cards(pool: &Pool, accelerators: &BTreeMap<String, i64>) -> Value {
    let cards = accelerators.iter().map(|(name, parts)| {
        json!({
            "acceleratorCount": (*parts as f64 / MILLI as f64).to_string(),
            "acceleratorType": pool.accelerator_type(name),
            "acceleratorDescription": name,
        })
    });
    cards.collect()
}

/// Returns the nodes grouped by kind, each group as the API type `BindingNodeInfo`.
fn binding_nodes(nodes: &[Node]) -> Value {
    let kind = |node: &Node| {
        let machine = format!("emulated.c{}m{}", node.cpus, node.memory);
        (machine, node.accelerator_type.clone())
    };
    let kinds: BTreeSet<_> = nodes.iter().map(kind).collect();
    let bindings = kinds.into_iter().map(|(machine, accelerator)| {
        let alike = |node: &&Node| kind(node) == (machine.clone(), accelerator.clone());
        let names: Vec<&str> = nodes
            .iter()
            .filter(alike)
            .map(|node| node.name.as_str())
            .collect();
        json!({
            "machineSpec": machine, "nodeNameList": names, "count": names.len(),
            "acceleratorType": accelerator,
        })
    });
    bindings.collect()
}
