//! The list of dev machines: filters, order, pages.

use serde_json::{Value, json};

use super::page::Page;
use super::{Call, view};
use crate::error::ApiError;
use crate::state::{Instance, Principal, Status};
use crate::validate::Arguments;

/// DescribeDevInstances. Deleted instances are listed only when the filter asks for their state.
pub(super) fn describe_all(call: &mut Call<'_>) -> Result<Value, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let filter = Filter::of(arguments, &call.principal)?;
    let oldest_first = oldest_first(arguments)?;
    let matching = call
        .state
        .instances
        .iter()
        .filter(|instance| filter.matches(instance));
    // Instances are kept in the order of their creation, so no list has to be sorted.
    let (found, total) = if oldest_first {
        page.cut(matching)
    } else {
        page.cut(matching.rev())
    };
    let briefs: Vec<Value> = found
        .into_iter()
        .map(|instance| view::brief(instance, call.region))
        .collect();
    Ok(json!({"devInstances": briefs, "totalCount": total}))
}

/// `orderBy` and `order`; the order without them is not documented, the emulator's is newest
/// first.
fn oldest_first(arguments: &Arguments) -> Result<bool, ApiError> {
    if let Some(key) = arguments
        .filled("orderBy")
        .filter(|key| *key != "createdAt")
    {
        return Err(ApiError::invalid_parameter(format!(
            "orderBy does not know {key}"
        )));
    }
    match arguments.filled("order") {
        None | Some("desc") => Ok(false),
        Some("asc") => Ok(true),
        Some(other) => Err(ApiError::invalid_parameter(format!(
            "order does not know {other}"
        ))),
    }
}

/// Which instances a list shows.
#[derive(Debug)]
struct Filter<'a> {
    owner: Option<&'a Principal>,
    pool: Option<&'a str>,
    queue: Option<&'a str>,
    status: Option<i64>,
    search: Option<Search<'a>>,
}

/// `queryKey` with `queryVal`.
#[derive(Debug)]
enum Search<'a> {
    /// A part of the name.
    Name(&'a str),
    /// The whole id.
    Id(&'a str),
    /// A part of the owner's name.
    Creator(&'a str),
}

impl<'a> Filter<'a> {
    fn of(arguments: &'a Arguments, caller: &'a Principal) -> Result<Self, ApiError> {
        let status = arguments.filled("status").map(|status| {
            status.parse::<i64>().map_err(|_| {
                ApiError::invalid_parameter("status must be the numeric code of one state")
            })
        });
        let search = match (arguments.filled("queryKey"), arguments.filled("queryVal")) {
            (None, None) => None,
            (Some("devInstanceName"), Some(value)) => Some(Search::Name(value)),
            (Some("devInstanceId"), Some(value)) => Some(Search::Id(value)),
            (Some("creator"), Some(value)) => Some(Search::Creator(value)),
            (Some(key), Some(_)) => {
                return Err(ApiError::invalid_parameter(format!(
                    "queryKey does not know {key}"
                )));
            }
            _ => {
                return Err(ApiError::invalid_parameter(
                    "queryKey and queryVal go together",
                ));
            }
        };
        Ok(Self {
            owner: (arguments.text("onlyMyDevs") == "true").then_some(caller),
            pool: arguments.filled("resourcePoolId"),
            queue: arguments.filled("queueName"),
            status: status.transpose()?,
            search,
        })
    }

    fn matches(&self, instance: &Instance) -> bool {
        let settings = &instance.settings;
        let in_pool = |pool: &str| match pool {
            "serverless" => settings.conf_text("/resourcePool/resourcePoolType") == pool,
            _ => settings.conf_text("/resourcePool/resourcePoolId") == pool,
        };
        let found = |search: &Search<'_>| match search {
            Search::Name(part) => instance.name.contains(part),
            Search::Id(id) => instance.id == *id,
            Search::Creator(part) => settings.creator.contains(part),
        };
        let in_queue = |queue: &str| settings.conf_text("/resourcePool/queueName") == queue;
        let state_fits = match self.status {
            Some(code) => instance.status().code() == code,
            None => instance.status() != Status::Deleted,
        };
        state_fits
            && self.owner.is_none_or(|owner| instance.owner == *owner)
            && self.pool.is_none_or(in_pool)
            && self.queue.is_none_or(in_queue)
            && self.search.as_ref().is_none_or(found)
    }
}
