//! Resolves the names of inference services.

use aihc::Client;
use aihc::services::ServiceBriefInfo;

use super::super::page::LARGEST_PAGE;
use super::candidate::{Candidate, Kind, Listed, Settled};
use super::{Resolved, stdin};
use crate::client::Context;
use crate::exit::Failure;

/// Resolves arguments, which are ids or names of services, or `-` for the contents of standard
/// input. The API has no filter by name, so the whole list is read unless all arguments are ids.
pub(crate) async fn resolve_services(
    context: &Context,
    client: &Client,
    typed: Vec<String>,
) -> Result<Vec<Resolved>, Failure> {
    let words = stdin::words(context, typed).await?;
    if words.iter().all(|word| Kind::Service.is_id(word)) {
        return Ok(words.into_iter().map(Resolved::by_id).collect());
    }
    let list = client.describe_services().page_size(LARGEST_PAGE);
    let (mut items, mut listed) = (list.items(), Vec::new());
    items.collect_into(&mut listed).await?;
    let listed = Listed {
        candidates: listed.into_iter().map(Candidate::from).collect(),
        whole: items.missing().is_none(),
    };
    let is_id = |word: &str| listed.candidates.iter().any(|one| one.id == word);
    Settled::new(Kind::Service, words, &listed, is_id).into_result()
}

impl From<ServiceBriefInfo> for Candidate {
    fn from(service: ServiceBriefInfo) -> Self {
        Self {
            id: service.id,
            name: service.name,
            // The list does not contain the state.
            state: String::new(),
        }
    }
}
