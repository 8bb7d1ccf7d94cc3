//! Every public type that can hold a secret is shown: compared with the source, so that a new type
//! cannot be forgotten.

use std::fs;
use std::path::Path;

/// The crates of the SDK.
const CRATES: [&str; 4] = ["bce-auth", "bce-http", "bce-sts", "aihc-dev"];

/// Types without room for a secret: constants, numbers, names, and what is generic over an inner
/// type and adds nothing of that kind.
const HOLD_NONE: &[&str] = &[
    // Of bce-auth.
    "AuthorizationPart",
    "CredentialsErrorKind",
    "SystemClock",
    // Of bce-http: values.
    "Aliases",
    "CallDeadline",
    "ConnectTimeoutError",
    "Envelope",
    "ErrorKind",
    "ExponentialBackoff",
    "Failed",
    "Form",
    "Idempotency",
    "Missing",
    "Operation",
    "Path",
    "PollInterval",
    "RetryBudget",
    "RetryPolicy",
    "SecretKind",
    "ServiceInfo",
    "SettledBy",
    "Timestamp",
    "TimestampError",
    "Verdict",
    "WaiterTable",
    // Of bce-http: cannot be shown.
    "Value",
    "Doubles",
    "InText",
    // Of bce-http: places in a list, and what an answer says of it.
    "Cursor",
    "MarkerCursor",
    "Said",
    "Stray",
    // Of bce-http: how a wait reads a state, which a wait does not show.
    "bce-http: Gone",
    "bce-http: Look",
    "bce-http: Watch",
    // Of bce-http: layers that only know limits, and futures.
    "AttemptTimeout",
    "ConnectTimeout",
    "ConnectTimeoutFuture",
    "Deadline",
    "Decode",
    "DecodeFuture",
    "InFlight",
    "LimitFuture",
    "Pace",
    "ProxyStream",
    "ReadyAndCall",
    "Skew",
    "SkewFuture",
    "RequestId",
    "RequestIdService",
    "SkewedClock",
    "Trace",
    "TraceFuture",
    "Turn",
    // Shown through the errors that they cause: a client never hands them out.
    "ProxyError",
    "UnknownHostError",
    // Of aihc-dev.
    "Progress",
    "Region",
    "State",
    "WaitErrorKind",
];

/// Panics when a type of the source is neither shown nor listed here.
pub(crate) fn check(shown: &[&str]) {
    let mut missing = Vec::new();
    for name in CRATES {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        for found in public_types(&source.join(name).join("src")) {
            let path = format!("::{found}");
            let krate = format!("{}::", name.replace('-', "_"));
            let is_shown = shown.iter().any(|shown| mentions(shown, &krate, &path));
            let place = format!("{name}: {found}");
            let holds_none = |name: &str| HOLD_NONE.contains(&name);
            if !is_shown && !holds_none(&found) && !holds_none(&place) {
                missing.push(place);
            }
        }
    }
    assert!(missing.is_empty(), "never shown: {missing:#?}");
}

/// Whether a full type name, with all its parameters, has a path of this crate with this end.
fn mentions(type_name: &str, krate: &str, end: &str) -> bool {
    let mut paths = type_name.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    paths.any(|path| path.starts_with(krate) && path.ends_with(end))
}

/// The public structs and enums below a directory. Models are shown as parts of the calls and
/// responses that they belong to.
fn public_types(directory: &Path) -> Vec<String> {
    let mut types = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("generated/model") {
            types.extend(public_types(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            types.extend(text.lines().filter_map(public_type));
        }
    }
    types
}

fn public_type(line: &str) -> Option<String> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("pub struct ")
        .or(line.strip_prefix("pub enum "))?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

#[test]
fn types_are_found_in_source_and_in_names() {
    assert_eq!(
        public_type("pub struct Error(Box<Inner>);").as_deref(),
        Some("Error")
    );
    assert_eq!(public_type("    pub enum Kind {").as_deref(), Some("Kind"));
    assert_eq!(public_type("pub(crate) struct Inner;"), None);
    let name = "bce_http::layer::Sign<alloc::sync::Arc<bce_auth::credentials::Credentials>>";
    assert!(mentions(name, "bce_http::", "::Sign"));
    assert!(mentions(name, "bce_auth::", "::Credentials"));
    assert!(!mentions(name, "bce_http::", "::Credentials"));
    assert!(!mentions(name, "bce_http::", "::ign"));
}

#[test]
#[should_panic(expected = "bce-auth: Secret")]
fn a_type_that_is_not_shown_is_missed() {
    check(&[]);
}
