//! Resolves the names of dev instances.

use std::collections::HashSet;

use aihc_dev::Client;
use aihc_dev::model::{DevInstanceBrief, DevInstanceQueryKey, DevInstanceStatus};
use aihc_dev::operation::ListDevInstances;
use bce_http::RetryPolicy;
use bce_http::pager::{Paged as _, Pages};

use super::super::batch::{pace, some_at_a_time};
use super::super::page::LARGEST_PAGE;
use super::candidate::{Candidate, Kind, Listed, Settled};
use super::{Resolved, stdin};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::text;

/// For at most this many names, a request is sent for each name. For more names, the list of all
/// instances is read instead if it is short.
const FEW: usize = 4;
/// At most this many pages of the list are read to find suggestions for a mistyped name.
const PAGES_FOR_SLIPS: usize = 3;

/// Resolves arguments, which are ids, names, or `-` for the contents of standard input, and returns
/// the results in the same order. Sends no requests if all arguments are ids.
///
/// # Errors
///
/// [`Failure::Unresolved`] if a name does not match exactly one instance. The caller must then do
/// nothing for the other arguments either.
pub(crate) async fn resolve(
    context: &Context,
    client: &Client,
    typed: Vec<String>,
) -> Result<Vec<Resolved>, Failure> {
    let words = stdin::words(context, typed).await?;
    let names = names_in(&words);
    if names.is_empty() {
        return Ok(words.into_iter().map(Resolved::by_id).collect());
    }
    let (listed, everything) = look_up(client, &names).await?;
    let mut ids = HashSet::new();
    for name in names {
        if !listed.has(&name) && is_id(client, &name).await? {
            ids.insert(name);
        }
    }
    let mut settled = Settled::new(Kind::Instance, words, &listed, |word| ids.contains(word));
    if settled.is_at_a_loss() && !everything {
        settled.suggest(&some_of_all(client).await);
    }
    settled.into_result()
}

/// Resolves the argument of a command that takes a single instance: an id, a name, or `-` for
/// standard input, which must then contain exactly one word.
pub(crate) async fn resolve_one(
    context: &Context,
    client: &Client,
    typed: &str,
) -> Result<Resolved, Failure> {
    let word = stdin::one_word(context, typed).await?;
    let mut resolved = resolve(context, client, vec![word]).await?;
    resolved
        .pop()
        .ok_or_else(|| Failure::usage(text!("standard input contains no instance")))
}

/// Returns the instances with this name, except for those that are being deleted. Sends a single
/// request, so some may be missing. Returns `None` if the request fails.
pub(crate) async fn namesakes(client: &Client, name: &str) -> Option<Vec<Candidate>> {
    let list = all(client).query_key(DevInstanceQueryKey::Name);
    let page = list.query_val(name).with_retry(RetryPolicy::none()).await;
    let found = page.ok()?.dev_instances.into_iter();
    let found = found.filter(|instance| instance.name == name && is_there(instance));
    Some(found.map(Candidate::from).collect())
}

/// Returns whether the instance exists and is not being deleted.
pub(crate) fn is_there(instance: &DevInstanceBrief) -> bool {
    !matches!(
        instance.status,
        Some(DevInstanceStatus::Deleting | DevInstanceStatus::Deleted)
    )
}

/// Returns the words that are names, without repetitions.
fn names_in(words: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = words.iter().filter(|word| !Kind::Instance.is_id(word));
    names.filter(|name| seen.insert(*name)).cloned().collect()
}

/// Lists the instances that may have these names. Usually sends a request for each name. For more
/// than [`FEW`] names, reads the list of all instances instead, if that takes at most one request
/// per name after the first page. The returned `bool` tells whether the list of all instances was
/// read.
async fn look_up(client: &Client, names: &[String]) -> Result<(Listed, bool), Failure> {
    if names.len() > FEW {
        let mut pages = Pages::new(all(client));
        let first = pages.try_next().await?;
        let total = first.as_ref().and_then(|page| page.total_count);
        let more = total.map(|total| (total - 1) / LARGEST_PAGE);
        let more = more.and_then(|pages| usize::try_from(pages).ok());
        if more.is_some_and(|more| more <= names.len()) {
            let mut listed = Vec::from_iter(first);
            pages.collect_into(&mut listed).await?;
            let listed = listed.into_iter().flat_map(|page| page.items);
            let listed = Listed {
                candidates: listed.map(Candidate::from).collect(),
                whole: pages.missing().is_none(),
            };
            return Ok((listed, true));
        }
    }
    let pace = pace(names);
    let answers = some_at_a_time(names.to_vec(), |name| {
        // The service returns the instances whose names contain the value.
        let list = all(client).query_key(DevInstanceQueryKey::Name);
        let list = list.query_val(name).with_pace(&pace);
        async move {
            let first = list.clone().page(1).await?;
            if i64::try_from(first.items.len()).ok() == first.total_count {
                // A pager would send another request to check that the list is complete.
                return Ok((first.items, true));
            }
            let (mut items, mut listed) = (list.items(), Vec::new());
            items.collect_into(&mut listed).await?;
            Ok::<_, Failure>((listed, items.missing().is_none()))
        }
    });
    let mut found = Listed {
        candidates: Vec::new(),
        whole: true,
    };
    for answer in answers.await {
        let (listed, whole) = answer?;
        found.whole &= whole;
        found
            .candidates
            .extend(listed.into_iter().map(Candidate::from));
    }
    Ok((found, false))
}

fn all(client: &Client) -> ListDevInstances {
    client.list_dev_instances().page_size(LARGEST_PAGE)
}

/// Returns whether a word that does not have the documented form of an id is an id nevertheless. A
/// request to the service determines this, but it is only sent if the word begins like an id.
async fn is_id(client: &Client, word: &str) -> Result<bool, Failure> {
    if !Kind::Instance.may_be_id(word) {
        return Ok(false);
    }
    match client.query_dev_instance_detail(word).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns the instances on the first [`PAGES_FOR_SLIPS`] pages of the list, for suggestions. If a
/// page cannot be read, returns those on the pages before it.
async fn some_of_all(client: &Client) -> Vec<Candidate> {
    let mut pages = Pages::new(all(client));
    let mut candidates = Vec::new();
    for _ in 0..PAGES_FOR_SLIPS {
        let Ok(Some(page)) = pages.try_next().await else {
            break;
        };
        candidates.extend(page.items.into_iter().map(Candidate::from));
    }
    candidates
}

impl From<DevInstanceBrief> for Candidate {
    fn from(instance: DevInstanceBrief) -> Self {
        let state = instance.status.map(|status| status.to_string());
        Self {
            id: instance.id,
            name: instance.name,
            state: state.unwrap_or_default(),
        }
    }
}
