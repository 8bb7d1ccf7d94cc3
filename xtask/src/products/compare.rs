//! Compares the requests of generated crates with the expected ones, which the Python program
//! `reader.py` writes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Headers that are not compared, because the client sets them itself.
const OF_ALL: &[&str] = &[
    "authorization",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-bce-date",
    "x-bce-request-id",
];

/// Returns an error with the first difference between a request and the expected one.
pub(super) fn request(sent: &Value, expected: &Value) -> Result<(), String> {
    let made: Vec<&str> = list(&expected["made"]);
    equal("method", &sent["method"], &expected["method"])?;
    equal("path", &sent["path"], &expected["path"])?;
    let query = sent["query"].as_str().unwrap_or_default();
    let mut query: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .filter(|pair| !is_made(pair, &made))
        .collect();
    query.sort();
    equal("query", &Value::from(query), &expected["query"])?;
    let mut headers = sent["headers"].as_object().cloned().unwrap_or_default();
    headers.retain(|name, _| !OF_ALL.contains(&name.as_str()));
    equal("headers", &Value::Object(headers), &expected["headers"])?;
    equal("body", &body(sent, expected, &made)?, &expected["body"])
}

/// Returns whether `pair`, a query parameter such as `name=value`, is an idempotency token that the
/// client has generated. `made` contains the names of the tokens.
fn is_made(pair: &str, made: &[&str]) -> bool {
    let pair = pair.split_once('=');
    pair.is_some_and(|(name, value)| made.contains(&name) && !value.is_empty())
}

/// Returns the body of a request without the idempotency tokens that the client has generated.
fn body(sent: &Value, expected: &Value, made: &[&str]) -> Result<Value, String> {
    let text = sent["body"].as_str().unwrap_or_default();
    if text.is_empty() && expected["body"].is_null() {
        return Ok(Value::Null);
    }
    if expected["form"] == true {
        return Ok(form(text));
    }
    let mut body: Value =
        serde_json::from_str(text).map_err(|error| format!("the body is not JSON: {error}"))?;
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, value| !made.contains(&name.as_str()) || value == "");
    }
    Ok(body)
}

fn form(text: &str) -> Value {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Map<String, Value> = pairs
        .map(|(name, value)| (decoded(name), decoded(value).into()))
        .collect();
    Value::Object(pairs)
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns an error with the first difference between two descriptions of an operation: the one of
/// the generator, and the expected one.
pub(super) fn description(found: &Value, expected: &Value) -> Result<(), String> {
    for key in ["method", "path", "query", "headers", "body"] {
        equal(key, &found[key], &expected[key])?;
    }
    Ok(())
}

fn equal(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what} is {found}, expected {expected}"))
}

fn list(value: &Value) -> Vec<&str> {
    let items = value.as_array();
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Parses lines of JSON, and returns them by key. The key of a line consists of the values of its
/// members `product` and `operation`, and of the member that has the name `more`.
pub(super) fn lines(
    text: &str,
    more: &str,
) -> Result<BTreeMap<(String, String, String), Value>, String> {
    let part = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let key = (
                part(&line, "product"),
                part(&line, "operation"),
                part(&line, more),
            );
            Ok((key, line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_part_of_a_request_counts() {
        let expected = json!({ "method": "PUT", "path": "/a", "query": ["b=", "c=1"],
            "headers": {"version": "v2"}, "body": {"d": 1}, "made": ["token"], "form": false });
        let sent = json!({ "method": "PUT", "path": "/a", "query": "c=1&b&token=x",
            "headers": {"version": "v2", "content-type": "x"}, "body": r#"{"d":1}"# });
        request(&sent, &expected).unwrap();
        for (key, value) in [
            ("method", json!("POST")),
            ("path", json!("/A")),
            ("query", json!("c=1")),
            ("query", json!("c=1&b&token=")),
            ("headers", json!({})),
            ("body", json!("{}")),
            ("body", json!("")),
        ] {
            let mut other = sent.clone();
            other[key] = value;
            assert!(request(&other, &expected).is_err(), "{key}");
        }
    }

    #[test]
    fn a_form_is_read_as_it_is_written() {
        assert_eq!(form("a=1+2&b=%C3%BC%2F"), json!({ "a": "1 2", "b": "ü/" }));
    }
}
