//! Candidates that are requested from the service, within a time limit.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use aihc::pools::ResourcePoolType;
use aihc_dev::model::DevInstanceQueryKey;
use bce_http::RetryPolicy;
use clap_complete::CompletionCandidate;
use futures_util::future::join_all;

use super::line;
use crate::client::Context;

/// The time limit for finding candidates. It is short, because the user waits after pressing a key.
const BUDGET: Duration = Duration::from_millis(700);
/// At most this many items of a list are read: a single page, of the largest size that the service
/// is known to accept.
const PAGE: i64 = 100;
/// At most this many pools are searched, because jobs and queues are listed for one pool at a time,
/// which takes a request for each pool.
const MOST_POOLS: usize = 8;

/// An item of a list that the service returned, such as an instance or a job.
#[derive(Debug)]
struct Found {
    id: String,
    name: String,
    state: String,
}

/// Returns candidates for dev instances: the name of each instance, or the id if the name is
/// missing or belongs to several instances. If the beginning of an id has been typed, returns the
/// matching ids as well.
pub(super) fn instances(typed: &str) -> Vec<CompletionCandidate> {
    let name = typed.to_owned();
    let found = in_time(async move |context| {
        let client = context.client().ok()?;
        let mut list = client.list_dev_instances().page_size(PAGE);
        // The service cannot filter by the first characters of an id.
        if !name.is_empty() && !name.starts_with("dv-") {
            list = list.query_key(DevInstanceQueryKey::Name).query_val(&name);
        }
        let page = list.with_retry(RetryPolicy::none()).await.ok()?;
        let found = page.dev_instances.into_iter().map(|instance| Found {
            id: instance.id,
            name: instance.name,
            state: instance.status.map(|it| it.to_string()).unwrap_or_default(),
        });
        Some(found.collect())
    });
    by_name(found, typed)
}

/// Returns the ids of training jobs: those on the first page of the list of the pool that the
/// command line names, or else of each of the first [`MOST_POOLS`] pools that users run themselves.
pub(super) fn jobs(typed: &str) -> Vec<CompletionCandidate> {
    let pool = line::value_of("--pool");
    let found = in_time(async move |context| {
        let client = context.aihc_client().ok()?;
        let pools = match pool {
            Some(pool) => vec![pool],
            None => pool_ids(&client, ResourcePoolType::Common).await?,
        };
        let lists = pools.iter().take(MOST_POOLS).map(|pool| {
            let list = client.describe_jobs(pool).page_size(PAGE);
            let list = list.with_retry(RetryPolicy::none());
            async { list.await.ok() }
        });
        let jobs = join_all(lists).await.into_iter().flatten();
        let jobs = jobs.flat_map(|page| page.jobs).map(|job| Found {
            id: job.job_id,
            name: job.name,
            state: job.status.map(|it| it.to_string()).unwrap_or_default(),
        });
        Some(jobs.collect())
    });
    by_id(found, typed)
}

/// Returns inference services by id: those on the first page of the list.
pub(super) fn services(typed: &str) -> Vec<CompletionCandidate> {
    let found = in_time(async |context| {
        let client = context.aihc_client().ok()?;
        let list = client.describe_services().page_size(PAGE);
        let page = list.with_retry(RetryPolicy::none()).await.ok()?;
        let services = page.services.into_iter().map(|service| Found {
            id: service.id,
            name: service.name,
            state: String::new(),
        });
        Some(services.collect())
    });
    by_id(found, typed)
}

/// Returns the values for `--pool`: the ids of the pools that users run themselves, and the word
/// `serverless`, which stands for all managed pools.
pub(super) fn pools(typed: &str) -> Vec<CompletionCandidate> {
    let found = in_time(async |context| {
        let client = context.aihc_client().ok()?;
        let list = client.describe_resource_pools(ResourcePoolType::Common);
        let list = list.page_size(PAGE).with_retry(RetryPolicy::none());
        let pools = list.await.ok()?.resource_pools.into_iter();
        let mut found: Vec<_> = pools
            .map(|pool| Found {
                id: pool.resource_pool_id,
                name: pool.name,
                state: pool.phase.map(|it| it.to_string()).unwrap_or_default(),
            })
            .collect();
        found.push(Found {
            id: "serverless".to_owned(),
            name: String::new(),
            state: String::new(),
        });
        Some(found)
    });
    by_id(found, typed)
}

/// Returns the queues, by name, of the pool that `--pool` or the context selects. If the pool is
/// `serverless`, which stands for all managed pools, returns the queues, by id, of the first
/// [`MOST_POOLS`] managed pools.
pub(super) fn queues(typed: &str) -> Vec<CompletionCandidate> {
    let pool = line::value_of("--pool");
    let found = in_time(async move |context| {
        let pool = match pool {
            Some(pool) => pool,
            None => context.settings().ok()??.pool?,
        };
        let client = context.aihc_client().ok()?;
        let is_managed = pool == "serverless";
        let pools = match is_managed {
            true => pool_ids(&client, ResourcePoolType::DedicatedV2).await?,
            false => vec![pool],
        };
        let lists = pools.iter().take(MOST_POOLS).map(|pool| {
            let list = client.describe_queues(pool).page_size(PAGE);
            let list = list.with_retry(RetryPolicy::none());
            async { list.await.ok() }
        });
        let pages = join_all(lists).await.into_iter().flatten();
        let mut trees: Vec<_> = pages.flat_map(|page| page.queues).collect();
        let mut found = Vec::new();
        // A queue may contain other queues.
        while let Some(mut queue) = trees.pop() {
            trees.append(&mut queue.children);
            let (id, name) = match is_managed {
                true => (queue.queue_id, queue.queue_name),
                false => (queue.queue_name, queue.queue_id),
            };
            let state = match queue.opened {
                Some(false) => "closed".to_owned(),
                _ => String::new(),
            };
            found.push(Found { id, name, state });
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Some(found)
    });
    by_id(found, typed)
}

async fn pool_ids(client: &aihc::Client, kind: ResourcePoolType) -> Option<Vec<String>> {
    let list = client.describe_resource_pools(kind).page_size(PAGE);
    let page = list.with_retry(RetryPolicy::none()).await.ok()?;
    let pools = page.resource_pools.into_iter();
    Some(pools.map(|pool| pool.resource_pool_id).collect())
}

/// Returns what `ask` finds, or nothing if that takes longer than the time limit. `ask` runs on
/// another thread, because a file, a resolver or a proxy may block it for any length of time.
fn in_time(ask: impl AsyncFnOnce(Context) -> Option<Vec<Found>> + Send + 'static) -> Vec<Found> {
    let (done, found) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Some((runtime, mut options)) = runtime.ok().zip(line::options()) else {
            return;
        };
        options.timeout = Some(BUDGET);
        let asked = async { tokio::time::timeout(BUDGET, ask(Context::new(options, false))).await };
        // After a timeout, nobody receives the result.
        let _ = done.send(runtime.block_on(asked).ok().flatten());
        runtime.shutdown_background();
    });
    let found = found.recv_timeout(BUDGET).ok().flatten();
    found.unwrap_or_default()
}

fn by_name(found: Vec<Found>, typed: &str) -> Vec<CompletionCandidate> {
    let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
    for one in &found {
        *bearers.entry(one.name.clone()).or_default() += 1;
    }
    let offers = found.iter().filter_map(|one| {
        let is_unique = bearers.get(&one.name) == Some(&1);
        if is_unique && can_be_typed(&one.name) && one.name.starts_with(typed) {
            return Some(candidate(&one.name, [&one.state, &one.id]));
        }
        let is_wanted = !is_unique || one.name.is_empty() || !typed.is_empty();
        if is_wanted && can_be_typed(&one.id) && one.id.starts_with(typed) {
            return Some(candidate(&one.id, [&one.name, &one.state]));
        }
        None
    });
    offers.collect()
}

fn by_id(found: Vec<Found>, typed: &str) -> Vec<CompletionCandidate> {
    let fitting = found
        .iter()
        .filter(|one| can_be_typed(&one.id) && one.id.starts_with(typed));
    let offers = fitting.map(|one| candidate(&one.id, [&one.name, &one.state]));
    offers.collect()
}

fn candidate(value: &str, about: [&str; 2]) -> CompletionCandidate {
    let about: Vec<_> = about.into_iter().filter(|it| !it.is_empty()).collect();
    // Shells print the description without escaping it.
    let about = crate::terminal::one_line(&about.join(", ")).into_owned();
    let candidate = CompletionCandidate::new(value);
    match about.is_empty() {
        true => candidate,
        false => candidate.help(Some(about.into())),
    }
}

/// Returns whether a word can safely be offered as a candidate. Shells split candidates at line
/// ends and tabs, other control characters could affect the terminal, and a word with a leading `-`
/// would be an option.
fn can_be_typed(word: &str) -> bool {
    !word.is_empty() && !word.starts_with('-') && crate::terminal::one_line(word) == word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Vec<Found> {
        let found = pairs.iter().map(|(id, name)| Found {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            state: "running".to_owned(),
        });
        found.collect()
    }

    fn offers(pairs: &[(&str, &str)], typed: &str) -> Vec<String> {
        let offers = by_name(found(pairs), typed);
        let value = |it: &CompletionCandidate| it.get_value().to_str().unwrap().to_owned();
        offers.iter().map(value).collect()
    }

    #[test]
    fn a_name_is_offered_unless_it_is_that_of_several() {
        let pairs = [("dv-1", "a"), ("dv-2", "b"), ("dv-3", "b"), ("dv-4", "")];
        assert_eq!(offers(&pairs, ""), ["a", "dv-2", "dv-3", "dv-4"]);
        assert_eq!(offers(&pairs, "dv-"), ["dv-1", "dv-2", "dv-3", "dv-4"]);
        assert_eq!(offers(&pairs, "a"), ["a"]);
    }

    #[test]
    fn what_no_shell_can_take_is_left_out() {
        let pairs = [("dv-1", "a\nb"), ("dv-2", "-x"), ("dv-3", "\u{202e}x")];
        assert!(offers(&pairs, "").is_empty());
        assert_eq!(
            offers(&[("dv-1", "it's $HOME 训:练 \"")], ""),
            ["it's $HOME 训:练 \""]
        );
    }
}
