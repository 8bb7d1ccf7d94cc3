//! Invented variants of responses, which occur in no documentation page, SDK or report of live use.
//! A program that compares responses with the API description must detect them.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::ApiError;

/// The number of milliseconds in a second.
const MILLIS: i64 = 1000;

pub(super) fn renamed_member(_: &str, answer: &mut Value) {
    each(answer, "resourcePools", |pool| {
        if let Some(phase) = pool.remove("phase") {
            pool.insert("state".into(), phase);
        }
    });
}

pub(super) fn snake_case(_: &str, answer: &mut Value) {
    each(answer, "devInstances", |instance| {
        let members = std::mem::take(instance).into_iter();
        *instance = members.map(|(name, value)| (snake(&name), value)).collect();
    });
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

pub(super) fn missing_member(operation: &str, answer: &mut Value) {
    if operation == "DescribeDevInstance" {
        remove(answer, "devInstance");
    }
}

pub(super) fn extra_member(_: &str, answer: &mut Value) {
    each(answer, "jobs", |job| {
        job.insert("gpuHours".into(), json!(1.5));
    });
}

pub(super) fn counts_as_text(_: &str, answer: &mut Value) {
    change(answer, "totalCount", |count| json!(count.to_string()));
}

pub(super) fn accounts_as_numbers(_: &str, answer: &mut Value) {
    each(answer, "devInstances", |instance| {
        let account = instance.get("accountId").and_then(Value::as_str);
        if let Some(number) = account.and_then(|account| account.parse::<u64>().ok()) {
            instance.insert("accountId".into(), json!(number));
        }
    });
}

pub(super) fn flags_as_numbers(_: &str, answer: &mut Value) {
    everywhere(answer, &mut |value| {
        if let Value::Bool(flag) = value {
            *value = json!(u8::from(*flag));
        }
    });
}

pub(super) fn list_as_object(_: &str, answer: &mut Value) {
    change(answer, "datasets", |datasets| {
        let datasets = datasets.as_array().into_iter().flatten();
        let by_id = datasets.filter_map(|dataset| {
            let id = dataset.get("id")?.as_str()?;
            Some((id.to_owned(), dataset.clone()))
        });
        Value::Object(by_id.collect())
    });
}

pub(super) fn text_for_object(operation: &str, answer: &mut Value) {
    if operation == "DescribeDevInstance" {
        everywhere(answer, &mut |value| {
            if value.is_null() {
                *value = json!("");
            }
        });
    }
}

/// Formats the times of STS as `2026-08-20 00:00:00`.
pub(super) fn times_with_space(_: &str, answer: &mut Value) {
    for name in ["createTime", "expiration"] {
        change(answer, name, |time| {
            let text = time.as_str().unwrap_or_default();
            json!(text.replace('T', " ").trim_end_matches('Z'))
        });
    }
}

pub(super) fn times_in_milliseconds(operation: &str, answer: &mut Value) {
    if !operation.contains("DevInstance") {
        return;
    }
    members(answer, &mut |name, value| {
        if matches!(name, "createdAt" | "updatedAt")
            && let Some(seconds) = value.as_i64()
        {
            *value = json!(seconds.saturating_mul(MILLIS));
        }
    });
}

pub(super) fn unknown_state(_: &str, answer: &mut Value) {
    each(answer, "jobs", |job| {
        job.insert("status".into(), json!("Evicted"));
    });
}

pub(super) fn wrong_count(_: &str, answer: &mut Value) {
    change(answer, "totalCount", |_| json!(0));
}

pub(super) fn in_data(operation: &str, answer: &mut Value) {
    if operation.starts_with("Describe") {
        *answer = json!({"data": answer.take()});
    }
}

pub(super) fn not_found_code(error: ApiError) -> ApiError {
    match error.code {
        "NotFound" => ApiError {
            code: "ResourceNotFoundException",
            ..error
        },
        _ => error,
    }
}

pub(super) fn not_found_status(error: ApiError) -> ApiError {
    match error.code {
        "NotFound" => ApiError {
            status: StatusCode::NOT_FOUND,
            ..error
        },
        _ => error,
    }
}

/// Applies a change to each object in a list of the response.
fn each(answer: &mut Value, list: &str, mut change: impl FnMut(&mut Map<String, Value>)) {
    let items = answer.get_mut(list).and_then(Value::as_array_mut);
    let objects = items.into_iter().flatten();
    objects
        .filter_map(Value::as_object_mut)
        .for_each(&mut change);
}

/// Applies a change to a member of the response, if it is present.
fn change(answer: &mut Value, name: &str, change: impl FnOnce(&Value) -> Value) {
    if let Some(value) = answer.get_mut(name) {
        *value = change(value);
    }
}

fn remove(answer: &mut Value, name: &str) {
    if let Some(members) = answer.as_object_mut() {
        members.remove(name);
    }
}

/// Applies a change to all values at any depth.
fn everywhere(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    change(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| everywhere(it, change)),
        Value::Object(members) => members.values_mut().for_each(|it| everywhere(it, change)),
        _ => {}
    }
}

/// Applies a change to all members at any depth.
fn members(value: &mut Value, change: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| members(it, change)),
        Value::Object(inner) => {
            for (name, value) in inner {
                change(name, value);
                members(value, change);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(rewrite: fn(&str, &mut Value), operation: &str, mut answer: Value) -> Value {
        rewrite(operation, &mut answer);
        answer
    }

    #[test]
    fn members_have_other_names_or_are_gone_or_more() {
        let pools = json!({"resourcePools": [{"phase": "running"}]});
        assert_eq!(
            rewritten(renamed_member, "DescribeResourcePools", pools),
            json!({"resourcePools": [{"state": "running"}]})
        );
        let list = json!({"devInstances": [{"createdAt": 1, "id": "dv-1"}], "totalCount": 1});
        assert_eq!(
            rewritten(snake_case, "DescribeDevInstances", list.clone()),
            json!({"devInstances": [{"created_at": 1, "id": "dv-1"}], "totalCount": 1})
        );
        let detail = json!({"devInstance": {"id": "dv-1"}});
        assert_eq!(
            rewritten(missing_member, "DescribeDevInstance", detail),
            json!({})
        );
        assert_eq!(
            rewritten(extra_member, "DescribeJobs", json!({"jobs": [{}]})),
            json!({"jobs": [{"gpuHours": 1.5}]})
        );
        assert_eq!(
            rewritten(in_data, "DescribeDevInstances", list.clone()),
            json!({"data": list})
        );
    }

    #[test]
    fn values_have_other_types_forms_and_words() {
        let list = json!({"devInstances": [{"accountId": "12", "createdAt": 7}], "totalCount": 1});
        for (rewrite, expected) in [
            (
                counts_as_text as fn(&str, &mut Value),
                json!({"devInstances": [{"accountId": "12", "createdAt": 7}], "totalCount": "1"}),
            ),
            (
                accounts_as_numbers,
                json!({"devInstances": [{"accountId": 12, "createdAt": 7}], "totalCount": 1}),
            ),
            (
                times_in_milliseconds,
                json!({"devInstances": [{"accountId": "12", "createdAt": 7000}], "totalCount": 1}),
            ),
            (
                wrong_count,
                json!({"devInstances": [{"accountId": "12", "createdAt": 7}], "totalCount": 0}),
            ),
        ] {
            let found = rewritten(rewrite, "DescribeDevInstances", list.clone());
            assert_eq!(found, expected);
        }
        assert_eq!(
            rewritten(
                flags_as_numbers,
                "DescribeServices",
                json!({"a": [{"b": true}]})
            ),
            json!({"a": [{"b": 1}]})
        );
        assert_eq!(
            rewritten(
                list_as_object,
                "DescribeDatasets",
                json!({"datasets": [{"id": "ds-1"}]})
            ),
            json!({"datasets": {"ds-1": {"id": "ds-1"}}})
        );
        assert_eq!(
            rewritten(
                text_for_object,
                "DescribeDevInstance",
                json!({"a": {"b": null}})
            ),
            json!({"a": {"b": ""}})
        );
        assert_eq!(
            rewritten(
                times_with_space,
                "GetSessionToken",
                json!({"expiration": "2026-08-20T12:00:00Z"})
            ),
            json!({"expiration": "2026-08-20 12:00:00"})
        );
        assert_eq!(
            rewritten(
                unknown_state,
                "DescribeJobs",
                json!({"jobs": [{"status": "Running"}]})
            ),
            json!({"jobs": [{"status": "Evicted"}]})
        );
    }

    #[test]
    fn what_is_not_found_has_another_code_or_status() {
        let error = || ApiError::not_found("x");
        assert_eq!(not_found_code(error()).code, "ResourceNotFoundException");
        assert_eq!(not_found_status(error()).status, StatusCode::NOT_FOUND);
        let other = ApiError::invalid_parameter("x");
        assert_eq!(not_found_code(other.clone()), other);
        assert_eq!(not_found_status(other.clone()), other);
    }
}
