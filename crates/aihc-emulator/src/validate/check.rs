//! Checks of JSON values against the rules that are generated from the API description: first of
//! their types, then of the values themselves.

use serde_json::{Map, Value};

use super::rule::{MemberRule, Position, WireType};
use crate::error::ApiError;

/// Refuses a value whose JSON type is wrong. The error has the message of a Go decoder.
///
/// `field` is the path of the value in Go, for example `CreateDevInstanceRequest.conf`.
pub(super) fn types(value: &Value, wire: &WireType, field: &str) -> Result<(), ApiError> {
    match (wire, value) {
        // A Go decoder ignores null and leaves the member unset.
        (_, Value::Null) => Ok(()),
        (WireType::Text, Value::String(_)) | (WireType::Boolean, Value::Bool(_)) => Ok(()),
        (WireType::Integer, Value::Number(number)) if number.is_i64() => Ok(()),
        (WireType::Any, _) | (WireType::Number, Value::Number(_)) => Ok(()),
        (WireType::OneOf(forms), value) => types(value, WireType::meant_by(forms, value), field),
        (WireType::List(item), Value::Array(values)) => values
            .iter()
            .try_for_each(|value| types(value, item, field)),
        (WireType::Map(item), Value::Object(values)) => values
            .values()
            .try_for_each(|value| types(value, item, field)),
        (WireType::Object(members), Value::Object(values)) => {
            members
                .iter()
                .try_for_each(|member| match values.get(member.name) {
                    Some(value) => types(value, &member.wire, &format!("{field}.{}", member.name)),
                    None => Ok(()),
                })
        }
        _ => Err(ApiError::malformed_json(format!(
            "json: cannot unmarshal {} into Go struct field {field} of type {}",
            json_kind(value, wire),
            go_type(wire),
        ))),
    }
}

/// The rules that differ between profiles.
pub(super) struct Strictness<'a> {
    /// Returns whether a required member, given by its whole path, may be missing.
    pub(super) may_miss: &'a dyn Fn(&str) -> bool,
    /// Whether values that are not documented are refused.
    pub(super) refuses_unknown_values: bool,
}

/// Returns an error if a required member is missing, or if a value violates the rules in `members`.
/// The types have already been checked.
pub(super) fn values(
    values: &Map<String, Value>,
    members: &[MemberRule],
    prefix: &str,
    strictness: &Strictness<'_>,
) -> Result<(), ApiError> {
    let sent = |member: &&MemberRule| member.position != Position::Response;
    for member in members.iter().filter(sent) {
        let name = format!("{prefix}{}", member.name);
        match values.get(member.name).filter(|value| !value.is_null()) {
            Some(value) => one_value(value, member, &name, strictness)?,
            None if member.required && !(strictness.may_miss)(&name) => {
                return Err(ApiError::invalid_parameter(format!("{name} is required")));
            }
            None => {}
        }
    }
    Ok(())
}

fn one_value(
    value: &Value,
    member: &MemberRule,
    name: &str,
    strictness: &Strictness<'_>,
) -> Result<(), ApiError> {
    let refuse = |problem: String| Err(ApiError::invalid_parameter(format!("{name} {problem}")));
    let empty = match value {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        _ => false,
    };
    if member.non_empty && empty {
        return refuse("must not be empty".into());
    }
    if let Some(number) = value.as_i64() {
        if let Some(min) = member.min.filter(|min| number < *min) {
            return refuse(format!("must be at least {min}"));
        }
        if let Some(max) = member.max.filter(|max| number > *max) {
            return refuse(format!("must be at most {max}"));
        }
    }
    if let (Some(WireType::Integer), Some(text)) = (member.text_of, value.as_str())
        && !empty
        && text.parse::<i64>().is_err()
    {
        return refuse("must be an integer".into());
    }
    if strictness.refuses_unknown_values && !is_known(value, member.values) {
        return refuse(format!("must be one of {}", member.values.join(", ")));
    }
    inner_values(value, &member.wire, name, strictness)
}

/// Returns whether a value is among the documented ones in `values`; for a list, whether all its
/// items are. If `values` is empty, every value counts as documented. An empty string always does,
/// because it stands for a missing value.
fn is_known(value: &Value, values: &[&str]) -> bool {
    match value {
        _ if values.is_empty() => true,
        Value::String(text) => text.is_empty() || values.contains(&text.as_str()),
        Value::Number(number) => values.contains(&number.to_string().as_str()),
        Value::Array(items) => items.iter().all(|item| is_known(item, values)),
        _ => true,
    }
}

fn inner_values(
    value: &Value,
    wire: &WireType,
    name: &str,
    strictness: &Strictness<'_>,
) -> Result<(), ApiError> {
    match (wire, value) {
        (WireType::Object(members), Value::Object(object)) => {
            values(object, members, &format!("{name}."), strictness)
        }
        // In Go, null inside a list becomes an object whose members are unset.
        (WireType::Object(members), Value::Null) => {
            values(&Map::new(), members, &format!("{name}."), strictness)
        }
        (WireType::OneOf(forms), value) => {
            inner_values(value, WireType::meant_by(forms, value), name, strictness)
        }
        (WireType::List(item), Value::Array(values)) => {
            values.iter().enumerate().try_for_each(|(index, value)| {
                inner_values(value, item, &format!("{name}[{index}]"), strictness)
            })
        }
        (WireType::Map(item), Value::Object(values)) => {
            values.iter().try_for_each(|(key, value)| {
                inner_values(value, item, &format!("{name}[{key}]"), strictness)
            })
        }
        _ => Ok(()),
    }
}

/// Returns the name that Go's decoder uses for the kind of a JSON value if `wire` was expected.
pub(super) fn json_kind(value: &Value, wire: &WireType) -> String {
    match (value, wire) {
        // Go shows the number only if it is of the right type but does not fit.
        (Value::Number(number), WireType::Integer) => format!("number {number}"),
        (Value::Number(_), _) => "number".into(),
        (Value::Null, _) => "null".into(),
        (Value::Bool(_), _) => "bool".into(),
        (Value::String(_), _) => "string".into(),
        (Value::Array(_), _) => "array".into(),
        (Value::Object(_), _) => "object".into(),
    }
}

fn go_type(wire: &WireType) -> String {
    match wire {
        WireType::Text => "string".into(),
        WireType::Integer => "int64".into(),
        WireType::Boolean => "bool".into(),
        WireType::List(item) => format!("[]{}", go_type(item)),
        WireType::Map(item) => format!("map[string]{}", go_type(item)),
        WireType::Object(_) => "struct".into(),
        WireType::Number => "float64".into(),
        WireType::Any => "interface {}".into(),
        WireType::OneOf(forms) => forms.first().map(go_type).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::rule;
    use super::*;

    const fn member(name: &'static str, required: bool, wire: WireType) -> MemberRule {
        rule::member(name, Position::Body, required, wire)
    }

    static DISK: &[MemberRule] = &[MemberRule {
        min: Some(1),
        max: Some(10),
        ..member("size", true, WireType::Integer)
    }];
    static MEMBERS: &[MemberRule] = &[
        MemberRule {
            non_empty: true,
            ..member("name", true, WireType::Text)
        },
        member("public", false, WireType::Boolean),
        member("envs", false, WireType::Map(&WireType::Text)),
        member("disks", false, WireType::List(&WireType::Object(&DISK))),
    ];

    fn check(value: Value) -> Result<(), ApiError> {
        types(&value, &WireType::Object(&MEMBERS), "T")?;
        let strictness = Strictness {
            may_miss: &|_| false,
            refuses_unknown_values: true,
        };
        values(value.as_object().unwrap(), MEMBERS, "", &strictness)
    }

    fn message(value: Value) -> String {
        check(value).unwrap_err().message
    }

    #[test]
    fn what_fits_the_rules_is_accepted() {
        assert_eq!(check(json!({"name": "a"})), Ok(()));
        assert_eq!(
            check(json!({
                "name": "a", "public": null, "envs": {"A": "1"}, "disks": [{"size": 10}],
                "unknown": [1],
            })),
            Ok(())
        );
    }

    #[test]
    fn another_json_type_is_refused_in_the_words_of_a_go_decoder() {
        let error = check(json!({"name": 7})).unwrap_err();
        assert_eq!(error.code, "MalformedJSON");
        assert_eq!(
            error.message,
            "json: cannot unmarshal number into Go struct field T.name of type string"
        );
        for (value, field) in [
            (
                json!({"name": "a", "public": "true"}),
                "string into Go struct field T.public",
            ),
            (
                json!({"name": "a", "envs": {"A": 1}}),
                "number into Go struct field T.envs",
            ),
            (
                json!({"name": "a", "envs": []}),
                "of type map[string]string",
            ),
            (json!({"name": "a", "disks": {}}), "of type []struct"),
            (
                json!({"name": "a", "disks": [{"size": "1"}]}),
                "T.disks.size of type int64",
            ),
            (json!({"name": "a", "disks": [{"size": 1.5}]}), "number 1.5"),
            (
                json!({"name": "a", "disks": [{"size": u64::MAX}]}),
                "of type int64",
            ),
        ] {
            let message = message(value);
            assert!(message.contains(field), "{message}");
        }
    }

    #[test]
    fn a_missing_or_null_required_member_is_named() {
        assert_eq!(message(json!({})), "name is required");
        assert_eq!(message(json!({"name": null})), "name is required");
        assert_eq!(
            message(json!({"name": "a", "disks": [{}]})),
            "disks[0].size is required"
        );
        assert_eq!(
            message(json!({"name": "a", "disks": [null]})),
            "disks[0].size is required"
        );
    }

    #[test]
    fn values_outside_the_rules_are_named() {
        assert_eq!(message(json!({"name": ""})), "name must not be empty");
        let disk = |size: i64| json!({"name": "a", "disks": [{"size": 1}, {"size": size}]});
        assert_eq!(message(disk(0)), "disks[1].size must be at least 1");
        assert_eq!(message(disk(11)), "disks[1].size must be at most 10");
    }

    #[test]
    fn types_come_before_values() {
        assert_eq!(
            check(json!({"public": 1})).unwrap_err().code,
            "MalformedJSON"
        );
    }
}
