//! Compares the requests of generated crates with those of the official Python packages for some
//! products, that is, cloud services.
//!
//! `cargo xtask products` generates and compiles the crates, and writes every request that they
//! build, together with the values it was built from. `products.py` makes the same calls with the
//! packages, and records the requests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use super::install;
use super::reports::last_lines;
use super::sdk::Sdk;
use crate::rows::Rows;

/// The products whose official Python packages are installed.
const PRODUCTS: &[&str] = &["bcc", "vpc", "iam", "bls"];

/// The minimum number of compared requests. If there are fewer, the packages or the API metadata
/// have changed.
const AT_LEAST: usize = 900;

/// Headers that depend on the client rather than on the operation. They are not compared.
const OF_THE_CLIENT: &[&str] = &[
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-bce-date",
    "x-bce-request-id",
];

/// Compares all requests. This is skipped unless the official API metadata is in a folder next to
/// the checkout.
pub(super) fn check(python: &Sdk, rows: &mut Rows) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let metadata = root.join("../shared/openapi-meta");
    if !metadata.is_dir() {
        let what = "requests beside the packages of products";
        rows.notes()
            .add(format!("skipped: {what}; no metadata next to the checkout"));
        return Ok(());
    }
    let file = ours(&root, &metadata)?;
    let theirs = theirs(python, &file)?;
    let ours = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut used: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut compared = 0;
    for ours in ours.lines().map(line).filter(is_meant) {
        let ours = ours?;
        let name = name(&ours);
        let Some(theirs) = theirs.get(&name) else {
            rows.checked(
                name,
                Err("the package's program printed nothing".to_owned()),
            );
            continue;
        };
        if let Some(reason) = theirs.get("left_out").and_then(Value::as_str) {
            rows.notes().add(format!("left out: {name}; {reason}"));
            continue;
        }
        compared += 1;
        let result = compare(&ours, &theirs["sent"]).map(|rules| {
            for rule in rules {
                *used.entry(rule).or_default() += 1;
            }
        });
        rows.checked(name, result);
    }
    let enough = match compared >= AT_LEAST {
        true => Ok(()),
        false => Err(format!("{compared} requests, expected {AT_LEAST}")),
    };
    rows.checked("as many requests as before can be compared", enough);
    rows.notes().add(format!(
        "{compared} requests of {} beside the official packages",
        PRODUCTS.join(", ")
    ));
    for (rule, count) in used {
        rows.notes()
            .add(format!("  {count} differ: {}", rule.text()));
    }
    Ok(())
}

/// Writes the requests that our generated crates build to a file, and returns its path.
fn ours(root: &Path, metadata: &Path) -> Result<PathBuf, String> {
    let folder = install::target_directory()?.join("interop");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join("requests.jsonl");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--bin", "xtask", "--", "products"])
        .arg("--meta")
        .arg(metadata)
        .arg("--requests")
        .arg(&file)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    match output.status.success() {
        true => Ok(file),
        false => Err(format!(
            "cargo xtask products: {}\n{}",
            last_lines(&output.stdout),
            last_lines(&output.stderr)
        )),
    }
}

/// Returns the requests that the official packages build for the calls in `file`, by the names of
/// the tests.
fn theirs(python: &Sdk, file: &Path) -> Result<BTreeMap<String, Value>, String> {
    let calls = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let output = python
        .program("products")
        .args(PRODUCTS)
        .stdin(Stdio::from(calls))
        .output()
        .map_err(|error| format!("products.py: {error}"))?;
    if !output.status.success() {
        return Err(format!("products.py: {}", last_lines(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let named = |text| line(text).map(|line| (name(&line), line));
    text.lines().map(named).collect()
}

fn line(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("a line is not JSON: {error}"))
}

/// Returns whether a line of the file of requests belongs to one of [`PRODUCTS`]. A line that
/// cannot be read also counts, so that it is reported.
fn is_meant(line: &Result<Value, String>) -> bool {
    let product = line.as_ref().map(|line| line["product"].as_str());
    product.map_or(true, |product| {
        PRODUCTS.contains(&product.unwrap_or_default())
    })
}

fn name(line: &Value) -> String {
    let part = |key: &str| line[key].as_str().unwrap_or_default();
    format!(
        "{} {} ({})",
        part("product"),
        part("operation"),
        part("variant")
    )
}

/// The rules that explain permitted differences between our requests and those of the official
/// packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    Token,
    Slash,
    Truth,
    NoName,
}

impl Rule {
    fn text(self) -> &'static str {
        match self {
            Self::Token => "our client makes a token for the call where the caller gives none",
            Self::Slash => "the package leaves a slash in a value of the path as it is",
            Self::Truth => "the package writes True in the query where we write true",
            Self::NoName => "the package sends a query parameter without name and value",
        }
    }
}

/// Returns the rules that explain the differences between two requests. Fails if there is a
/// difference that no rule explains.
fn compare(line: &Value, theirs: &Value) -> Result<BTreeSet<Rule>, String> {
    let ours = &line["sent"];
    let made = line["made"].as_array().map_or(&[][..], Vec::as_slice);
    let is_made = |name: &str| made.iter().any(|made| made == name);
    let mut rules = BTreeSet::new();
    equal("method", &ours["method"], &theirs["method"])?;

    let mut path = ours["path"].clone();
    if path != theirs["path"] {
        path = text(&path).replace("%2F", "/").into();
        rules.insert(Rule::Slash);
    }
    equal("path", &path, &theirs["path"])?;

    let (mut mine, mut other) = (pairs(&ours["query"]), pairs(&theirs["query"]));
    for pair in mine.difference(&other.clone()) {
        let (name, value) = pair;
        if is_made(name) && !value.is_empty() {
            rules.insert(Rule::Token);
        } else if value == "true" && other.remove(&(name.clone(), "True".to_owned())) {
            other.insert(pair.clone());
            rules.insert(Rule::Truth);
        }
    }
    mine.retain(|pair| other.contains(pair) || !is_made(&pair.0));
    if other.remove(&(String::new(), String::new())) {
        rules.insert(Rule::NoName);
    }
    if mine != other {
        return Err(format!("query: ours {mine:?}, theirs {other:?}"));
    }

    let headers = [headers(ours), headers(theirs)].map(Value::Object);
    equal("headers", &headers[0], &headers[1])?;

    let (mut mine, other) = (body(ours)?, body(theirs)?);
    if let (Some(members), Some(known)) = (mine.as_object_mut(), other.as_object()) {
        let before = members.len();
        members.retain(|name, _| known.contains_key(name) || !is_made(name));
        if members.len() < before {
            rules.insert(Rule::Token);
        }
    }
    equal("body", &mine, &other)?;
    Ok(rules)
}

fn equal(what: &str, ours: &Value, theirs: &Value) -> Result<(), String> {
    match ours == theirs {
        true => Ok(()),
        false => Err(format!("{what}: ours {ours}, theirs {theirs}")),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the pairs in a query without decoding them; `a` is the same as `a=`.
fn pairs(query: &Value) -> BTreeSet<(String, String)> {
    let pairs = text(query).split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Returns the headers of a request that depend on the operation.
fn headers(request: &Value) -> Map<String, Value> {
    let mut headers = request["headers"].as_object().cloned().unwrap_or_default();
    headers.retain(|name, _| !OF_THE_CLIENT.contains(&name.as_str()));
    headers
}

fn body(request: &Value) -> Result<Value, String> {
    match text(&request["body"]) {
        "" => Ok(Value::Null),
        text => line(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ours() -> Value {
        json!({ "made": ["token"], "sent": { "method": "PUT", "path": "/a%2Fb", "query": "c&d=true&token=x",
            "headers": {"host": "h", "version": "v2"}, "body": r#"{"e":1,"token":"x"}"# } })
    }

    #[test]
    fn what_is_explained_passes_and_is_named() {
        let theirs = json!({ "method": "PUT", "path": "/a/b", "query": "=&c=&d=True",
            "headers": {"version": "v2", "accept": "*/*"}, "body": r#"{"e": 1}"# });
        let rules = compare(&ours(), &theirs).unwrap();
        assert!(
            rules
                .into_iter()
                .eq([Rule::Token, Rule::Slash, Rule::Truth, Rule::NoName])
        );
    }

    #[test]
    fn what_is_not_explained_fails() {
        let ours = ours();
        assert_eq!(compare(&ours, &ours["sent"]), Ok(BTreeSet::new()));
        for (key, value) in [
            ("method", json!("POST")),
            ("path", json!("/a%2Fc")),
            ("query", json!("c&d=false&token=x")),
            ("query", json!("c&d=true&token=y")),
            ("query", json!("d=true&token=x")),
            ("query", json!("c&d=true&token=x&e=1")),
            ("headers", json!({"version": "v1"})),
            ("body", json!(r#"{"e":2,"token":"x"}"#)),
            ("body", json!(r#"{"e":1,"token":"y"}"#)),
            ("body", json!(r#"{"token":"x"}"#)),
            ("body", json!("{}")),
            ("body", json!("")),
        ] {
            let mut theirs = ours["sent"].clone();
            theirs[key] = value;
            assert!(compare(&ours, &theirs).is_err(), "{key}: {}", theirs[key]);
        }
    }
}
