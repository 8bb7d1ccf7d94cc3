//! Operations on resource pools.

mod statistic;
mod view;

use serde_json::{Value, json};

use super::page::{Page, is_descending};
use super::{Call, Output, answer};
use crate::error::ApiError;
use crate::state::{Pool, SERVERLESS, State, pool_of};

/// Handles DescribeResourcePools.
pub(super) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let keyword = arguments.text("keyword");
    let keyword_type = arguments
        .filled("keywordType")
        .unwrap_or("resourcePoolName");
    let order_by = arguments.filled("orderBy").unwrap_or("resourcePoolName");
    let member = |pool: &Pool, name: &str| match name {
        "resourcePoolId" => pool.id.clone(),
        _ => pool.name.clone(),
    };
    let mut pools: Vec<&Pool> = call
        .state
        .pools
        .iter()
        .filter(|pool| pool.kind == arguments.text("resourcePoolType"))
        .filter(|pool| member(pool, keyword_type).contains(keyword))
        .collect();
    if order_by != "createdAt" {
        pools.sort_by_key(|pool| member(pool, order_by));
    }
    if is_descending(arguments, false) {
        pools.reverse();
    }
    let (found, total) = page.cut(pools.into_iter());
    let found: Vec<Value> = found
        .into_iter()
        .map(|pool| view::pool(call, pool))
        .collect();
    let order = arguments.filled("order").unwrap_or("ASC");
    Ok(answer::described(
        call,
        json!({
            "keywordType": keyword_type, "keyword": keyword, "orderBy": order_by, "order": order,
            "pageNumber": page.number(), "pageSize": page.size(), "totalCount": total,
            "resourcePools": found,
        }),
    ))
}

/// Handles DescribeResourcePool.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let pool = find(call.state, call.arguments.text("resourcePoolId"))?;
    Ok(answer::described(call, view::pool(call, pool)))
}

/// Handles DescribeResourcePoolOverview.
pub(super) fn overview(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let kinds = ["dedicatedV2", "common"].map(|kind| statistic::of_kind(call.state, kind));
    let known = json!({"resourcePoolsStatisticWithType": kinds});
    Ok(answer::described(call, known))
}

/// Returns the pool with this id.
pub(super) fn find<'a>(state: &'a State, id: &str) -> Result<&'a Pool, ApiError> {
    let unknown = || ApiError::not_found(format!("resource pool {id} does not exist"));
    state
        .pools
        .iter()
        .find(|pool| pool.id == id)
        .ok_or_else(unknown)
}

/// With the profile `Documented`, refuses a pool or a queue that does not exist. With the other
/// profiles, such a pool or queue has no limits.
pub(super) fn check(call: &Call<'_>, pool: &str, queue: &str) -> Result<(), ApiError> {
    if !call.profile.is_documented() || call.state.board.find(pool, queue).is_some() {
        return Ok(());
    }
    if !pool.is_empty() && pool != SERVERLESS {
        find(call.state, pool)?;
    }
    Err(ApiError::not_found(format!("queue {queue} does not exist")))
}

/// With the profile `Documented`, refuses a configuration whose pool or queue does not exist; see
/// [`check`].
pub(super) fn check_named(call: &Call<'_>, conf: &Value) -> Result<(), ApiError> {
    let text = |name: &str| {
        let value = conf.pointer(&format!("/resourcePool/{name}"));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let pool = pool_of(text("resourcePoolType"), text("resourcePoolId"));
    check(call, pool, text("queueName"))
}
