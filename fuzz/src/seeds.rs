//! Generates initial inputs for the fuzz targets, mostly from the golden data: requests of the
//! official SDKs, and the responses in the API documentation with variations of them. Other inputs
//! are files in `inputs/`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The number of operations whose responses the fuzz target `response` decodes.
pub(crate) const RESPONSES: usize = 61;

/// Returns the generated initial inputs of a fuzz target. Except for the target `mask`, they are
/// derived from the golden data in the folder `vectors`. There are none for some targets.
pub(crate) fn seeds(target: &str, vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    match target {
        "canonical" | "encode" => requests(vectors),
        "emulator" => calls(vectors),
        "mask" => Ok(quotes()),
        "response" => responses(vectors),
        "verifier" => authorizations(vectors),
        _ => Ok(Vec::new()),
    }
}

/// Returns the list that is the value of `member` in the JSON document `file` of the folder
/// `vectors`.
fn cases(vectors: &Path, file: &str, member: &str) -> Result<Vec<Value>, String> {
    let path = vectors.join(file);
    let failed = |error: String| format!("{}: {error}", path.display());
    let text = fs::read(&path).map_err(|error| failed(error.to_string()))?;
    let mut document: Value =
        serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
    match document.get_mut(member).map(Value::take) {
        Some(Value::Array(cases)) => Ok(cases),
        _ => Err(failed(format!("has no list {member:?}"))),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the request head of a test case for signing, in the form that `crate::head` parses:
/// method, request target and headers, a line each.
fn head(case: &Value) -> String {
    let pairs = |member: &str| -> Vec<(String, String)> {
        let list = case[member].as_array().into_iter().flatten();
        list.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    };
    let query: Vec<_> = pairs("query")
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mut head = format!(
        "{}\n{}?{}",
        text(&case["method"]),
        text(&case["path"]),
        query.join("&")
    );
    for (name, value) in pairs("headers") {
        head += &format!("\n{name}: {value}");
    }
    head
}

fn requests(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let cases = cases(vectors, "signing.json", "cases")?;
    Ok(cases.iter().map(|case| head(case).into_bytes()).collect())
}

fn authorizations(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let cases = cases(vectors, "signing.json", "cases")?;
    let signed = cases.iter().map(|case| {
        let authorization = case["expected"]["authorization"].as_str();
        let authorization = authorization.unwrap_or_default();
        format!("{}\nauthorization: {authorization}", head(case)).into_bytes()
    });
    Ok(signed.collect())
}

/// Returns inputs for the fuzz target `emulator`, made from requests of the official SDKs: the
/// request head, an empty line and the body.
fn calls(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let sent = |request: &Value, path: &str, body: String| {
        let query = request["query"].as_array().into_iter().flatten();
        let query: Vec<_> = query
            .map(|pair| format!("{}={}", text(&pair[0]), text(&pair[1])))
            .collect();
        let method = text(&request["method"]);
        let headers = "version: v2\ncontent-type: application/json";
        format!("{method}\n{path}?{}\n{headers}\n\n{body}", query.join("&")).into_bytes()
    };
    let mut seeds = Vec::new();
    for request in cases(vectors, "wire.json", "requests")? {
        let path = text(&request["path"]);
        seeds.push(sent(&request, &path, text(&request["body_raw"])));
    }
    for request in cases(vectors, "calls.json", "requests")? {
        let body = match &request["body"] {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        seeds.push(sent(&request, "/", body));
    }
    Ok(seeds)
}

/// Returns inputs for the fuzz target `response`: a byte that selects the operation, a byte that
/// selects the status, and the body.
fn responses(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let of_dev_instances = cases(vectors, "responses.json", "responses")?;
    let seeds = of_dev_instances.iter().enumerate().map(|(index, case)| {
        let status = case["status"].as_u64().unwrap_or(200);
        let body = case["body"].as_str().unwrap_or_default();
        // Every body goes to one operation; the fuzzer tries the others.
        let mut seed = vec![(index % RESPONSES) as u8, u8::from(status >= 400)];
        seed.extend(body.as_bytes());
        seed
    });
    // A description contains the members of the creation.
    let calls = cases(vectors, "calls.json", "requests")?;
    let bodies = calls.iter().map(|case| &case["body"]);
    let bodies = bodies.filter(|body| body.is_object()).enumerate();
    let of_calls = bodies.map(|(index, body)| {
        let answer = json!({"requestId": "r", "job": body, "jobs": [body], "service": body});
        let mut seed = vec![(index % RESPONSES) as u8, 0];
        seed.extend(answer.to_string().as_bytes());
        seed
    });
    Ok(seeds.chain(of_calls).collect())
}

/// Returns inputs for the fuzz target `mask`. An input begins with four bytes, which select the
/// secret, the part of the response that quotes it, the encoding, and the length of an addition to
/// the secret. The addition follows, and then a text that quotes the secret.
fn quotes() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 3] = [
        b"session token '\xff' rejected",
        b"x-bce-security-token: \xff\nAuthorization=\xff&x",
        b"{\"password\":\"\xff\"}",
    ];
    let places = 0..9;
    let seeds = places.flat_map(|place| {
        texts.iter().enumerate().map(move |(number, text)| {
            let head = [place + number as u8, place, place * 2 + number as u8, 12];
            [&head[..], b"ABCdef+/=%41", text].concat()
        })
    });
    seeds.collect()
}
