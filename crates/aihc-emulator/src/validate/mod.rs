//! Conversion of requests to checked arguments, according to the tables that are generated from the
//! API descriptions.

mod arguments;
mod check;
mod documented;
mod lenient;
mod official;
pub(crate) mod rule;
mod shape;

use http::request::Parts;
use serde_json::{Map, Value};

pub(crate) use self::arguments::Arguments;
use self::check::Strictness;
pub(crate) use self::lenient::in_full;
use self::rule::{BodyRule, MemberRule, OperationRule, Position, WireType};
use crate::error::ApiError;
use crate::generated::TABLES;
use crate::profile::Profile;
use crate::query::Query;

/// Returns the operations of all services.
pub(crate) fn operations() -> impl Iterator<Item = &'static OperationRule> {
    TABLES.iter().copied().flatten()
}

/// Returns the operation that a path and a query identify.
pub(crate) fn find_rule(
    path: &str,
    query: &Query,
    profile: Profile,
) -> Result<&'static OperationRule, ApiError> {
    let mut on_path = operations().filter(|rule| rule.path == path).peekable();
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

/// Parses a request for the operation that `rule` describes, and checks it: first the headers and
/// the method, then the types of the members, then their values.
pub(crate) fn arguments(
    rule: &'static OperationRule,
    parts: &Parts,
    query: &Query,
    body: &[u8],
    profile: Profile,
) -> Result<Arguments, ApiError> {
    check_version(rule, parts, profile)?;
    if parts.method.as_str() != rule.method {
        return Err(ApiError::invalid_http_request(format!(
            "{} requires {}, not {}",
            rule.name, rule.method, parts.method
        )));
    }
    let mut values = body_members(rule, body, profile)?;
    for member in rule.members {
        let text = match member.position {
            Position::Body | Position::Response => continue,
            Position::Query => {
                let mut names = member.also.iter();
                let other = || names.find_map(|name| query.get(name));
                query.get(member.name).or_else(other)
            }
            Position::Header => parts
                .headers
                .get(member.name)
                .and_then(|value| value.to_str().ok()),
            // The path of a request is compared as a whole, so it contains no members.
            Position::Path => None,
        };
        // The body must not provide a member that belongs elsewhere in the request.
        values.remove(member.name);
        if let Some(text) = text {
            values.insert(member.name.to_owned(), from_text(text, member, profile)?);
        }
    }
    if profile.is_lenient() {
        lenient::complete(rule.name, &mut values, query);
    }
    if !profile.is_documented() {
        official::complete(rule, &mut values);
    }
    let may_miss = |name: &str| profile.is_lenient() && lenient::may_miss(rule.name, name);
    let strictness = Strictness {
        may_miss: &may_miss,
        refuses_unknown_values: official::refuses_unknown_values(rule) && !profile.is_lenient(),
    };
    check::values(&values, rule.members, "", &strictness)?;
    if profile.is_documented() {
        documented::check(rule.name, &values)?;
    }
    Ok(Arguments {
        members: rule.members,
        values,
    })
}

/// Refuses a request without the version of the API that its operation expects. If an operation has
/// two version headers, one of them is sufficient; with profiles other than `Documented`, even both
/// may be missing.
fn check_version(rule: &OperationRule, parts: &Parts, profile: Profile) -> Result<(), ApiError> {
    if !profile.is_documented() && official::versions_pass(rule, &parts.headers) {
        return Ok(());
    }
    let is_sent = |(name, value): &&(&str, &str)| {
        let sent = parts.headers.get(*name);
        let sent = sent.or_else(|| lenient::header(name, parts).filter(|_| profile.is_lenient()));
        sent.is_some_and(|sent| sent == value)
    };
    let mut headers = rule.const_headers.iter();
    if rule.const_headers.is_empty() || headers.any(|header| is_sent(&header)) {
        return Ok(());
    }
    let needed = rule.const_headers.iter();
    let needed: Vec<String> = needed
        .map(|(name, value)| format!("{name} must be {value}"))
        .collect();
    Err(ApiError::invalid_version(format!(
        "header {}",
        needed.join(", or ")
    )))
}

fn body_members(
    rule: &'static OperationRule,
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
        lenient::rewrite(&mut value, &WireType::Object(&rule.members));
    } else if !profile.is_documented() {
        lenient::take_list(&mut value, rule.members);
    }
    if let Value::Object(values) = &mut value
        && !profile.is_documented()
    {
        official::complete(rule, values);
    }
    let Value::Object(values) = value else {
        return Err(ApiError::malformed_json(format!(
            "json: cannot unmarshal {} into Go value of type {go_type}",
            check::json_kind(&value, &WireType::Object(&rule.members))
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

/// Converts a string from the query or a header to the JSON type that the API description defines
/// for the member.
fn from_text(text: &str, member: &MemberRule, profile: Profile) -> Result<Value, ApiError> {
    let name = member.name;
    match member.wire {
        WireType::Integer => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| ApiError::invalid_parameter(format!("{name} must be an integer"))),
        WireType::Boolean => text
            .parse()
            .ok()
            .or_else(|| official::boolean(text).filter(|_| !profile.is_documented()))
            .map(Value::Bool)
            .ok_or_else(|| ApiError::invalid_parameter(format!("{name} must be true or false"))),
        _ => Ok(Value::from(text)),
    }
}
