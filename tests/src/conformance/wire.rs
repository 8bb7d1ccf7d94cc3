//! Compares our requests with those that the official Go SDK has sent for the same arguments.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bce_auth::encode::uri_decode;
use bce_auth::{Credentials, Verifier};
use bce_http::ErrorKind;
use bce_testing::{RawRequest, RawServer};
use http::Request;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::go_arguments::{self, Clients, Refusal};
use super::schema::Schema;
use super::{read_cases, text};
use crate::rows::{Notes, Rows, block_on};

/// The body of a response that means success for every operation.
const ANSWER: &str = r#"{"requestId":"r","totalCount":0,"devInstanceId":"dv-1","imagePackJobId":"tk-1","devInstance":{},"devInstanceImagePackJob":{},"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"st"}"#;

/// Adds a test for every request in the golden file.
pub(super) fn rows(file: &Path, rows: &mut Rows) -> Result<(), String> {
    let schema = Schema::load().map_err(|problem| format!("the API description: {problem}"))?;
    let schema = Arc::new(schema);
    let (_, cases) = read_cases(file, "requests")?;
    for case in cases {
        let (schema, notes) = (Arc::clone(&schema), rows.notes());
        let name = format!("wire: {} {}", text(&case, "operation"), text(&case, "name"));
        rows.add(name, move || block_on(compare(&schema, &case, &notes))?);
    }
    Ok(())
}

async fn compare(schema: &Schema, case: &Value, notes: &Notes) -> Result<(), String> {
    let server = RawServer::start(answer())
        .await
        .map_err(|error| error.to_string())?;
    let credentials = credentials(case)?;
    let clients = clients(&server.url(), &credentials).map_err(|error| error.to_string())?;
    let operation = text(case, "operation");
    let arguments = case.get("args").unwrap_or(&Value::Null);
    let called = go_arguments::call(&clients, operation, arguments).await;
    let requests = server.requests();
    match (called, &requests[..]) {
        (Ok(()), [request]) => same_request(schema, case, &credentials, request),
        (Err(refusal), []) => {
            let why = deliberate(schema, operation, arguments, &refusal)?;
            let name = text(case, "name");
            notes.add(format!(
                "refused before sending, as meant: {operation} {name}: {why}"
            ));
            Ok(())
        }
        (Err(refusal), _) => Err(describe(&refusal)),
        (Ok(()), requests) => Err(format!("{} requests were sent", requests.len())),
    }
}

fn answer() -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    )
    .into_bytes()
}

pub(super) fn credentials(case: &Value) -> Result<Credentials, String> {
    let given = case.get("credentials").unwrap_or(&Value::Null);
    let key = text(given, "access_key_id");
    let secret = text(given, "secret_access_key");
    match text(given, "session_token") {
        "" => Credentials::new(key, secret),
        token => Credentials::session(key, secret, token),
    }
    .map_err(|error| error.to_string())
}

fn clients(endpoint: &str, credentials: &Credentials) -> Result<Clients, bce_http::Error> {
    let aihc = aihc_dev::Client::builder()
        .endpoint(endpoint)
        .credentials(credentials.clone());
    let sts = bce_sts::Client::builder()
        .endpoint(endpoint)
        .credentials(credentials.clone());
    Ok(Clients {
        aihc: aihc.build()?,
        sts: sts.build()?,
    })
}

/// Returns the reason why our client is right to refuse a call that the Go SDK sends: the API
/// description forbids the value, or our API has a specific type where Go accepts any string.
/// Returns an error if neither is the case.
fn deliberate(
    schema: &Schema,
    operation: &str,
    arguments: &Value,
    refusal: &Refusal,
) -> Result<String, String> {
    match refusal {
        Refusal::Untyped(why) => Ok(why.clone()),
        Refusal::Error(error) if error.kind() == ErrorKind::InvalidInput => {
            let place = error.member().unwrap_or("");
            if schema.forbids(operation, place, arguments) {
                Ok(error.to_string())
            } else {
                Err(format!("refused without a rule: {error}"))
            }
        }
        other => Err(describe(other)),
    }
}

fn describe(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Error(error) => error.to_string(),
        Refusal::Untyped(why) | Refusal::Unknown(why) => why.clone(),
    }
}

fn same_request(
    schema: &Schema,
    case: &Value,
    credentials: &Credentials,
    request: &RawRequest,
) -> Result<(), String> {
    let head = parse_head(&request.head)?;
    let same = |what: &str, ours: &str, expected: &str| {
        if ours == expected {
            Ok(())
        } else {
            Err(format!("{what} is {ours:?}, expected {expected:?}"))
        }
    };
    same("the method", head.method.as_str(), text(case, "method"))?;
    let path = String::from_utf8_lossy(&uri_decode(head.uri.path())).into_owned();
    same("the path", &path, text(case, "path"))?;
    for name in ["version", "content-type"] {
        let ours = head
            .headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or("?"));
        same(
            name,
            &without_space(ours),
            &without_space(expected_header(case, name)),
        )?;
    }
    let members = schema.members(text(case, "operation"));
    let is_time = |name: &str| {
        members
            .iter()
            .any(|member| member.name() == name && member.is_time())
    };
    let ours = as_set(our_pairs(head.uri.query().unwrap_or("")));
    let mut expected = expected_pairs(case);
    for (name, value) in &mut expected {
        if is_time(name) {
            *value = documented_form(std::mem::take(value));
        }
    }
    let expected = as_set(expected);
    if ours != expected {
        return Err(format!("the query is {ours:?}, expected {expected:?}"));
    }
    same_body(schema, case, &request.body)?;
    Verifier::new()
        .verify(&head, OffsetDateTime::now_utc(), |key| {
            (key == credentials.access_key_id()).then(|| credentials.clone())
        })
        .map_err(|error| format!("the signature: {error}"))?;
    Ok(())
}

fn same_body(schema: &Schema, case: &Value, body: &[u8]) -> Result<(), String> {
    let ours = match body {
        [] => Value::Null,
        text => serde_json::from_slice(text).map_err(|error| format!("the body: {error}"))?,
    };
    let mut expected = case.get("body").cloned().unwrap_or(Value::Null);
    let operation = text(case, "operation");
    // The Go SDK has the same struct for Create and Modify, but only Modify has an id.
    if let (Some(members), "CreateDevInstance") = (expected.as_object_mut(), operation) {
        members.remove("id");
    }
    let members = schema.members(operation);
    let (ours, expected) = (
        schema.essence(&ours, members),
        schema.essence(&expected, members),
    );
    if ours == expected {
        return Ok(());
    }
    let show = |value: Option<Value>| value.unwrap_or(Value::Null).to_string();
    Err(format!(
        "the body is {}, expected {}",
        show(ours),
        show(expected)
    ))
}

pub(super) fn parse_head(head: &str) -> Result<http::request::Parts, String> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or("").split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(':').ok_or("a header line has no colon")?;
        request = request.header(name, value.trim());
    }
    Ok(request
        .body(())
        .map_err(|error| error.to_string())?
        .into_parts()
        .0)
}

fn expected_header<'a>(case: &'a Value, name: &str) -> &'a str {
    case.get("headers")
        .and_then(Value::as_array)
        .and_then(|headers| headers.iter().find(|header| text(header, "name") == name))
        .map_or("", |header| text(header, "value"))
}

pub(super) fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

pub(super) fn our_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| String::from_utf8_lossy(&uri_decode(text)).into_owned();
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn expected_pairs(case: &Value) -> Vec<(String, String)> {
    let word = |pair: &Value, at: usize| {
        pair.get(at)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    let pairs = case.get("query").and_then(Value::as_array);
    pairs
        .map(|pairs| {
            pairs
                .iter()
                .map(|pair| (word(pair, 0), word(pair, 1)))
                .collect()
        })
        .unwrap_or_default()
}

/// Returns the name-value pairs as a set, without those whose value is empty.
fn as_set(pairs: Vec<(String, String)>) -> BTreeSet<(String, String)> {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Returns a time in the form in which our clients send it. A string that is not a time is returned
/// unchanged, since the Go SDK sends any string.
fn documented_form(time: String) -> String {
    OffsetDateTime::parse(&time, &Rfc3339).map_or(time, bce_http::rt::codec::date_time_millis)
}
