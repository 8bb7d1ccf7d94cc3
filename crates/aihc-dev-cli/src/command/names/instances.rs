//! Names of dev instances.

use aihc_dev::model::{DevInstanceBrief, DevInstanceQueryKey};
use aihc_dev::operation::ListDevInstances;
use aihc_dev::{Client, Pace};
use bce_http::pager::Pages;

use super::super::batch::some_at_a_time;
use super::super::page::LARGEST_PAGE;
use super::candidate::{Candidate, Kind, Match, Problem, matching, near, unresolved};
use super::{Resolved, stdin};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::text;

/// So many names are looked up one by one, whatever there is.
const FEW: usize = 4;
/// How many pages are looked at for what a name may be a slip for.
const PAGES_FOR_SLIPS: usize = 3;

/// What these arguments stand for, in their order: ids, names, and `-` for what standard input holds.
/// Sends nothing for ids.
///
/// # Errors
///
/// [`Failure::Unresolved`] if a name is not that of exactly one instance. Then nothing is to be done for
/// the other arguments either.
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
    let found = look_up(client, &names).await?;
    let mut resolved = Vec::new();
    let mut problems: Vec<(String, Problem)> = Vec::new();
    for word in words {
        if Kind::Instance.is_id(&word) {
            resolved.push(Resolved::by_id(word));
            continue;
        }
        if problems.iter().any(|(name, _)| *name == word) {
            continue;
        }
        match found.find(&word) {
            Match::One(one) => resolved.push(one),
            Match::Several(all) if all.len() > 1 => problems.push((word, Problem::Ambiguous(all))),
            Match::Several(one) => problems.push((word, Problem::Unlisted(one))),
            Match::None if is_id(client, &word).await? => resolved.push(Resolved::by_id(word)),
            Match::None => problems.push((word, Problem::Unknown(Vec::new()))),
        }
    }
    if problems.is_empty() {
        return Ok(resolved);
    }
    suggest(client, found, &mut problems).await;
    Err(unresolved(Kind::Instance, &problems))
}

/// As [`resolve`], for a command that takes one.
pub(crate) async fn resolve_one(
    context: &Context,
    client: &Client,
    typed: &str,
) -> Result<Resolved, Failure> {
    let word = stdin::one_word(context, typed).await?;
    let mut resolved = resolve(context, client, vec![word]).await?;
    resolved
        .pop()
        .ok_or_else(|| Failure::usage(text!("standard input names no instance")))
}

/// The words that are names, each once.
fn names_in(words: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let names = words.iter().filter(|word| !Kind::Instance.is_id(word));
    names.filter(|name| seen.insert(*name)).cloned().collect()
}

/// What was listed for some names.
struct Found {
    candidates: Vec<Candidate>,
    /// Whether the service has listed all that it counts.
    whole: bool,
    /// Whether it was asked for all instances.
    everything: bool,
}

impl Found {
    fn find(&self, name: &str) -> Match {
        matching(name, &self.candidates, self.whole)
    }
}

/// Asks for each name, or once for all instances where that takes fewer requests.
async fn look_up(client: &Client, names: &[String]) -> Result<Found, Failure> {
    let pace = (names.len() > 1).then(Pace::new);
    let mut found = Found {
        candidates: Vec::new(),
        whole: true,
        everything: false,
    };
    if names.len() > FEW {
        let mut pages = Pages::new(all(client));
        let first = pages.try_next().await?;
        let total = first.as_ref().and_then(|page| page.total_count);
        let needed = total.map(|total| (total - 1) / LARGEST_PAGE);
        let needed = needed.and_then(|pages| usize::try_from(pages).ok());
        if needed.is_some_and(|needed| needed < names.len()) {
            let mut listed = Vec::from_iter(first);
            pages.collect_into(&mut listed).await?;
            found.everything = true;
            found.whole = pages.missing().is_none();
            let listed = listed.into_iter().flat_map(|page| page.items);
            found.candidates.extend(listed.map(Candidate::from));
            return Ok(found);
        }
    }
    let answers = some_at_a_time(names.to_vec(), |name| {
        // The service gives all names that contain this.
        let list = all(client).query_key(DevInstanceQueryKey::Name);
        let list = list.query_val(name).with_pace(&pace);
        async move {
            let (mut items, mut listed) = (list.items(), Vec::new());
            items.collect_into(&mut listed).await?;
            Ok::<_, Failure>((listed, items.missing().is_none()))
        }
    });
    for answer in answers.await {
        let (listed, whole) = answer?;
        found.whole &= whole;
        found
            .candidates
            .extend(listed.into_iter().map(Candidate::from));
    }
    Ok(found)
}

fn all(client: &Client) -> ListDevInstances {
    client.list_dev_instances().page_size(LARGEST_PAGE)
}

/// Whether this is an id after all, of a shape that is not documented.
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

/// Finds what the unknown names may be slips for. That it cannot be found is no failure.
async fn suggest(client: &Client, mut found: Found, problems: &mut [(String, Problem)]) {
    let unknown = |problems: &mut [(String, Problem)], candidates: &[Candidate]| {
        let mut bare = false;
        for (name, problem) in problems {
            if let Problem::Unknown(shown) = problem {
                *shown = near(name, candidates);
                bare |= shown.is_empty();
            }
        }
        bare
    };
    if !unknown(problems, &found.candidates) || found.everything {
        return;
    }
    let mut pages = Pages::new(all(client));
    for _ in 0..PAGES_FOR_SLIPS {
        let Ok(Some(page)) = pages.try_next().await else {
            break;
        };
        found
            .candidates
            .extend(page.items.into_iter().map(Candidate::from));
    }
    unknown(problems, &found.candidates);
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
