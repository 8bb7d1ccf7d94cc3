//! Requests in the spellings of every source, as the lenient profile takes them.

use http::HeaderValue;
use http::request::Parts;
use serde_json::Value;

use super::rule::WireType;

/// Spellings of some tables and outlines, and what the examples and the Go SDK send.
const SPELLINGS: [(&str, &str); 4] = [
    ("volumeType", "volumnType"),
    ("volumeConfs", "volumnConfs"),
    ("visisbleScope", "visibleScope"),
    ("cpu", "cpus"),
];

/// The header that other actions of AIHC take in the place of this one.
pub(super) fn header<'a>(name: &str, parts: &'a Parts) -> Option<&'a HeaderValue> {
    (name == "version")
        .then(|| parts.headers.get("x-api-version"))
        .flatten()
}

/// Whether official SDKs or the outline of the page leave a required member out.
pub(super) fn may_miss(operation: &str, member: &str) -> bool {
    match operation {
        "DescribeDevInstanceEvents" => ["startTime", "endTime"].contains(&member),
        "ModifyDevInstance" => member == "conf.resourcePool",
        _ => false,
    }
}

/// Brings a body into the form that the table describes.
pub(super) fn rewrite(value: &mut Value, wire: &WireType) {
    match (wire, value) {
        (WireType::Boolean, value) => {
            let boolean = value.as_str().and_then(|text| text.parse::<bool>().ok());
            if let Some(boolean) = boolean {
                *value = boolean.into();
            }
        }
        (WireType::List(item), Value::Array(values)) => {
            values.iter_mut().for_each(|value| rewrite(value, item));
        }
        (WireType::Object(members), Value::Object(values)) => {
            for (other, name) in SPELLINGS {
                let known = members.iter().any(|member| member.name == name);
                if known
                    && !values.contains_key(name)
                    && let Some(value) = values.remove(other)
                {
                    values.insert(name.to_owned(), value);
                }
            }
            for member in *members {
                if let Some(value) = values.get_mut(member.name) {
                    rewrite(value, &member.wire);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generated::OPERATIONS;

    #[test]
    fn spellings_and_booleans_are_brought_into_form_wherever_they_stand() {
        let rule = OPERATIONS
            .iter()
            .find(|rule| rule.name == "CreateDevInstance")
            .unwrap();
        let mut body = json!({
            "visisbleScope": {"type": 1}, "isPublicMgmt": "true", "notify": {"isOpen": "false"},
            "conf": {"resources": {"cpu": 2}, "volumeConfs": [{"volumeType": "cds"}]},
            "name": "true",
        });
        rewrite(&mut body, &WireType::Object(rule.members));
        let expected = json!({
            "visibleScope": {"type": 1}, "isPublicMgmt": true, "notify": {"isOpen": false},
            "conf": {"resources": {"cpus": 2}, "volumnConfs": [{"volumnType": "cds"}]},
            "name": "true",
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn the_usual_spelling_wins_over_the_other() {
        let rule = &OPERATIONS[0];
        let mut body = json!({"visisbleScope": 1, "visibleScope": 2});
        rewrite(&mut body, &WireType::Object(rule.members));
        assert_eq!(body["visibleScope"], 2);
    }
}
