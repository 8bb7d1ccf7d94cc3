//! The operation that lists the events of a dev instance.

use std::ops::RangeInclusive;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::ApiError;
use crate::operation::page::Page;
use crate::operation::{Call, Output};
use crate::profile::Profile;
use crate::state::Event;
use crate::validate::{Arguments, in_full};

/// Handles DescribeDevInstanceEvents. The newest event comes first.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of(arguments)?;
    let window = window(arguments, call.profile)?;
    let kind = match arguments.filled("eventType") {
        None => None,
        Some(kind @ ("Normal" | "Warning")) => Some(kind),
        Some(kind) => {
            return Err(ApiError::invalid_parameter(format!(
                "eventType must be Normal or Warning, not {kind}"
            )));
        }
    };
    let message = arguments.text("message");
    let id = arguments.text("devInstanceId");
    let (instance, shown) = call.state.instances.read(id)?;
    let matching = instance.shown_events(shown).rev().filter(|event| {
        window.contains(&milliseconds(event.at))
            && kind.is_none_or(|kind| event.kind.as_str() == kind)
            && event.message.contains(message)
    });
    let (found, total) = page.cut(matching);
    let events: Vec<Value> = found.into_iter().map(view).collect();
    Ok(json!({"events": events, "totalCount": total}).into())
}

/// Returns an event as JSON, in the form of the documentation's example.
fn view(event: &Event) -> Value {
    let at = event.at.unix_timestamp();
    json!({
        "reason": event.reason,
        "message": event.message,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
        "type": event.kind.as_str(),
    })
}

/// Parses the time window of a request, from `startTime` to `endTime`, and returns it in
/// milliseconds since 1970. A window whose end precedes its start, as in the documentation's own
/// example, is empty, which is not an error. Only the profile `Lenient` accepts a request without a
/// window.
fn window(arguments: &Arguments, profile: Profile) -> Result<RangeInclusive<i128>, ApiError> {
    let end_of = |name: &str, open: i128| match arguments.filled(name) {
        Some(text) if profile.is_lenient() => instant(name, &in_full(text)),
        Some(text) => instant(name, text),
        None => Ok(open),
    };
    Ok(end_of("startTime", i128::MIN)?..=end_of("endTime", i128::MAX)?)
}

fn instant(name: &str, text: &str) -> Result<i128, ApiError> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(milliseconds)
        .map_err(|_| {
            ApiError::invalid_parameter(format!(
                "{name} must have the form 2025-06-04T05:30:23.337Z"
            ))
        })
}

/// Returns a time in whole milliseconds, the resolution of the time windows that clients send. With
/// a finer resolution, an event could lie between two adjacent windows.
fn milliseconds(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos().div_euclid(1_000_000)
}
