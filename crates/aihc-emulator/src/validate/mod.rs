//! From a request to checked arguments, by the generated table.

mod check;
mod documented;
mod lenient;
pub(crate) mod rule;
mod shape;

use http::request::Parts;
use serde_json::{Map, Value};

pub(crate) use self::lenient::in_full;
use self::rule::{BodyRule, MemberRule, OperationRule, Position, WireType};
use crate::error::ApiError;
use crate::generated::OPERATIONS;
use crate::profile::Profile;
use crate::query::Query;

/// The checked members of a request by name, whatever their position was.
///
/// Not `Debug`: passwords are among them.
pub(crate) struct Arguments {
    members: &'static [MemberRule],
    values: Map<String, Value>,
}

impl Arguments {
    /// A text member; empty when it was left out.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A text member, when it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// An integer member.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    /// A boolean member.
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.values.get(name).and_then(Value::as_bool)
    }

    /// An object member in its documented shape; `None` when it is absent or null.
    pub(crate) fn object(&self, name: &str) -> Option<Value> {
        let value = self.values.get(name).filter(|value| !value.is_null())?;
        let member = self.members.iter().find(|member| member.name == name)?;
        Some(shape::shape(value, &member.wire))
    }

    /// The body as it was sent, with members that the table does not know.
    pub(crate) fn body(&self) -> Map<String, Value> {
        let mut values = self.values.clone();
        for member in self
            .members
            .iter()
            .filter(|member| member.position != Position::Body)
        {
            values.remove(member.name);
        }
        values
    }

    /// All members but `name` in their documented shape, as one JSON text: what is not known, and
    /// whether something is null or left out, makes no difference.
    pub(crate) fn without(&self, name: &str) -> String {
        let others = self.members.iter().filter(|member| member.name != name);
        let shaped: Map<String, Value> = others
            .map(|member| {
                let value = self.values.get(member.name).unwrap_or(&Value::Null);
                (member.name.to_owned(), shape::shape(value, &member.wire))
            })
            .collect();
        Value::from(shaped).to_string()
    }
}

/// The operation that a path and a query name.
pub(crate) fn find_rule(
    path: &str,
    query: &Query,
    profile: Profile,
) -> Result<&'static OperationRule, ApiError> {
    let mut on_path = OPERATIONS
        .iter()
        .filter(|rule| rule.path == path)
        .peekable();
    if on_path.peek().is_none() {
        return Err(ApiError::unknown_path(format!("no service at {path}")));
    }
    let named = |rule: &OperationRule| {
        let mut constants = rule.const_query.iter();
        constants.all(|(key, value)| query.holds(key, value))
    };
    let action = query.get("action").filter(|_| profile.is_lenient());
    let other = action.and_then(lenient::action);
    on_path
        .find(|rule| named(rule) || other == Some(rule.name))
        .ok_or_else(|| match query.get("action") {
            Some(action) => ApiError::invalid_uri(format!("unknown action {action}")),
            None => ApiError::invalid_uri("the query names no action"),
        })
}

/// Reads and checks the members of a request for `rule`: headers and method, types, values.
pub(crate) fn arguments(
    rule: &'static OperationRule,
    parts: &Parts,
    query: &Query,
    body: &[u8],
    profile: Profile,
) -> Result<Arguments, ApiError> {
    for (name, value) in rule.const_headers {
        let sent = parts.headers.get(*name);
        let sent = sent.or_else(|| lenient::header(name, parts).filter(|_| profile.is_lenient()));
        if sent.is_none_or(|sent| sent != value) {
            return Err(ApiError::invalid_version(format!(
                "header {name} must be {value}"
            )));
        }
    }
    if parts.method.as_str() != rule.method {
        return Err(ApiError::invalid_http_request(format!(
            "{} takes {}, not {}",
            rule.name, rule.method, parts.method
        )));
    }
    let mut values = body_members(rule, body, profile)?;
    for member in rule.members {
        let text = match member.position {
            Position::Body => continue,
            Position::Query => query.get(member.name),
            Position::Header => parts
                .headers
                .get(member.name)
                .and_then(|value| value.to_str().ok()),
            // Paths are compared whole, so there is nothing to cut out of them.
            Position::Path => None,
        };
        // A body member must not stand in for one that belongs elsewhere.
        values.remove(member.name);
        if let Some(text) = text {
            values.insert(member.name.to_owned(), from_text(text, member)?);
        }
    }
    if profile.is_lenient() {
        lenient::complete(rule.name, &mut values, query);
    }
    let may_miss = |name: &str| profile.is_lenient() && lenient::may_miss(rule.name, name);
    check::values(&values, rule.members, "", &may_miss)?;
    if profile.is_documented() {
        documented::check(rule.name, &values)?;
    }
    Ok(Arguments {
        members: rule.members,
        values,
    })
}

fn body_members(
    rule: &OperationRule,
    body: &[u8],
    profile: Profile,
) -> Result<Map<String, Value>, ApiError> {
    match rule.body {
        BodyRule::None => return Ok(Map::new()),
        BodyRule::ObjectOrEmpty if body.is_empty() => return Ok(Map::new()),
        BodyRule::Object | BodyRule::ObjectOrEmpty => {}
    }
    let go_type = format!("{}Request", rule.name);
    let mut value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::malformed_json(format!("json: {error}")))?;
    if profile.is_lenient() {
        lenient::rewrite(&mut value, &WireType::Object(rule.members));
    } else if !profile.is_documented() {
        lenient::take_list(&mut value, rule.members);
    }
    let Value::Object(values) = value else {
        return Err(ApiError::malformed_json(format!(
            "json: cannot unmarshal {} into Go value of type {go_type}",
            check::json_kind(&value, &WireType::Object(rule.members))
        )));
    };
    for member in rule
        .members
        .iter()
        .filter(|member| member.position == Position::Body)
    {
        if let Some(value) = values.get(member.name) {
            check::types(value, &member.wire, &format!("{go_type}.{}", member.name))?;
        }
    }
    Ok(values)
}

/// Reads a member that travels as text by the type that it has in the table.
fn from_text(text: &str, member: &MemberRule) -> Result<Value, ApiError> {
    let name = member.name;
    match member.wire {
        WireType::Integer => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| ApiError::invalid_parameter(format!("{name} must be an integer"))),
        WireType::Boolean => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| ApiError::invalid_parameter(format!("{name} must be true or false"))),
        _ => Ok(Value::from(text)),
    }
}
