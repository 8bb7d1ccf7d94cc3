//! The operations that list and describe the recorded changes of a service.

use serde_json::{Value, json};

use super::check_sorting;
use crate::error::ApiError;
use crate::operation::answer::user_name;
use crate::operation::page::{Page, is_descending};
use crate::operation::{Call, Output, answer};
use crate::state::Change;

/// Handles DescribeServiceChangelogs.
pub(in crate::operation) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    check_sorting(call)?;
    let service = call.state.services.get(arguments.text("serviceId"))?;
    let mut before = None;
    let mut all = Vec::new();
    for change in service.changes() {
        all.push((change, before.replace(change)));
    }
    // A string or a number: the documentation does not say which.
    let kind = arguments.integer("changeType");
    let kind = kind.or_else(|| arguments.text("changeType").parse().ok());
    all.retain(|(change, _)| kind.is_none_or(|kind| kind == change.kind as i64));
    if is_descending(arguments, true) {
        all.reverse();
    }
    let (found, total) = page.cut(all.into_iter());
    let found: Vec<Value> = found
        .into_iter()
        .map(|(change, before)| view(change, before))
        .collect();
    Ok(answer::described(
        call,
        json!({
            "changeLogs": found, "totalCount": total, "pageNumber": page.number(),
            "pageSize": page.size(), "orderBy": arguments.text("orderBy"),
            "order": arguments.text("order"),
        }),
    ))
}

/// Handles DescribeServiceChangelog.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let (change, before) = call
        .state
        .services
        .change(call.arguments.text("changeId"))?;
    Ok(answer::described(call, view(change, before)))
}

/// Returns a change of a service as the API type `ServiceChangeRecord`; `before` is the preceding
/// change, if there is one.
fn view(change: &Change, before: Option<&Change>) -> Value {
    let mut known = json!({
        "changeId": change.id,
        "changeType": change.kind as i64,
        "createdAt": change.at.unix_timestamp(),
        "creator": user_name(&change.author),
        "description": change.description,
    });
    if let Some(before) = before {
        known["prev"] = json!(before.id);
    }
    known
}
