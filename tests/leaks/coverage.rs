//! Checks that the leak test captures every public type that can contain a secret, so that no new
//! type is forgotten. The types are found in the source files.

use std::fs;
use std::path::Path;

/// The crates whose public types are checked.
const CRATES: [&str; 5] = ["bce-auth", "bce-http", "bce-sts", "aihc", "aihc-dev"];

/// Types that need not be captured. Most of them cannot contain a secret: constants, numbers,
/// names, and generic wrappers that only contain other types. The others have no `Debug`, or the
/// errors that contain them are captured.
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
    // Types of bce-http that have no `Debug`.
    "Value",
    "Doubles",
    "InText",
    // Types of bce-http: positions in a list, and the state in a response.
    "Cursor",
    "MarkerCursor",
    "Said",
    "Stray",
    // Types of bce-http: parts of a wait, which its error shows.
    "Gone",
    "Look",
    "Watch",
    // Types of bce-http: layers that only contain limits, and futures.
    "AttemptTimeout",
    "ConnectTimeout",
    "ConnectTimeoutFuture",
    "Deadline",
    "Decode",
    "DecodeFuture",
    "InFlight",
    "LimitFuture",
    "MaybeBoxed",
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
    // Errors that a client never returns itself; the errors that they cause show them.
    "ProxyError",
    "UnknownHostError",
    // Of aihc and aihc-dev.
    "Progress",
    "Region",
    "State",
    "WaitErrorKind",
];

/// Panics if a public type of [`CRATES`] that is not a generated API model occurs neither in
/// `shown`, the names of the captured types, nor in [`HOLD_NONE`].
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

/// Returns whether a full type name contains a path that begins with the crate name `krate` and
/// ends with `end`. The path can be that of the type itself or that of a type parameter.
fn mentions(type_name: &str, krate: &str, end: &str) -> bool {
    let mut paths = type_name.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    paths.any(|path| path.starts_with(krate) && path.ends_with(end))
}

/// Returns the names of the public structs and enums below a directory. Generated API models are
/// left out, since the leak test captures them as parts of calls and responses.
fn public_types(directory: &Path) -> Vec<String> {
    let mut types = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            types.extend(public_types(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            if is_model(&path, &text) {
                continue;
            }
            types.extend(text.lines().filter_map(public_type));
        }
    }
    types
}

/// Returns whether a file contains generated models, rather than a generated operation or other
/// code.
fn is_model(path: &Path, text: &str) -> bool {
    let folder = path.parent().and_then(Path::parent);
    let is_inside = folder.is_some_and(|folder| folder.ends_with("generated"));
    is_inside && !text.contains("bce_http::rt::operation!(")
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
