//! If the service does not know the requested pool or queue, shows which ones exist.

use std::collections::BTreeSet;
use std::time::Duration;

use aihc::pools::{ResourcePool, ResourcePoolType};
use aihc::queues::QueueItem;
use aihc::{Client, Error};
use aihc_dev::model::ResourcePool as WantedPlace;

use super::places::{SERVERLESS, pools_of_kind, queues_of, queues_of_pool};
use crate::client::Context;
use crate::language::tr;
use crate::output::{free_gpus, gpus_of_queue, note, number};
use crate::terminal::one_line;

/// The time limit for reading the pools and queues that exist.
const LOOK_LIMIT: Duration = Duration::from_secs(10);
/// At most this many pools or queues are printed. More would not help the user.
const MOST_LINES: usize = 20;
/// The queues of at most this many managed pools are read.
const MOST_POOLS: usize = 20;

/// The pool and the queue of a request that the service refused.
pub(super) struct Refused {
    pool: Option<String>,
    queue: String,
    /// Whether the error message mentions pools or queues.
    names_it: bool,
}

impl Refused {
    /// Returns the pool and the queue of a refused request; `None` if neither of them can be the
    /// reason for the refusal.
    pub(super) fn of(error: &Error, wanted: &WantedPlace) -> Option<Self> {
        let refused = error.service().filter(|refused| refused.code().is_some())?;
        let message = refused.message().to_lowercase();
        let words = ["pool", "queue", "资源池", "队列"];
        let names_it = words.iter().any(|word| message.contains(word));
        let may_be = refused.is_not_found() || refused.is_invalid_parameter() || names_it;
        let is_about_more = refused.refuses_credentials()
            || refused.is_throttled()
            || error.may_have_been_applied();
        let pool = wanted.resource_pool_id.clone();
        (may_be && !is_about_more).then(|| Self {
            pool: pool.filter(|id| !id.is_empty() && id != SERVERLESS),
            queue: wanted.queue_name.clone(),
            names_it,
        })
    }

    /// Prints what the user can request instead: the queues of the requested pool, or the pools if
    /// that pool does not exist. If no pool was requested, prints the queues of the managed pools,
    /// or all pools if there are no such queues. Prints nothing if the requested queue exists and
    /// the error message mentions neither pools nor queues. If the lists cannot be read within
    /// [`LOOK_LIMIT`], prints the reason.
    pub(super) async fn tell(&self, context: &Context) {
        let Ok(client) = context.aihc_client() else {
            // This does not happen: the same settings were used for the refused request.
            return;
        };
        match tokio::time::timeout(LOOK_LIMIT, self.look(&client)).await {
            Ok(Ok(lines)) => lines.iter().for_each(|line| note(line)),
            Ok(Err(error)) => note(&tr!(
                "  cannot list the pools and queues: {error}",
                error = error
            )),
            Err(_) => note(&tr!("  cannot list the pools and queues in time")),
        }
    }

    async fn look(&self, client: &Client) -> Result<Vec<String>, Error> {
        let Some(pool) = &self.pool else {
            return self.without_a_pool(client).await;
        };
        match queues_of_pool(client, pool).await {
            Ok(queues) => {
                let is_there = queues.iter().any(|queue| self.is_wanted(queue));
                if is_there && !self.names_it {
                    return Ok(Vec::new());
                }
                let title = tr!("the queues of {pool} are", pool = one_line(pool));
                let command = format!("aihc-dev queues --pool {}", one_line(pool));
                Ok(lines(
                    &title,
                    &command,
                    queues.iter().map(|queue| line_of_queue("", queue)),
                ))
            }
            Err(error) if error.service().is_some() => {
                let pools = all_pools(client).await?;
                if pools.iter().any(|there| there.resource_pool_id == *pool) {
                    return Err(error);
                }
                Ok(lines(
                    &tr!("the pools are"),
                    "aihc-dev pools",
                    pools.iter().map(line_of_pool),
                ))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the lines to print for a refused request that names no pool, and is therefore for a
    /// managed pool. These are the queues of the managed pools, of which at most [`MOST_POOLS`] are
    /// read; or all pools, if the managed ones have no queues. Returns no lines if the requested
    /// queue exists in a managed pool and the service's error message mentions neither pools nor
    /// queues.
    async fn without_a_pool(&self, client: &Client) -> Result<Vec<String>, Error> {
        let mut managed = pools_of_kind(client, &ResourcePoolType::DedicatedV2, None).await?;
        managed.truncate(MOST_POOLS);
        let ids = managed.into_iter().map(|pool| pool.resource_pool_id);
        let mut queues = Vec::new();
        for (_, read) in queues_of(client, ids.collect()).await {
            queues.extend(read?);
        }
        if queues.iter().any(|queue| self.is_wanted(queue)) && !self.names_it {
            return Ok(Vec::new());
        }
        if queues.is_empty() {
            let pools = all_pools(client).await?;
            let title = tr!("there are no managed pools, and --pool was not given; the pools are");
            return Ok(lines(
                &title,
                "aihc-dev pools",
                pools.iter().map(line_of_pool),
            ));
        }
        let options = queues
            .iter()
            .map(|queue| line_of_queue("--pool serverless ", queue));
        Ok(lines(
            &tr!("the queues of managed pools are"),
            "aihc-dev queues --type dedicatedV2",
            options,
        ))
    }

    fn is_wanted(&self, queue: &QueueItem) -> bool {
        queue.queue_name == self.queue || queue.queue_id == self.queue
    }
}

/// Reads the pools of all kinds. If the managed pools cannot be listed, returns only the others.
async fn all_pools(client: &Client) -> Result<Vec<ResourcePool>, Error> {
    let mut pools = pools_of_kind(client, &ResourcePoolType::Common, None).await?;
    // If only the managed pools cannot be listed, the others are returned.
    if let Ok(managed) = pools_of_kind(client, &ResourcePoolType::DedicatedV2, None).await {
        pools.extend(managed);
    }
    Ok(pools)
}

/// Returns a line with the option that selects the pool, and a description of the pool.
fn line_of_pool(pool: &ResourcePool) -> String {
    let name = one_line(&pool.name);
    if pool.r#type == Some(ResourcePoolType::DedicatedV2) {
        let id = one_line(&pool.resource_pool_id);
        return tr!(
            "--pool serverless  (managed: {id} {name})",
            id = id,
            name = name
        );
    }
    format!("--pool {}  ({name})", one_line(&pool.resource_pool_id))
}

/// Returns a line with the option that selects the queue, and a description of the queue. A queue
/// is selected by its id in a managed pool, and by its name in any other pool. `pool` is the option
/// that selects managed pools, followed by a space; empty for any other pool.
fn line_of_queue(pool: &str, queue: &QueueItem) -> String {
    let name = match pool {
        "" => &queue.queue_name,
        _ => &queue.queue_id,
    };
    let gpus = gpus_of_queue(queue);
    let kinds: BTreeSet<_> = gpus
        .iter()
        .map(|kind| one_line(&kind.accelerator))
        .collect();
    let kinds: Vec<_> = kinds.iter().map(AsRef::as_ref).collect();
    let about = match (queue.opened, free_gpus(&gpus)) {
        (Some(false), _) => tr!("closed"),
        (_, None) => tr!("no GPUs"),
        (_, free) => tr!(
            "{count} free {kinds}",
            count = number(free),
            kinds = kinds.join(", ")
        ),
    };
    format!("{pool}--queue {}  ({about})", one_line(name))
}

/// Returns the lines to print: the title, and at most [`MOST_LINES`] of the `options`. If there are
/// more, a last line names `command`, which shows all of them.
fn lines(
    title: &str,
    command: &str,
    options: impl ExactSizeIterator<Item = String>,
) -> Vec<String> {
    let more = options.len().saturating_sub(MOST_LINES);
    if options.len() == 0 {
        return vec![format!("  {title}: none")];
    }
    let mut lines = vec![format!("  {title}:")];
    lines.extend(
        options
            .take(MOST_LINES)
            .map(|option| format!("    {option}")),
    );
    if more > 0 {
        lines.push(format!("    and {more} more: `{command}`"));
    }
    lines
}
