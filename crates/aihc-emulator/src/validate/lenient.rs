//! Conversion of requests to the documented names and forms. The lenient profile accepts nearly
//! every name and form that occurs in the documentation, in its examples, in an SDK or in another
//! source.

use http::HeaderValue;
use http::request::Parts;
use serde_json::{Map, Value};

use super::rule::{MemberRule, WireType};
use crate::query::Query;

/// Alternative names of members, each with the name that replaces it. Tables, outlines and examples
/// of the documentation disagree about these names, and some of them with the Go SDK. A name is
/// replaced only in objects whose API description contains the replacement and not the alternative
/// name.
const SPELLINGS: [(&str, &str); 8] = [
    ("volumeType", "volumnType"),
    ("volumeConfs", "volumnConfs"),
    ("visisbleScope", "visibleScope"),
    ("cpu", "cpus"),
    ("Version", "version"),
    ("CacheLimitSize", "cacheLimitSize"),
    ("srcPath", "sourcePath"),
    ("sourcePath", "srcPath"),
];

/// Alternative names of query parameters that some text, sample or SDK contains. Each entry is an
/// operation, the alternative name, and the documented name.
const PARAMETERS: [(&str, &str, &str); 4] = [
    ("DescribeDevInstances", "valueKey", "queryKey"),
    ("DescribeDevInstances", "resourcePoolID", "resourcePoolId"),
    ("DescribeDevInstanceEvents", "instanceId", "devInstanceId"),
    ("ModifyDevInstance", "devInstanceId", "id"),
];

/// Returns the documented name of an operation that a third party's document calls `name`; `None`
/// if that document has no such name.
pub(super) fn action(name: &str) -> Option<&'static str> {
    match name {
        "CreateDevInstanceImage" => Some("CreateDevInstanceImagePackJob"),
        "DescribeImagePackJob" => Some("DescribeDevInstanceImagePackJob"),
        _ => None,
    }
}

/// Adds the values of query parameters that were sent under one of the alternative names in
/// [`PARAMETERS`].
pub(super) fn complete(operation: &str, values: &mut Map<String, Value>, query: &Query) {
    for (_, other, name) in PARAMETERS.iter().filter(|(of, ..)| *of == operation) {
        let missing = values
            .get(*name)
            .is_none_or(|value| value.is_null() || value == "");
        if missing && let Some(text) = query.get(other) {
            values.insert((*name).to_owned(), text.into());
        }
    }
}

/// Converts a time whose month or day has a single digit to the form of RFC 3339.
pub(crate) fn in_full(text: &str) -> String {
    let Some((date, rest)) = text.split_once('T') else {
        return text.to_owned();
    };
    let padded: Vec<String> = date.split('-').map(|part| format!("{part:0>2}")).collect();
    format!("{}T{rest}", padded.join("-"))
}

/// Returns the value of the header that other actions of AIHC accept in place of `name`; `None` if
/// there is no such header, or if it is not sent.
pub(super) fn header<'a>(name: &str, parts: &'a Parts) -> Option<&'a HeaderValue> {
    (name == "version")
        .then(|| parts.headers.get("x-api-version"))
        .flatten()
}

/// Returns whether a required member may be missing, because an official SDK or the outline of the
/// documentation omits it.
pub(super) fn may_miss(operation: &str, member: &str) -> bool {
    match operation {
        "DescribeDevInstanceEvents" => ["startTime", "endTime"].contains(&member),
        "ModifyDevInstance" => member == "conf.resourcePool",
        _ => false,
    }
}

/// Converts a value to the form that `wire` describes.
pub(super) fn rewrite(value: &mut Value, wire: &WireType) {
    // Some descriptions define an access control document as a string.
    if matches!(wire, WireType::List(_)) {
        read_list(value);
    }
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
            take_acl(members, values);
            let known = |name: &str| members.iter().any(|member| member.name == name);
            for (other, name) in SPELLINGS {
                if known(name)
                    && !known(other)
                    && !values.contains_key(name)
                    && let Some(value) = values.remove(other)
                {
                    values.insert(name.to_owned(), value);
                }
            }
            for member in members.iter() {
                if let Some(value) = values.get_mut(member.name) {
                    if member.name == "delaySec" {
                        take_number(value);
                    }
                    rewrite(value, &member.wire);
                }
            }
        }
        _ => {}
    }
}

/// The name of the list in an access control document.
const LIST: &str = "accessControlList";

/// Parses the list of an access control document if it was sent as a string. The official tool
/// `bce` sends a string, because the metadata from which the tool is generated defines the list as
/// a String.
pub(super) fn take_list(body: &mut Value, members: &[MemberRule]) {
    if members.iter().any(|member| member.name == LIST)
        && let Some(list) = body.get_mut(LIST)
    {
        read_list(list);
    }
}

/// Replaces a string that contains a JSON list with that list. Other values are not changed.
fn read_list(value: &mut Value) {
    if let Some(text) = value.as_str()
        && let Ok(list @ Value::Array(_)) = serde_json::from_str(text)
    {
        *value = list;
    }
}

/// Replaces a string that contains a number with that number, and an empty string with null. The
/// documentation's table of timed stops defines the delay as a String.
fn take_number(value: &mut Value) {
    if let Some(text) = value.as_str() {
        match text.parse::<i64>() {
            Ok(number) => *value = number.into(),
            Err(_) if text.is_empty() => *value = Value::Null,
            Err(_) => {}
        }
    }
}

/// If the member `acl` contains an access control document as a string, as in the STS
/// documentation, replaces `acl` with the members of that document. Does nothing if
/// `accessControlList` was sent too.
fn take_acl(members: &[MemberRule], values: &mut Map<String, Value>) {
    let known = members.iter().any(|member| member.name == LIST);
    if known
        && !values.contains_key(LIST)
        && let Some(text) = values.get("acl").and_then(Value::as_str)
        && let Ok(Value::Object(document)) = serde_json::from_str(text)
    {
        values.remove("acl");
        values.extend(document);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate::operations;
    use crate::validate::rule::OperationRule;

    fn create_dev_instance() -> &'static OperationRule {
        operations()
            .find(|rule| rule.name == "CreateDevInstance")
            .unwrap()
    }

    #[test]
    fn spellings_and_booleans_are_brought_into_form_wherever_they_stand() {
        let rule = operations()
            .find(|rule| rule.name == "CreateDevInstance")
            .unwrap();
        let mut body = json!({
            "visisbleScope": {"type": 1}, "isPublicMgmt": "true", "notify": {"isOpen": "false"},
            "conf": {"resources": {"cpu": 2}, "volumeConfs": [{"volumeType": "cds"}]},
            "name": "true",
        });
        rewrite(&mut body, &WireType::Object(&rule.members));
        let expected = json!({
            "visibleScope": {"type": 1}, "isPublicMgmt": true, "notify": {"isOpen": false},
            "conf": {"resources": {"cpus": 2}, "volumnConfs": [{"volumnType": "cds"}]},
            "name": "true",
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn each_object_knows_its_path_by_both_names() {
        let rule = create_dev_instance();
        let volume = |member: &str, bos: Value| {
            let mut body = json!({"conf": {"volumnConfs": [{}]}});
            body["conf"]["volumnConfs"][0][member] = bos;
            rewrite(&mut body, &WireType::Object(&rule.members));
            body["conf"]["volumnConfs"][0][member].take()
        };
        assert_eq!(
            volume(
                "bos",
                json!({"srcPath": "b/p", "Version": "v2", "CacheLimitSize": "5"})
            ),
            json!({"sourcePath": "b/p", "version": "v2", "cacheLimitSize": "5"})
        );
        assert_eq!(
            volume("dataset", json!({"bos": {"sourcePath": "b/p"}})),
            json!({"bos": {"srcPath": "b/p"}})
        );
    }

    #[test]
    fn a_document_of_a_session_may_be_a_text() {
        let rule = operations().find(|rule| rule.name == "GetSessionToken");
        let wire = WireType::Object(&rule.unwrap().members);
        for body in [
            json!({"acl": r#"{"id": "x", "accessControlList": []}"#}),
            json!({"id": "x", "accessControlList": "[]"}),
        ] {
            let mut rewritten = body.clone();
            rewrite(&mut rewritten, &wire);
            assert_eq!(
                rewritten,
                json!({"id": "x", "accessControlList": []}),
                "{body}"
            );
        }
    }

    #[test]
    fn days_and_months_may_have_one_digit() {
        assert_eq!(
            in_full("2025-6-4T05:30:23.337Z"),
            "2025-06-04T05:30:23.337Z"
        );
        assert_eq!(in_full("yesterday"), "yesterday");
    }

    #[test]
    fn the_usual_spelling_wins_over_the_other() {
        let rule = create_dev_instance();
        let mut body = json!({"visisbleScope": 1, "visibleScope": 2});
        rewrite(&mut body, &WireType::Object(&rule.members));
        assert_eq!(body["visibleScope"], 2);
    }
}
