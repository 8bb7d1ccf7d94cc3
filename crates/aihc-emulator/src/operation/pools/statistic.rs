//! The capacity of pools, and how much of it is in use.

use serde_json::{Map, Value, json};

use crate::state::{Amount, GIB, MILLI, Node, Pool, State};

/// The number of bytes in a MiB.
const MIB: i64 = 1024 * 1024;

/// Returns the capacity and the use of all pools of a type, as the API type
/// `ResourcePoolsStatisticWithType`.
pub(super) fn of_kind(state: &State, kind: &str) -> Value {
    let pools: Vec<&Pool> = state
        .pools
        .iter()
        .filter(|pool| pool.kind == kind)
        .collect();
    let sum = |of: &dyn Fn(&Pool) -> Amount| {
        let amounts = pools.iter().map(|pool| of(pool));
        amounts.fold(Amount::default(), |all, one| all.plus(&one))
    };
    let (capacity, taken) = (
        sum(&|pool| pool.capacity()),
        sum(&|pool| taken(state, pool)),
    );
    let nodes = pools.iter().flat_map(|pool| &pool.nodes);
    let each: Vec<Value> = pools.iter().map(|pool| of_pool(state, pool)).collect();
    let mut known = totals(&capacity, &taken, nodes);
    known.insert("type".into(), json!(kind));
    known.insert("resourcePoolStatistics".into(), json!(each));
    known.into()
}

/// Returns the capacity and the use of a pool, as the API type `ResourcePoolStatistic`.
fn of_pool(state: &State, pool: &Pool) -> Value {
    let taken = taken(state, pool);
    let mut known = totals(&pool.capacity(), &taken, pool.nodes.iter());
    known.insert("resourcePoolId".into(), json!(pool.id));
    known.insert("type".into(), json!(pool.kind));
    known.insert("name".into(), json!(pool.name));
    if !pool.is_managed() {
        known.insert("nodeResourceStatistic".into(), by_node(pool, taken));
    }
    known.into()
}

fn taken(state: &State, pool: &Pool) -> Amount {
    let number = state.board.pool(&pool.id);
    number
        .map(|number| state.board.taken(number))
        .unwrap_or_default()
}

fn totals<'a>(
    capacity: &Amount,
    taken: &Amount,
    nodes: impl Iterator<Item = &'a Node>,
) -> Map<String, Value> {
    let healthy: Map<String, Value> = nodes.map(|node| (node.name.clone(), json!(true))).collect();
    let accelerators = (capacity.all_accelerators(), taken.all_accelerators());
    let mut known = Map::new();
    known.insert(
        "nodesStatistic".into(),
        json!({"totalCount": healthy.len(), "nodeHealthyStatistic": healthy}),
    );
    let cpus = statistic("CPU", capacity.milli_cpus, taken.milli_cpus);
    let bytes = |mebibytes: i64| mebibytes.saturating_mul(MIB);
    let memory = statistic("Memory", bytes(capacity.memory), bytes(taken.memory));
    known.insert("resourcesStatistic".into(), json!([cpus, memory]));
    let accelerators = statistic(
        "Accelerator",
        accelerators.0 / MILLI,
        accelerators.1 / MILLI,
    );
    known.insert("acceleratorsStatistic".into(), accelerators);
    known
}

fn statistic(kind: &str, capacity: i64, taken: i64) -> Value {
    let rate = match capacity {
        0 => 0.0,
        capacity => taken as f64 / capacity as f64,
    };
    json!({
        "resourceType": kind, "capacity": capacity, "allocated": taken,
        "idle": (capacity - taken).max(0), "allocationRate": rate, "utilizationRate": 0,
    })
}

/// Returns an object that maps the name of each node to its capacity and use, in the form of the
/// API type `NodeResource`. The use is distributed as if each node was filled before the next one.
fn by_node(pool: &Pool, mut taken: Amount) -> Value {
    let nodes = pool.nodes.iter().map(|node| {
        let has = node.amount();
        let free = has.minus(&taken);
        let used = has.minus(&free);
        taken = taken.minus(&has);
        (node.name.clone(), of_node(node, &has, &used, &free))
    });
    Value::Object(nodes.collect())
}

fn of_node(node: &Node, has: &Amount, used: &Amount, free: &Amount) -> Value {
    let amount = |amount: &Amount| {
        json!({
            "milliCPUcores": amount.milli_cpus,
            "cpuCores": amount.milli_cpus / MILLI,
            "memoryBytes": amount.memory.saturating_mul(MIB),
            "memoryGi": amount.memory / GIB,
            "gpuNum": amount.all_accelerators() / MILLI,
        })
    };
    let mut known = json!({
        "capacity": amount(has), "allocatable": amount(has), "allocated": amount(used),
        "workloadAvailable": amount(has), "workloadAllocated": amount(used), "remaining": amount(free),
    });
    let mut config = format!("{}核 / {}GB", node.cpus, node.memory);
    if node.accelerator_count > 0 {
        let (name, count) = (&node.accelerator_type, node.accelerator_count);
        config.push_str(&format!(" / {name} * {count}.0"));
        known["isAcclerator"] = json!(true);
        known["accleratorType"] = json!(name);
        known["accleratorDescriptor"] = json!(node.accelerator);
    }
    known["resourceConfig"] = json!(config);
    known
}
