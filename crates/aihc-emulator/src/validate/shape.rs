//! Conversion of values to their documented form: omitted members are added, and unknown members
//! are removed.

use serde_json::{Value, json};

use super::rule::{Position, WireType};

/// Fills in members that the caller omitted, as the service shows them: an empty string, zero,
/// `false`, an empty list or map, and null for an object. Removes members that `wire` does not
/// describe.
pub(crate) fn shape(value: &Value, wire: &WireType) -> Value {
    match (wire, value) {
        (WireType::Text, Value::Null) => json!(""),
        (WireType::Integer, Value::Null) => json!(0),
        (WireType::Number, Value::Null) => json!(0),
        (WireType::Boolean, Value::Null) => json!(false),
        (WireType::List(_), Value::Null) => json!([]),
        (WireType::Map(_), Value::Null) => json!({}),
        (WireType::List(item), Value::Array(values)) => {
            values.iter().map(|value| shape(value, item)).collect()
        }
        (WireType::Map(item), Value::Object(values)) => values
            .iter()
            .map(|(key, value)| (key.clone(), shape(value, item)))
            .collect(),
        (WireType::OneOf(forms), value) => shape(value, WireType::meant_by(forms, value)),
        (WireType::Object(members), Value::Object(values)) => members
            .iter()
            .filter(|member| member.position != Position::Response)
            .map(|member| {
                let value = values.get(member.name).unwrap_or(&Value::Null);
                (member.name.to_owned(), shape(value, &member.wire))
            })
            .collect(),
        (_, value) => value.clone(),
    }
}

/// Returns the value without members that are null or that `wire` does not describe.
pub(super) fn known(value: &Value, wire: &WireType) -> Value {
    match (wire, value) {
        (WireType::OneOf(forms), value) => known(value, WireType::meant_by(forms, value)),
        (WireType::List(item), Value::Array(values)) => {
            values.iter().map(|value| known(value, item)).collect()
        }
        (WireType::Map(item), Value::Object(values)) => {
            let values = values.iter();
            values
                .map(|(key, value)| (key.clone(), known(value, item)))
                .collect()
        }
        (WireType::Object(members), Value::Object(values)) => members
            .iter()
            .filter(|member| member.position != Position::Response)
            .filter_map(|member| {
                let value = values.get(member.name).filter(|value| !value.is_null())?;
                Some((member.name.to_owned(), known(value, &member.wire)))
            })
            .collect(),
        (_, value) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::{self, MemberRule};
    use super::*;

    const fn member(name: &'static str, wire: WireType) -> MemberRule {
        rule::member(name, Position::Body, false, wire)
    }

    #[test]
    fn every_member_of_the_table_appears_and_no_other() {
        static INNER: &[MemberRule] = &[
            member("size", WireType::Integer),
            member("on", WireType::Boolean),
        ];
        static OUTER: &[MemberRule] = &[
            member("name", WireType::Text),
            member("disk", WireType::Object(&INNER)),
            member("spare", WireType::Object(&INNER)),
            member("keys", WireType::List(&WireType::Text)),
            member("envs", WireType::Map(&WireType::Text)),
        ];
        let shaped = shape(
            &json!({"disk": {"size": 7}, "foreign": 1}),
            &WireType::Object(&OUTER),
        );
        assert_eq!(
            shaped,
            json!({
                "name": "", "disk": {"size": 7, "on": false}, "spare": null, "keys": [], "envs": {},
            })
        );
    }
}
