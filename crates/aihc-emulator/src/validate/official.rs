//! Members and values that official SDKs and examples send although the documentation's tables do
//! not list them. All profiles except `Documented` accept them.

use http::HeaderMap;
use serde_json::{Map, Number, Value};

use super::rule::{MemberRule, OperationRule, WireType};

/// The name of the API description whose tables omit members that SDKs and examples send.
const DESCRIPTION: &str = "aihc";

/// Values that examples contain, each with the documented value that it stands for.
const VALUES: [(&str, &str); 1] = [("createAt", "createdAt")];

/// Returns whether an operation has two version headers, and each of them has the expected value or
/// is missing. The documentation and most SDKs use one of the two headers, and one SDK uses
/// neither.
pub(super) fn versions_pass(rule: &OperationRule, headers: &HeaderMap) -> bool {
    let fits = |(name, value): &(&str, &str)| headers.get(*name).is_none_or(|sent| sent == value);
    rule.const_headers.len() > 1 && rule.const_headers.iter().all(fits)
}

/// Parses a boolean as Go does; `None` if it is not a boolean.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Converts the members of a request to the form that the API description defines. Requests for
/// operations of API descriptions other than [`DESCRIPTION`] are not changed.
pub(super) fn complete(rule: &OperationRule, values: &mut Map<String, Value>) {
    if rule.description != DESCRIPTION {
        return;
    }
    for member in rule.members {
        if let Some(value) = values.get_mut(member.name) {
            rewrite(value, member);
        }
        // The Python SDK cannot send the same value under two names.
        if let Some(other) = member.same_as
            && values.get(member.name).is_none_or(Value::is_null)
            && let Some(value) = values.get(other)
        {
            values.insert(member.name.to_owned(), value.clone());
        }
    }
    // The Go SDK sends 0 for a value that is not set, which here means the whole list.
    for name in ["pageNumber", "pageSize"] {
        if is_of_catalog(rule.name) && values.get(name).is_some_and(|value| *value == 0) {
            values.remove(name);
        }
    }
}

fn is_of_catalog(operation: &str) -> bool {
    ["Dataset", "Model"]
        .iter()
        .any(|word| operation.contains(word))
}

fn rewrite(value: &mut Value, member: &MemberRule) {
    if let (Some(WireType::Integer), Value::Number(number)) = (member.text_of, &*value) {
        *value = number.to_string().into();
    }
    if let Some(text) = value.as_str()
        && let Some(usual) = usual_value(text, member.values)
    {
        *value = usual.into();
    }
    rewrite_inside(value, &member.wire);
}

fn rewrite_inside(value: &mut Value, wire: &WireType) {
    match (wire, value) {
        (WireType::Number, value) => {
            let number = value.as_str().and_then(|text| text.parse::<Number>().ok());
            if let Some(number) = number {
                *value = number.into();
            }
        }
        (WireType::List(item), Value::Array(values)) => {
            values
                .iter_mut()
                .for_each(|value| rewrite_inside(value, item));
        }
        (WireType::Map(item), Value::Object(values)) => {
            values
                .values_mut()
                .for_each(|value| rewrite_inside(value, item));
        }
        (WireType::OneOf(forms), value) => {
            let form = WireType::meant_by(forms, value);
            rewrite_inside(value, form);
        }
        (WireType::Object(members), Value::Object(values)) => {
            for member in members.iter() {
                if let Some(value) = values.get_mut(member.name) {
                    rewrite(value, member);
                }
            }
        }
        _ => {}
    }
}

/// Returns the value in `values` that is equal to `text`, ignoring case, because the pages of the
/// documentation differ in it; `None` if there is none. If [`VALUES`] contains `text`, the
/// documented value for which it stands is compared instead.
fn usual_value(text: &str, values: &[&'static str]) -> Option<&'static str> {
    let meant = VALUES.iter().find(|(other, _)| *other == text);
    let text = meant.map_or(text, |(_, usual)| *usual);
    let same = |value: &&&str| value.eq_ignore_ascii_case(text);
    values.iter().find(same).copied()
}

/// Returns whether an operation refuses values outside the documented enumerations. Only the
/// operations of [`DESCRIPTION`] do: the tables for dev instances, which are in another API
/// description, lack values that are known to exist.
pub(super) fn refuses_unknown_values(rule: &OperationRule) -> bool {
    rule.description == DESCRIPTION
}
