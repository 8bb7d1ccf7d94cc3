//! Compares the results of our clients for given responses with the results in a golden file.

use std::path::Path;

use bce_auth::Credentials;
use bce_http::{Error, ErrorKind};
use bce_testing::RawServer;
use http::StatusCode;
use serde_json::Value;

use super::projection::{self, Result as Projected};
use super::{read_cases, text};
use crate::rows::{Notes, Rows, block_on};

/// Adds a test for every response in the golden file.
pub(super) fn rows(file: &Path, rows: &mut Rows) -> Result<(), String> {
    let (_, cases) = read_cases(file, "responses")?;
    for case in cases {
        let notes = rows.notes();
        let name = format!("responses: {}", text(&case, "name"));
        rows.add(name, move || block_on(check(&case, &notes))?);
    }
    Ok(())
}

async fn check(case: &Value, notes: &Notes) -> Result<(), String> {
    let server = RawServer::start(bytes(case)?)
        .await
        .map_err(|error| error.to_string())?;
    let credentials = Credentials::new("ak", "sk").map_err(|error| error.to_string())?;
    let result = projection::call(text(case, "operation"), &server.url(), credentials).await?;
    let requests = server.requests().len();
    if requests != 1 {
        return Err(format!("{requests} requests were sent"));
    }
    let expected = case.get("expect").ok_or("the case has no expectation")?;
    match text(expected, "kind") {
        "ok" => success(expected, result),
        "service_error" => service_error(expected, result),
        "decode_error" => failure(result, &[ErrorKind::Decode]),
        "transport_or_decode_error" => failure(result, &[ErrorKind::Decode, ErrorKind::Transport]),
        "redirect" => redirect(case, result),
        "open" => {
            notes.add(format!(
                "open: {}: {}",
                text(case, "name"),
                summary(&result)
            ));
            Ok(())
        }
        other => Err(format!("this check does not know the kind {other:?}")),
    }
}

/// Returns the bytes of the HTTP response that a test case describes.
fn bytes(case: &Value) -> Result<Vec<u8>, String> {
    let status = case
        .get("status")
        .and_then(Value::as_u64)
        .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
        .ok_or("the case has no HTTP status")?;
    let body = text(case, "body");
    let extra = case
        .get("declared_extra_bytes")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let mut response = format!("HTTP/1.1 {status}\r\n");
    for header in case
        .get("headers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let (Some(name), Some(value)) = (header[0].as_str(), header[1].as_str()) {
            response += &format!("{name}: {value}\r\n");
        }
    }
    response += &format!(
        "Content-Length: {}\r\n\r\n{body}",
        body.len() as u64 + extra
    );
    Ok(response.into_bytes())
}

fn success(expected: &Value, result: Projected) -> Result<(), String> {
    let ours = result.map_err(|error| format!("failed: {error}"))?;
    let members = expected
        .as_object()
        .ok_or("the expectation is not an object")?;
    for (name, value) in members
        .iter()
        .filter(|(name, _)| *name != "kind" && *name != "note")
    {
        match find(&ours, name) {
            None => return Err(format!("this check does not know the member {name:?}")),
            Some(ours) if same_value(ours, value) => {}
            Some(ours) => return Err(format!("{name} is {ours}, expected {value}")),
        }
    }
    Ok(())
}

/// Finds a member by name: at the top level, or else in the first nested object that has it.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members
        .get(name)
        .or_else(|| members.values().find_map(|member| find(member, name)))
}

/// Returns whether a value is equal to the expected one. Objects are compared only in the members
/// that are expected.
fn same_value(ours: &Value, expected: &Value) -> bool {
    match (ours, expected) {
        (Value::Object(ours), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| same_value(ours.get(name).unwrap_or(&Value::Null), value)),
        (Value::Array(ours), Value::Array(expected)) => {
            ours.len() == expected.len()
                && ours
                    .iter()
                    .zip(expected)
                    .all(|(ours, expected)| same_value(ours, expected))
        }
        (ours, expected) => ours == expected,
    }
}

fn service_error(expected: &Value, result: Projected) -> Result<(), String> {
    let error = result.err().ok_or("unexpectedly a success")?;
    let answer = error
        .service()
        .ok_or_else(|| format!("not an error of the service: {error}"))?;
    let same = |what: &str, ours: Value, expected: &Value| {
        if ours == *expected {
            Ok(())
        } else {
            Err(format!("{what} is {ours}, expected {expected}"))
        }
    };
    let members = expected
        .as_object()
        .ok_or("the expectation is not an object")?;
    for (name, value) in members {
        match name.as_str() {
            "kind" | "note" => {}
            "code" => same(name, answer.code().into(), value)?,
            "message" => same(name, answer.message().into(), value)?,
            "request_id" => same(name, answer.request_id().into(), value)?,
            "status" => same(name, answer.status().as_u16().into(), value)?,
            "code_any_of" => {
                let code = Value::from(answer.code());
                if !value.as_array().is_some_and(|codes| codes.contains(&code)) {
                    return Err(format!("the code is {code}, expected one of {value}"));
                }
            }
            other => return Err(format!("this check does not know the member {other:?}")),
        }
    }
    Ok(())
}

fn failure(result: Projected, kinds: &[ErrorKind]) -> Result<(), String> {
    let error = result.err().ok_or("unexpectedly a success")?;
    if kinds.contains(&error.kind()) {
        Ok(())
    } else {
        Err(format!("{:?}: {error}", error.kind()))
    }
}

/// Checks that a redirect is not followed, and is an error.
fn redirect(case: &Value, result: Projected) -> Result<(), String> {
    let error = result.err().ok_or("unexpectedly a success")?;
    let status = error.status().map(|status| u64::from(status.as_u16()));
    if status.is_some() && status == case.get("status").and_then(Value::as_u64) {
        Ok(())
    } else {
        Err(format!("not the redirect itself: {error}"))
    }
}

fn summary(result: &std::result::Result<Value, Error>) -> String {
    match result {
        Ok(value) => {
            let text = value.to_string();
            format!("success {}", text.chars().take(160).collect::<String>())
        }
        Err(error) => format!("{:?} error: {error}", error.kind()),
    }
}
