//! `conformance signing`: compares golden signatures with those of the public signer. The verifier
//! must accept each signed request, and refuse it after every alteration that invalidates the
//! signature.

mod alterations;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use bce_auth::encode::{uri_encode, uri_encode_path};
use bce_auth::{Credentials, SignError, Signature, Signer, SigningOptions, Verifier, VerifyError};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Uri};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{read_cases, text};
use crate::rows::{Notes, Rows};
use alterations::Altered;

const DATE: &str = "x-bce-date";
const TOKEN: &str = "x-bce-security-token";

/// The number of altered requests that the verifier refused, and the number of alterations that
/// were skipped because they did not change the request.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    skipped: usize,
}

/// Adds a test for every case in the golden file. For the cases on which the official SDKs
/// disagree, the output tells which of them sign as we do.
pub(super) fn rows(file: &Path, rows: &mut Rows) -> Result<(), String> {
    let (document, cases) = read_cases(file, "cases")?;
    let notes = rows.notes();
    for case in cases {
        let notes = notes.clone();
        let name = format!("signing: {}", text(&case, "name"));
        rows.add(name, move || check(&case, &notes));
    }
    let disputed = document.get("disputed").and_then(Value::as_array);
    for case in disputed.into_iter().flatten() {
        let name = text(case, "name");
        notes.add(match agreeing(case) {
            Ok(agreeing) => format!("disputed {name}: we do the same as {agreeing}"),
            Err(problem) => format!("disputed {name}: {problem}"),
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Case {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    headers_to_sign: Option<Vec<String>>,
    timestamp: String,
    expire_seconds: i64,
    expected: Output,
    #[serde(default)]
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct Output {
    canonical_request: String,
    signed_headers: String,
    signature: String,
    authorization: String,
}

/// A test case, with everything that is needed to sign its request and to check the result.
struct Prepared {
    case: Case,
    at: OffsetDateTime,
    signer: Signer,
    verifier: Verifier,
}

/// Returns the names of the implementations that sign the request as we do, for a test case on
/// which the implementations disagree.
fn agreeing(case: &Value) -> Result<String, String> {
    let prepared = Prepared::new(case)?;
    let (_, ours) = prepared.sign(prepared.parts()?)?;
    let outputs = prepared.case.outputs.iter();
    let names: Vec<_> = outputs
        .filter(|(_, output)| output.differences(&ours).is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    Ok(match names.as_slice() {
        [] => "nobody".to_owned(),
        names => names.join(", "),
    })
}

fn check(case: &Value, notes: &Notes) -> Result<(), String> {
    let mut tally = Tally::default();
    let prepared = Prepared::new(case)?;
    let (parts, signature) = prepared.sign(prepared.parts()?)?;
    let mut problems = prepared.case.expected.differences(&signature);
    if let Err(error) = prepared.verify(&parts, &prepared.case.access_key_id) {
        problems.push(format!("the verifier refuses what we signed: {error}"));
    }
    for altered in alterations::of_authorization(&prepared, &parts)? {
        prepared.expect_refusal(&altered, &mut problems, &mut tally, notes);
    }
    let before = prepared.canonical_request(parts.clone())?;
    for altered in alterations::of_request(&prepared, &parts, &signature)? {
        if prepared.canonical_request(altered.parts.clone())? == before {
            tally.skipped += 1;
            continue;
        }
        prepared.expect_refusal(&altered, &mut problems, &mut tally, notes);
    }
    if tally.skipped > 0 {
        let (name, Tally { refused, skipped }) = (text(case, "name"), tally);
        notes.add(format!(
            "{name}: {refused} altered requests refused, {skipped} alterations change nothing"
        ));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("\n  ")),
    }
}

impl Output {
    fn differences(&self, ours: &Signature) -> Vec<String> {
        let pairs = [
            (
                "canonical request",
                &self.canonical_request,
                ours.canonical_request(),
            ),
            (
                "signed headers",
                &self.signed_headers,
                ours.signed_headers(),
            ),
            ("signature", &self.signature, ours.signature()),
            ("authorization", &self.authorization, ours.authorization()),
        ];
        let different = pairs
            .into_iter()
            .filter(|(_, expected, ours)| expected != ours);
        different
            .map(|(what, expected, ours)| format!("{what}: expected {expected:?}, got {ours:?}"))
            .collect()
    }
}

impl Prepared {
    fn new(case: &Value) -> Result<Self, String> {
        let case = Case::deserialize(case).map_err(explain("the case cannot be read"))?;
        let at = OffsetDateTime::parse(&case.timestamp, &Rfc3339)
            .map_err(explain("the timestamp cannot be read"))?;
        let mut options = SigningOptions::default()
            .timestamp(at)
            .expire_seconds(case.expire_seconds)
            .keep_date();
        if let Some(names) = &case.headers_to_sign {
            options = options.headers_to_sign(names);
        }
        let mut verifier = Verifier::new();
        if case.header("host").is_none() {
            verifier = verifier.allow_unsigned_host();
        }
        // The case may set a date that intentionally differs from its timestamp by much.
        let date = case
            .header(DATE)
            .and_then(|date| OffsetDateTime::parse(date, &Rfc3339).ok());
        if let Some(date) = date {
            let apart = Duration::from_secs(date.unix_timestamp().abs_diff(at.unix_timestamp()));
            verifier = verifier.max_skew(apart + Duration::from_secs(1800));
        }
        Ok(Self {
            case,
            at,
            signer: Signer::new(options),
            verifier,
        })
    }

    /// Returns the request of the test case, encoded but not yet signed.
    fn parts(&self) -> Result<Parts, String> {
        let case = &self.case;
        let slash = if case.path.starts_with('/') { "" } else { "/" };
        let uri = target(
            &uri_encode_path(format!("{slash}{}", case.path)),
            &case.query,
        )?;
        let method = Method::from_bytes(case.method.as_bytes())
            .map_err(explain("the method cannot be sent"))?;
        let mut parts = http::Request::new(()).into_parts().0;
        (parts.method, parts.uri) = (method, uri);
        for (name, value) in &case.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(explain("a header name cannot be sent"))?;
            parts.headers.append(name, header_value(value)?);
        }
        Ok(parts)
    }

    fn credentials(&self, id: &str, token: Option<&str>) -> Result<Credentials, String> {
        let (id, secret) = (id.to_owned(), self.case.secret_access_key.as_str());
        match token.filter(|token| !token.is_empty()) {
            Some(token) => Credentials::session(id, secret, token),
            None => Credentials::new(id, secret),
        }
        .map_err(explain("the credentials are refused"))
    }

    fn sign(&self, mut parts: Parts) -> Result<(Parts, Signature), String> {
        let token = self.case.session_token.as_deref();
        let credentials = self.credentials(&self.case.access_key_id, token)?;
        // The signer must ignore this time, because the case sets its own.
        let now = OffsetDateTime::UNIX_EPOCH;
        let signature = self
            .signer
            .sign(&mut parts, &credentials, now)
            .map_err(explain("signing fails"))?;
        Ok((parts, signature))
    }

    /// Returns the canonical request for these parts; empty if they can no longer be signed. The
    /// credentials have no session token here, because the signer would add it to the request
    /// again.
    fn canonical_request(&self, mut parts: Parts) -> Result<String, String> {
        let credentials = self.credentials(&self.case.access_key_id, None)?;
        match self.signer.sign(&mut parts, &credentials, self.at) {
            Ok(signature) => Ok(signature.canonical_request().to_owned()),
            // The last signed header was removed, or no host is left, so the canonical request must
            // be different.
            Err(SignError::NothingSigned | SignError::MalformedHost) => Ok(String::new()),
            Err(error) => Err(explain("signing an altered request fails")(error)),
        }
    }

    /// Verifies a request in the same way as a server that only knows the access key id `id`, with
    /// the secret key and the session token of the test case.
    fn verify(&self, parts: &Parts, id: &str) -> Result<(), VerifyError> {
        let in_query = self
            .case
            .query
            .iter()
            .find(|(key, value)| key == TOKEN && !value.is_empty());
        // As for the signer, a token in the query replaces the one in the header.
        let token = in_query.map(|(_, value)| value.as_str());
        let token = token.filter(|_| self.case.session_token.is_some());
        let token = token.or(self.case.session_token.as_deref());
        let known = self.credentials(id, token).ok();
        let verified = self
            .verifier
            .verify(parts, self.at, |sender| known.filter(|_| sender == id));
        verified.map(drop)
    }

    /// Adds a line to `problems` if the verifier accepts an altered request. If it refuses the
    /// request for another reason than the expected one, adds a line to `notes` instead.
    fn expect_refusal(
        &self,
        altered: &Altered,
        problems: &mut Vec<String>,
        tally: &mut Tally,
        notes: &Notes,
    ) {
        let what = &altered.what;
        match self.verify(&altered.parts, &altered.known_id) {
            Err(error) if altered.refusal.is(&error) => tally.refused += 1,
            Err(error) => {
                notes.add(format!(
                    "{what}: refused, but for another reason than thought: {error}"
                ));
                tally.refused += 1;
            }
            Ok(()) => problems.push(format!("{what}: the verifier accepts it")),
        }
    }
}

impl Case {
    /// Returns the value of a header; `None` if it is missing or blank.
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(given, _)| given.eq_ignore_ascii_case(name));
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// Returns the URI with this path and query. The path must already be percent-encoded; the query is
/// encoded here.
fn target(path: &str, query: &[(String, String)]) -> Result<Uri, String> {
    let pairs = query.iter();
    let pairs: Vec<_> = pairs
        .map(|(key, value)| format!("{}={}", uri_encode(key), uri_encode(value)))
        .collect();
    let mark = if pairs.is_empty() { "" } else { "?" };
    let target = format!("{path}{mark}{}", pairs.join("&"));
    target.parse().map_err(explain("the URI cannot be sent"))
}

fn header_value(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(explain("a header value cannot be sent"))
}

fn explain<E: Display>(what: &str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error}")
}
