//! The resolution of dev instances' names.

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

/// Up to this many names are looked up one by one.
const FEW: usize = 4;
/// Number of pages that are read for suggestions.
const PAGES_FOR_SLIPS: usize = 3;

/// Resolves arguments in order: ids, names, and `-` for the contents of standard input. Sends
/// nothing for ids.
///
/// # Errors
///
/// [`Failure::Unresolved`] if a name does not match exactly one instance. Nothing may then be done
/// for the other arguments either.
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

/// Like [`resolve`], for a command that takes one argument.
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

/// Returns the instances of this name that one request finds; `None` if it fails. Instances that are being
/// deleted do not count.
pub(crate) async fn namesakes(client: &Client, name: &str) -> Option<Vec<Candidate>> {
    let list = all(client).query_key(DevInstanceQueryKey::Name);
    let page = list.query_val(name).with_retry(RetryPolicy::none()).await;
    let found = page.ok()?.dev_instances.into_iter();
    let found = found.filter(|instance| instance.name == name && is_there(instance));
    Some(found.map(Candidate::from).collect())
}

/// Returns whether the instance will continue to exist.
pub(crate) fn is_there(instance: &DevInstanceBrief) -> bool {
    !matches!(
        instance.status,
        Some(DevInstanceStatus::Deleting | DevInstanceStatus::Deleted)
    )
}

/// Returns the words that are names, each once.
fn names_in(words: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = words.iter().filter(|word| !Kind::Instance.is_id(word));
    names.filter(|name| seen.insert(*name)).cloned().collect()
}

/// Looks up each name, or lists all instances once if that takes fewer requests; also returns
/// whether it did.
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
        // The service returns every name that contains the key.
        let list = all(client).query_key(DevInstanceQueryKey::Name);
        let list = list.query_val(name).with_pace(&pace);
        async move {
            let first = list.clone().page(1).await?;
            if i64::try_from(first.items.len()).ok() == first.total_count {
                // The pager would send another request to check that the list is complete.
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

/// Returns whether the word is an id after all, of an undocumented shape.
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

/// Returns some instances for suggestions. A failure is not reported.
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
