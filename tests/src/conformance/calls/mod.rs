//! Compares our requests with those that the API description requires, and checks that rules
//! explain how the requests of the official SDKs differ from these.

mod difference;
mod explain;

use std::path::Path;
use std::sync::Arc;

use bce_auth::encode::uri_decode;
use bce_auth::{Credentials, Verifier};
use bce_testing::{RawRequest, RawServer};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use self::difference::{Request, differences, same_value};
use super::wire::{credentials, our_pairs, parse_head, without_space};
use super::{read_cases, text};
use crate::calls::{self, ANSWER, Description, Nobody, Refusal};
use crate::rows::{Rows, block_on};

/// Headers of our requests that the golden file does not list, because the transport, the signer or
/// the client adds them.
const UNLISTED: [&str; 6] = [
    "authorization",
    "content-length",
    "host",
    "user-agent",
    "x-bce-date",
    "x-bce-request-id",
];

/// Adds a test for every request in the golden file.
pub(super) fn rows(file: &Path, rows: &mut Rows) -> Result<(), String> {
    let description = Description::load().map_err(|it| format!("the API description: {it}"))?;
    let description = Arc::new(description);
    let (_, cases) = read_cases(file, "requests")?;
    for case in cases {
        let description = Arc::clone(&description);
        let name = ["operation", "name", "id"].map(|member| text(&case, member));
        let name = format!("calls: {}", name.join(" "));
        rows.add(name, move || block_on(compare(&description, &case))?);
    }
    Ok(())
}

async fn compare(description: &Description, case: &Value) -> Result<(), String> {
    let operation = text(case, "operation");
    let arguments = arguments(description, operation, case)?;
    let expected = Request::read(case).map_err(|problem| format!("the case: {problem}"))?;
    let (credentials, request) = send(operation, arguments, case).await?;
    same_request(&expected, &request, &credentials)?;
    explained(description, operation, case, &expected)
}

/// Returns the arguments in a test case, after checking that the operation has them.
fn arguments(
    description: &Description,
    operation: &str,
    case: &Value,
) -> Result<Map<String, Value>, String> {
    let Some(arguments) = case.get("args").and_then(Value::as_object) else {
        return Err("the case has no arguments: an object `args`".to_owned());
    };
    description.check(operation, arguments)?;
    let set = arguments.iter().filter(|(_, value)| !value.is_null());
    Ok(set
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

/// Makes the call with the real client, and returns the request that a server receives.
async fn send(
    operation: &str,
    arguments: Map<String, Value>,
    case: &Value,
) -> Result<(Credentials, RawRequest), String> {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    );
    let server = RawServer::start(answer.into_bytes()).await;
    let server = server.map_err(|error| error.to_string())?;
    let credentials = match case.get("credentials") {
        Some(_) => credentials(case)?,
        None => Credentials::new("made-up-access-key", "made-up-secret-key")
            .map_err(|error| error.to_string())?,
    };
    let client = aihc::Client::builder()
        .endpoint(server.url())
        .credentials(credentials.clone())
        .build()
        .map_err(|error| error.to_string())?;
    match calls::call(&client, operation, arguments, None, &Nobody).await {
        Ok(()) => {}
        Err(Refusal::Arguments(problem)) => return Err(problem),
        Err(Refusal::Error(error)) => return Err(format!("the call failed: {error}")),
    }
    let mut requests = server.requests();
    match (requests.pop(), requests.len()) {
        (Some(request), 0) => Ok((credentials, request)),
        (_, more) => Err(format!("{} requests were sent", more + 1)),
    }
}

/// Compares our request with the expected one, and verifies its signature.
fn same_request(
    expected: &Request,
    request: &RawRequest,
    credentials: &Credentials,
) -> Result<(), String> {
    let head = parse_head(&request.head)?;
    let same = |what: &str, ours: &str, expected: &str| match ours == expected {
        true => Ok(()),
        false => Err(format!("{what} is {ours:?}, expected {expected:?}")),
    };
    same("the method", head.method.as_str(), &expected.method)?;
    let path = String::from_utf8_lossy(&uri_decode(head.uri.path())).into_owned();
    same("the path", &path, &expected.path)?;

    let mut query = our_pairs(head.uri.query().unwrap_or(""));
    let also = expected.query_also.iter();
    let mut wanted: Vec<_> = expected.query.iter().chain(also).cloned().collect();
    query.sort();
    wanted.sort();
    if query != wanted {
        return Err(format!("the query is {query:?}, expected {wanted:?}"));
    }

    for (name, value) in &expected.headers {
        let ours = head.headers.get(name).and_then(|it| it.to_str().ok());
        let ours = ours.ok_or_else(|| format!("the header {name} is missing"))?;
        same(name, &without_space(ours), &without_space(value))?;
    }
    for name in head.headers.keys().map(|name| name.as_str()) {
        let is_listed = expected.headers.iter().any(|(listed, _)| listed == name);
        if !is_listed && !UNLISTED.contains(&name) && name != "x-bce-security-token" {
            return Err(format!(
                "the header {name} is sent, which the case does not have"
            ));
        }
    }
    let length = head.headers.contains_key("content-length");
    if length && head.method == "GET" {
        return Err("a GET has a content-length".to_owned());
    }

    let body = match &request.body[..] {
        [] => Value::Null,
        text => serde_json::from_slice(text).map_err(|error| format!("the body: {error}"))?,
    };
    if !same_value(&body, &expected.body) {
        return Err(format!("the body is {body}, expected {}", expected.body));
    }

    let keys = |key: &str| (key == credentials.access_key_id()).then(|| credentials.clone());
    let verified = Verifier::new().verify(&head, OffsetDateTime::now_utc(), keys);
    verified.map_err(|error| format!("the signature: {error}"))?;
    Ok(())
}

/// Checks that a rule explains each difference between the expected request and that of an official
/// SDK, and that each difference which the test case lists exists.
fn explained(
    description: &Description,
    operation: &str,
    case: &Value,
    expected: &Request,
) -> Result<(), String> {
    let listed = match case.get("differences") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(listed)) => listed,
        Some(_) => return Err("the case: `differences` is no list".to_owned()),
    };
    let listed: Vec<&str> = (listed.iter())
        .map(|text| text.as_str().unwrap_or("a difference that is no text"))
        .collect();
    let found = match case.get("captured") {
        None | Some(Value::Null) => Vec::new(),
        Some(captured) => {
            let captured = Request::read(captured).map_err(|it| format!("`captured`: {it}"))?;
            differences(expected, &captured)
        }
    };
    for difference in &found {
        if explain::rule(description, operation, expected, &found, difference).is_none() {
            return Err(format!("no rule explains what the SDK sent: {difference}"));
        }
    }
    for text in listed {
        if !found.iter().any(|difference| difference.is_told_by(text)) {
            return Err(format!(
                "the listed difference {text:?} does not exist between the requests"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
