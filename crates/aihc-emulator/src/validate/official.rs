//! Members that official SDKs and examples send although no table has them: every profile but the
//! documented one takes it.

use http::HeaderMap;
use serde_json::{Map, Number, Value};

use super::rule::{MemberRule, OperationRule, WireType};

/// The description whose tables and SDKs differ in this.
const DESCRIPTION: &str = "aihc";

/// Values of examples that stand for documented ones.
const VALUES: [(&str, &str); 1] = [("createAt", "createdAt")];

/// Returns whether the headers with the version can pass: where an operation has two, pages and
/// SDKs have one of them, and one SDK has neither.
pub(super) fn versions_pass(rule: &OperationRule, headers: &HeaderMap) -> bool {
    let fits = |(name, value): &(&str, &str)| headers.get(*name).is_none_or(|sent| sent == value);
    rule.const_headers.len() > 1 && rule.const_headers.iter().all(fits)
}

/// Reads a truth value as Go does.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Brings the members of a request into the form that the table has.
pub(super) fn complete(rule: &OperationRule, values: &mut Map<String, Value>) {
    if rule.description != DESCRIPTION {
        return;
    }
    for member in rule.members {
        if let Some(value) = values.get_mut(member.name) {
            rewrite(value, member);
        }
        // The SDK for Python cannot send a member twice.
        if let Some(other) = member.same_as
            && values.get(member.name).is_none_or(Value::is_null)
            && let Some(value) = values.get(other)
        {
            values.insert(member.name.to_owned(), value.clone());
        }
    }
    // The SDK for Go sends 0 for what is not set, where that means everything.
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

/// Returns the documented value that a text means: pages differ in capitals.
fn usual_value(text: &str, values: &[&'static str]) -> Option<&'static str> {
    let meant = VALUES.iter().find(|(other, _)| *other == text);
    let text = meant.map_or(text, |(_, usual)| *usual);
    let same = |value: &&&str| value.eq_ignore_ascii_case(text);
    values.iter().find(same).copied()
}

/// Returns whether values outside the enumerations are refused: those of dev instances are known to
/// be more than their tables have.
pub(super) fn refuses_unknown_values(rule: &OperationRule) -> bool {
    rule.description == DESCRIPTION
}
