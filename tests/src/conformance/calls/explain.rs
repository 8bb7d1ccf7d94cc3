//! The rules that explain why requests of the official SDKs differ from those that the API
//! description requires.

use serde_json::Value;

use crate::calls::Description;

use super::difference::{Difference, Part, Request, as_text, is_nothing};

/// Returns the name of the rule that explains why an SDK's request has this difference from the
/// expected one; `None` if no rule does. `all` contains all differences of the request.
pub(super) fn rule(
    description: &Description,
    operation: &str,
    expected: &Request,
    all: &[Difference],
    difference: &Difference,
) -> Option<&'static str> {
    let place = difference.place.as_str();
    let member = match difference.part {
        Part::Query => description.parameter(operation, place),
        Part::Body => description.member(operation, place),
        _ => None,
    };
    let (ours, theirs) = (difference.expected.as_ref(), difference.sdk.as_ref());
    if difference.part == Part::Body && place.is_empty() {
        let says_nothing = |it: &Option<&Value>| it.is_none_or(is_empty);
        return (says_nothing(&ours) && says_nothing(&theirs)).then_some("a body without members");
    }
    match (difference.part, ours, theirs) {
        (Part::Header, Some(ours), Some(theirs)) if place == "content-type" => {
            (media_type(ours) == media_type(theirs)).then_some("the spelling of a content type")
        }
        // The expected headers all have fixed values.
        (Part::Header, Some(_), None) => Some("a fixed header that an SDK does not send"),
        (Part::Query | Part::Body, None, Some(theirs)) => {
            if is_nothing(theirs) {
                return Some("a member that is not set, and sent all the same");
            }
            let member = member?;
            if !member.default.is_null() && as_text(&member.default) == as_text(theirs) {
                return Some("a member that is not set, and sent with its default");
            }
            // The pair has the other name of a member, and the value of that member.
            let is_other = member.also_send.iter().any(|also| also == place);
            let of_member = expected.query.iter().find(|(name, value)| {
                description.parameter(operation, name).is_some_and(|it| {
                    it.also_send.iter().any(|also| also == place) && *value == as_text(theirs)
                })
            });
            (is_other && of_member.is_some()).then_some("a member under another name")
        }
        (Part::Query | Part::Body, Some(ours), None) => {
            let member = member?;
            if member.same_as.is_some() {
                return Some("a value that is sent a second time");
            }
            if is_nothing(ours) {
                return Some("a zero value that an SDK leaves out");
            }
            let is_there = all.iter().any(|other| {
                let same = other
                    .sdk
                    .as_ref()
                    .is_some_and(|it| as_text(it) == as_text(ours));
                other.part == difference.part && member.also_send.contains(&other.place) && same
            });
            is_there.then_some("a member under another name")
        }
        (Part::Query | Part::Body, Some(ours), Some(theirs)) => {
            let member = member?;
            if is_nothing(ours) && is_empty(theirs) {
                return Some("a zero value that an SDK sends as none");
            }
            let (ours, theirs) = (as_text(ours), as_text(theirs));
            if member.wire_type == "Bool" && ours.eq_ignore_ascii_case(&theirs) {
                return Some("the case of a truth value");
            }
            let is_number = ["Int32", "Int64", "Double"].contains(&member.wire_type.as_str());
            let within_text = member.text_of.is_some() || is_number;
            (within_text && ours == theirs).then_some("a number as text")
        }
        _ => None,
    }
}

/// Returns whether a value counts as absent: null, or an empty string, list or object.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the media type without parameters: `application/json` for
/// `application/json;charset=utf-8`.
fn media_type(value: &Value) -> String {
    let text = as_text(value);
    let media = text.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}
