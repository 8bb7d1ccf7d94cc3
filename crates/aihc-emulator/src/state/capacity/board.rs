//! The record of the resources that instances, jobs and services take from queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use time::OffsetDateTime;

use super::amount::{Amount, Limit};
use super::ledger::{Claim, Counts, Holder, Kind, Ledger, QueueNumber, Room, Standing};
use crate::state::capacity::Priority;
use crate::state::resources::{Pool, Queue, SERVERLESS};
use crate::sync::lock;

/// A record of the resources taken from queues: a [`Ledger`] with a lock. Instances, jobs and
/// services share one record. A shared record is only used while the state of the emulator is
/// locked, so nothing has to wait for the lock of the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Board(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    ledger: Ledger,
    /// For each pool id, the number by which `ledger` identifies the pool.
    pools: HashMap<String, QueueNumber>,
    /// The numbers by which `ledger` identifies the queues. A key of the map consists of the id of
    /// the pool, and the name or the id of the queue. Queues of managed pools are also found with
    /// [`SERVERLESS`] in place of the id of the pool.
    queues: HashMap<(String, String), QueueNumber>,
    /// The resource names of accelerators, by their common names and by the resource names
    /// themselves, both in lower case.
    accelerators: HashMap<String, String>,
}

impl Board {
    /// Creates a record in which none of the resources of these pools are taken yet.
    pub(crate) fn new(pools: &[Pool]) -> Self {
        let mut inner = Inner::default();
        for pool in pools {
            inner.add(pool);
        }
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Returns the number by which the [`Ledger`] identifies a queue; `None` if the queue does not
    /// exist. `pool` is the id of its pool; [`SERVERLESS`] and an empty string stand for all
    /// managed pools. `queue` is the name or the id of the queue.
    pub(crate) fn find(&self, pool: &str, queue: &str) -> Option<QueueNumber> {
        let pool = if pool.is_empty() { SERVERLESS } else { pool };
        let key = (pool.to_owned(), queue.to_owned());
        lock(&self.0).queues.get(&key).copied()
    }

    /// Returns the number by which the [`Ledger`] identifies a pool; `None` if the pool does not
    /// exist. The ledger treats a pool like a queue that contains the queues of the pool.
    pub(crate) fn pool(&self, id: &str) -> Option<QueueNumber> {
        lock(&self.0).pools.get(id).copied()
    }

    /// Returns the resource name of the accelerator that has this common name or resource name, in
    /// any letter case; `name` itself if it is not known.
    pub(crate) fn accelerator(&self, name: &str) -> String {
        let known = &lock(&self.0).accelerators;
        let found = known.get(&name.to_ascii_lowercase());
        found.cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Returns what is lacking for a claim: the name of a resource, or `an open queue` if the queue
    /// or one that contains it is closed. Returns `None` if the claim can be met.
    pub(crate) fn lacks(&self, claim: &Claim) -> Option<String> {
        lock(&self.0).ledger.lacks(claim)
    }

    /// Records that a holder has the resources of a claim, or waits for them. If `claim` is `None`,
    /// removes the claim of the holder.
    pub(crate) fn set(&self, holder: Holder, claim: Option<(Claim, Standing)>) {
        lock(&self.0).ledger.set(holder, claim);
    }

    /// Returns the waiting holder of this kind that is the next to get its resources: its priority,
    /// the time since which it has been waiting, and its number. See [`Ledger::next_of`].
    pub(crate) fn next_of(&self, kind: Kind) -> Option<(Priority, OffsetDateTime, u64)> {
        lock(&self.0).ledger.next_of(kind)
    }

    pub(crate) fn taken(&self, queue: QueueNumber) -> Amount {
        lock(&self.0).ledger.taken(queue)
    }

    pub(crate) fn left(&self, queue: QueueNumber) -> Limit {
        lock(&self.0).ledger.left(queue)
    }

    pub(crate) fn jobs(&self, queue: QueueNumber) -> Counts {
        lock(&self.0).ledger.jobs(queue)
    }
}

impl Inner {
    fn add(&mut self, pool: &Pool) {
        for node in pool.nodes.iter().filter(|node| node.accelerator_count > 0) {
            for name in [&node.accelerator_type, &node.accelerator] {
                let name = name.to_ascii_lowercase();
                self.accelerators.insert(name, node.accelerator.clone());
            }
        }
        let around = self.ledger.add(Room {
            limit: pool.limit(),
            parent: None,
            opened: true,
            strict: false,
        });
        self.pools.insert(pool.id.clone(), around);
        let mut by_name = HashMap::new();
        // A parent precedes its children.
        for queue in &pool.queues {
            let parent = by_name.get(queue.parent.as_deref().unwrap_or_default());
            let number = self
                .ledger
                .add(room(queue, parent.copied().unwrap_or(around)));
            by_name.insert(queue.name.as_str(), number);
            let mut enter = |pool: &str, name: &str| {
                self.queues
                    .insert((pool.to_owned(), name.to_owned()), number);
            };
            enter(&pool.id, &queue.name);
            enter(&pool.id, &queue.id);
            if pool.is_managed() {
                enter(SERVERLESS, &queue.id);
                enter(SERVERLESS, &queue.name);
            }
        }
    }
}

fn room(queue: &Queue, parent: QueueNumber) -> Room {
    Room {
        limit: queue.limit(),
        parent: Some(parent),
        opened: queue.opened,
        strict: queue.strategy == "StrictFIFO",
    }
}
