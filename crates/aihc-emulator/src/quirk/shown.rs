//! Variants of responses that come from a source, such as a documentation page, an SDK or a report
//! of live use.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::ApiError;

pub(super) fn event_types(operation: &str, answer: &mut Value) {
    // The events of jobs have a table of their own, and their times are strings in any case.
    if operation != "DescribeDevInstanceEvents" {
        return;
    }
    let events = answer.get_mut("events").and_then(Value::as_array_mut);
    for event in events
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let kind = i64::from(event.get("type") == Some(&json!("Warning")));
        event.insert("type".into(), json!(kind));
        as_text(event, "firstTimestamp");
        as_text(event, "lastTimestamp");
    }
}

pub(super) fn timed_stop_types(_: &str, answer: &mut Value) {
    let Some(timer) = answer.pointer_mut("/devInstance/timedStopDevInstance") else {
        return;
    };
    match timer.as_object_mut() {
        Some(timer) => {
            as_text(timer, "delaySec");
            as_text(timer, "startTime");
        }
        None => *timer = json!({"delaySec": "", "startTime": ""}),
    }
}

fn as_text(members: &mut Map<String, Value>, name: &str) {
    if let Some(value) = members.get_mut(name) {
        *value = json!(value.to_string());
    }
}

pub(super) fn zero_values(operation: &str, answer: &mut Value) {
    // An empty page is not the same as a missing one, and no source shows STS without its members.
    if operation.starts_with("Describe")
        && let Some(members) = answer.as_object_mut()
    {
        for value in members.values_mut() {
            match value {
                Value::Array(values) => values.iter_mut().for_each(empty_to_null),
                Value::Object(members) => members.values_mut().for_each(empty_to_null),
                _ => {}
            }
        }
    }
}

fn empty_to_null(value: &mut Value) {
    let empty = match value {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => {
            values.iter_mut().for_each(empty_to_null);
            values.is_empty()
        }
        Value::Object(members) => {
            members.values_mut().for_each(empty_to_null);
            members.is_empty()
        }
        _ => false,
    };
    if empty {
        *value = Value::Null;
    }
}

pub(super) fn sts_secret_name(_: &str, answer: &mut Value) {
    if let Some(members) = answer.as_object_mut()
        && let Some(secret) = members.remove("secretAccessKey")
    {
        members.insert("accessKeySecret".into(), secret);
    }
}

pub(super) fn sts_response_shape(_: &str, answer: &mut Value) {
    if answer.get("sessionToken").is_some() {
        *answer = json!({"credential": answer.take()});
    }
}

/// Formats the times of STS with a fraction and with the offset of Beijing, eight hours ahead of
/// UTC.
pub(super) fn sts_times(_: &str, answer: &mut Value) {
    for name in ["createTime", "expiration"] {
        if let Some(time) = answer.get_mut(name)
            && let Some(moved) = time.as_str().and_then(in_beijing)
        {
            *time = json!(moved);
        }
    }
}

fn in_beijing(text: &str) -> Option<String> {
    use time::format_description::well_known::Rfc3339;
    let at = time::OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let at = at.checked_to_offset(time::macros::offset!(+8))?;
    let at = at.checked_add(time::Duration::milliseconds(123))?;
    at.format(&Rfc3339).ok()
}

pub(super) fn invalid_param(error: ApiError) -> ApiError {
    match error.code {
        "InvalidParameter" => ApiError {
            code: "InvalidParam",
            ..error
        },
        _ => error,
    }
}

pub(super) fn signature_status(error: ApiError) -> ApiError {
    match error.code {
        "SignatureDoesNotMatch" => ApiError {
            status: StatusCode::UNAUTHORIZED,
            ..error
        },
        _ => error,
    }
}
