//! The operation that lists dev instances, with its filters, order and pages.

use serde_json::{Value, json};

use super::view;
use crate::access::Principal;
use crate::error::ApiError;
use crate::operation::page::Page;
use crate::operation::{Call, Output};
use crate::profile::Profile;
use crate::state::{Filter, Search};
use crate::validate::Arguments;

/// Handles DescribeDevInstances. Deleted instances are listed only if the filter requests their
/// state.
pub(in crate::operation) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let filter = filter(arguments, &call.caller.principal, call.profile)?;
    let window = page.window(oldest_first(arguments)?);
    let (found, total) = call.state.instances.page(&filter, window);
    let region = call.region.to_owned();
    Ok(Output::later(found.len(), move || {
        let briefs: Vec<Value> = found
            .iter()
            .filter_map(|instance| Some(view::brief(instance, instance.shown()?, &region)))
            .collect();
        json!({"devInstances": briefs, "totalCount": total})
    }))
}

/// Returns whether the oldest instance comes first, according to `orderBy` and `order`; see the
/// table of [`Profile`] for their values. The default order is undocumented; the emulator puts the
/// newest instance first.
fn oldest_first(arguments: &Arguments) -> Result<bool, ApiError> {
    if let Some(key) = arguments
        .filled("orderBy")
        .filter(|key| *key != "createdAt")
    {
        return Err(ApiError::invalid_parameter(format!(
            "orderBy must be createdAt, not {key}"
        )));
    }
    match arguments.filled("order") {
        None | Some("desc") => Ok(false),
        Some("asc") => Ok(true),
        Some(other) => Err(ApiError::invalid_parameter(format!(
            "order must be asc or desc, not {other}"
        ))),
    }
}

/// Parses the filter in a request for the list of dev instances.
fn filter(arguments: &Arguments, caller: &Principal, profile: Profile) -> Result<Filter, ApiError> {
    let text = |name: &str| arguments.filled(name).map(str::to_owned);
    let search = match (arguments.filled("queryKey"), text("queryVal")) {
        (None, None) => None,
        // A sample URL contains `queryVal=`, and the Go SDK omits a parameter whose value is empty.
        (Some(_), None) if !profile.is_documented() => None,
        (Some("devInstanceName"), Some(value)) => Some(Search::Name(value)),
        (Some("devInstanceId"), Some(value)) => Some(Search::Id(value)),
        (Some("creator"), Some(value)) => Some(Search::Creator(value)),
        // A sample URL has this name.
        (Some("devName"), Some(value)) if profile.is_lenient() => Some(Search::Name(value)),
        (Some(key), Some(_)) => {
            return Err(ApiError::invalid_parameter(format!(
                "queryKey does not support {key}"
            )));
        }
        _ => {
            return Err(ApiError::invalid_parameter(
                "queryKey and queryVal must be used together",
            ));
        }
    };
    Ok(Filter {
        states: states(arguments.text("status"), profile)?,
        owner: (arguments.text("onlyMyDevs") == "true").then(|| caller.clone()),
        pool: text("resourcePoolId"),
        queue: text("queueName"),
        search,
    })
}

fn states(text: &str, profile: Profile) -> Result<Vec<i64>, ApiError> {
    let codes: Vec<&str> = match text {
        "" => vec![],
        several if profile.is_lenient() => several.split(',').collect(),
        one => vec![one],
    };
    let codes = codes.into_iter().map(|code| {
        code.parse().map_err(|_| {
            ApiError::invalid_parameter("status must be the numeric code of one state")
        })
    });
    codes.collect()
}
