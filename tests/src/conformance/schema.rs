//! The API descriptions of dev instances and STS, as far as they are needed to compare requests.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

const SPECS: [&str; 2] = [
    include_str!("../../../xtask/spec/aihc-dev.json"),
    include_str!("../../../xtask/spec/sts.json"),
];

/// The operations and the types of both API descriptions.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Schema {
    operations: Vec<Operation>,
    types: BTreeMap<String, Type>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    name: String,
    parameters: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Type {
    fields: Vec<Member>,
}

/// A member of a request, or of an object in a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    name: String,
    #[serde(rename = "type")]
    wire_type: String,
    position: String,
    client_check: Option<String>,
    format: Option<String>,
    limits: Option<Limits>,
}

#[derive(Debug, Deserialize)]
struct Limits {
    min: Option<i64>,
    max: Option<i64>,
    exclusive_min: Option<i64>,
}

impl Schema {
    /// Reads the descriptions from which the clients are generated.
    pub(crate) fn load() -> Result<Self, String> {
        let mut all = Self::default();
        for spec in SPECS {
            let one: Self = serde_json::from_str(spec).map_err(|e| format!("the spec: {e}"))?;
            all.operations.extend(one.operations);
            all.types.extend(one.types);
        }
        Ok(all)
    }

    /// Returns the members of an operation's request.
    pub(crate) fn members(&self, operation: &str) -> &[Member] {
        self.operations
            .iter()
            .find(|candidate| candidate.name == operation)
            .map_or(&[], |operation| &operation.parameters)
    }

    fn fields(&self, wire_type: &str) -> &[Member] {
        self.types.get(wire_type).map_or(&[], |found| &found.fields)
    }

    /// Returns a value without the parts that are equivalent to missing ones: null, empty strings,
    /// zero, `false`, empty lists and maps, and members that only responses contain. Returns `None`
    /// if nothing remains. In a list, an item of which nothing remains becomes null.
    pub(crate) fn essence(&self, value: &Value, members: &[Member]) -> Option<Value> {
        match value {
            Value::Object(entries) => {
                let kept: serde_json::Map<String, Value> = entries
                    .iter()
                    .filter_map(|(name, value)| {
                        let member = members.iter().find(|member| member.name == *name);
                        if member.is_some_and(|member| member.position == "RESPONSE") {
                            return None;
                        }
                        let inner = member.map_or("", |member| element_type(&member.wire_type));
                        let value = self.essence(value, self.fields(inner))?;
                        Some((name.clone(), value))
                    })
                    .collect();
                (!kept.is_empty()).then_some(Value::Object(kept))
            }
            Value::Array(elements) if elements.is_empty() => None,
            Value::Array(elements) => Some(Value::Array(
                elements
                    .iter()
                    .map(|element| self.essence(element, members).unwrap_or(Value::Null))
                    .collect(),
            )),
            Value::String(text) if text.is_empty() => None,
            Value::Number(number) if number.as_f64() == Some(0.0) => None,
            Value::Null | Value::Bool(false) => None,
            other => Some(other.clone()),
        }
    }

    /// Returns whether, according to the description, a client must refuse the value at a path such
    /// as `conf.volumnConfs[0].mountPath` in these arguments.
    pub(crate) fn forbids(&self, operation: &str, place: &str, arguments: &Value) -> bool {
        let mut members = self.members(operation);
        let mut value = Some(arguments);
        let mut found = None;
        for step in place.split('.') {
            let (name, index) = match step.split_once('[') {
                Some((name, rest)) => (name, rest.trim_end_matches(']').parse().ok()),
                None => (step, None::<usize>),
            };
            let Some(member) = members.iter().find(|member| member.name == name) else {
                return false;
            };
            value = value.and_then(|value| argument(value, name));
            if let Some(index) = index {
                value = value.and_then(|value| value.get(index));
            }
            members = self.fields(element_type(&member.wire_type));
            found = Some(member);
        }
        found.is_some_and(|member| member.forbids(value.unwrap_or(&Value::Null)))
    }
}

impl Member {
    /// Returns whether the member is a time that is sent with milliseconds.
    pub(crate) fn is_time(&self) -> bool {
        self.format.as_deref() == Some("iso8601-millis")
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn forbids(&self, value: &Value) -> bool {
        match (self.client_check.as_deref(), value) {
            (Some("non_empty"), Value::Null) => true,
            (Some("non_empty"), Value::String(text)) => {
                text.is_empty() || text.contains(char::is_control)
            }
            (Some("limits"), value) => {
                let number = value.as_i64().unwrap_or(0);
                self.limits.as_ref().is_some_and(|limits| {
                    limits.min.is_some_and(|min| number < min)
                        || limits.max.is_some_and(|max| number > max)
                        || limits.exclusive_min.is_some_and(|min| number <= min)
                })
            }
            _ => false,
        }
    }
}

/// Returns a member of a Go argument struct by its name. If no member has exactly this name, the
/// case of letters is ignored.
pub(crate) fn argument<'a>(arguments: &'a Value, name: &str) -> Option<&'a Value> {
    let members = arguments.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    })
}

/// Returns the type of the items of a list or the values of a map; any other type is returned
/// unchanged.
fn element_type(wire_type: &str) -> &str {
    let inner = wire_type
        .split_once('<')
        .map_or(wire_type, |(_, inner)| inner);
    let inner = inner.trim_end_matches('>');
    inner.rsplit(',').next().unwrap_or(inner).trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_essence_keeps_what_a_request_says() {
        let schema = Schema::load().unwrap();
        let members = schema.members("CreateDevInstance");
        let body = json!({
            "name": "a", "notify": null, "isPublicMgmt": false,
            "conf": {"updatedAt": 17, "envs": {}, "volumnConfs": [{"cds": {"capacity": 100}, "pfs": null}]},
        });
        let essence = schema.essence(&body, members).unwrap();
        let expected = json!({"name": "a", "conf": {"volumnConfs": [{"cds": {"capacity": 100}}]}});
        assert_eq!(essence, expected);
    }

    #[test]
    fn only_documented_checks_forbid() {
        let schema = Schema::load().unwrap();
        let forbids =
            |place: &str, arguments: Value| schema.forbids("CreateDevInstance", place, &arguments);
        assert!(forbids("name", json!({"name": ""})));
        assert!(!forbids("name", json!({"name": "x"})));
        assert!(forbids(
            "conf.resources.cpus",
            json!({"conf": {"resources": {"cpus": 0}}})
        ));
        assert!(!forbids(
            "conf.resources.cpus",
            json!({"conf": {"resources": {"cpus": 1}}})
        ));
        let mounts = json!({"conf": {"volumnConfs": [{"mountPath": "/a"}, {"mountPath": ""}]}});
        assert!(!forbids("conf.volumnConfs[0].mountPath", mounts.clone()));
        assert!(forbids("conf.volumnConfs[1].mountPath", mounts));
        assert!(!forbids("isPublicMgmt", json!({"isPublicMgmt": false})));
    }
}
